"""Frames from files and files from frames."""
