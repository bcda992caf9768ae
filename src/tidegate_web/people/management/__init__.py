"""What can be done to accounts without a browser."""
