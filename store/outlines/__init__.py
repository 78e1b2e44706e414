"""The outline of a garment's mask: its polygons with their holes, how they are kept, changed and drawn."""
