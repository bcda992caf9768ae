"""Before arrival: entries that want something, one of them as a story, and the control at arrival."""
