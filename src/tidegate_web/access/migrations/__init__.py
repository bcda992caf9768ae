"""How the tables of credentials came to be."""
