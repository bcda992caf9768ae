"""Uploads of low-value consignments: taken in as they come, followed, and their results fetched."""
