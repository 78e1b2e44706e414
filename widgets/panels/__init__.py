"""Sections of side panels: what is known of the image, its garments and their landmarks."""
