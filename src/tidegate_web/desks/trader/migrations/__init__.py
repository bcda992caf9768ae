"""How the tables of the trader's desk came about."""
