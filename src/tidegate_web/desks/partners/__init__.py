"""Partners: who they are, what was agreed, what went out and came in, what waits, and what was refused."""
