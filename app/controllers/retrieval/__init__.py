"""The Retrieval page joined to the rankings and indices of the open store."""
