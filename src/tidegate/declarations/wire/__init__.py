"""Wire formats: how messages look on their way."""
