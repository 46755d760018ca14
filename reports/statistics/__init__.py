"""Statistics that several steps need."""
