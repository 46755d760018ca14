"""Answers in, publishable numbers, pictures and documents out. Knows no web and no database."""
