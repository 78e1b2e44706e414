"""Dataset formats: lenient readers, strict writers, and a registry of both."""
