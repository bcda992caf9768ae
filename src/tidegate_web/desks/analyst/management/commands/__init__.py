"""Commands of the analyst's desk."""
