"""How fast the real window is, as ratios against a peer measured in the same run. See RESULTS.md."""
