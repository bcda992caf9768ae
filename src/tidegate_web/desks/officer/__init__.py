"""The officer's desk: what waits, why, and what to do about it."""
