"""Many effects into few, and how far the answer may be trusted."""
