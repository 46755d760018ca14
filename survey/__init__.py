"""The service: people, authorities, waves, tables, pages and commands."""
