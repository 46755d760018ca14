"""Pictures: dots, radar and small multiples from profile frames, as SVG that says in words what it shows."""
