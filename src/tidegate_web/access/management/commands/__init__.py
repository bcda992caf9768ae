"""Commands about credentials, by name."""
