"""The pages: one file per first segment of the address."""
