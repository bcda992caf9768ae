"""What is stated about goods."""
