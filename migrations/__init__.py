"""The schema, numbered, both directions. Nothing here imports the service: it must run in ten years as today."""
