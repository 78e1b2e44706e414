"""Panels beside a page: garments, facts, landmarks, facets, details, problems."""
