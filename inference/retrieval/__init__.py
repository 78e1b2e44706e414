"""Retrieval with a network: garments become vectors, vectors are searched, lists are ranked."""
