"""The benchmarks' measures in NumPy alone, so that the window can compute them too."""
