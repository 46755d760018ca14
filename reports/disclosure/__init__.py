"""Rules that decide which numbers may leave."""
