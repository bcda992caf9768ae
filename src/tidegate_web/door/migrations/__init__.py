"""How the tables of the CDS endpoints came to be."""
