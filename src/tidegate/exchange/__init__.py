"""Exchange: who else may know what this node knows, under agreements that it enforces."""
