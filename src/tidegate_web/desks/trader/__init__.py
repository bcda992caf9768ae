"""The trader's desk: lodge, see what became of it, answer, pay, change; never another operator's data."""
