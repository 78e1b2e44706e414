"""Retrieval without a network: vectors of garments on the disk, ranked lists, figures, suspicion."""
