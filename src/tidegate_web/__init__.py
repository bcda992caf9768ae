"""The faces of a node: its API, desks and public pages."""
