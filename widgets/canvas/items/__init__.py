"""What the canvas draws: stock graphics items, built from records."""
