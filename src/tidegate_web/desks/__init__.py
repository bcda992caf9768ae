"""The desks: the pages of each role, a folder each."""
