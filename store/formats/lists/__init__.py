"""What DeepFashion's four benchmarks have in common: text files of one row an image.

``table`` reads and indexes such a file, ``style`` knows how its rows are spaced, ``values`` what boxes and
landmarks look like in it, ``sidecar`` keeps what the lists have no column for; ``reader`` and ``writer`` put
a dataset together. A benchmark is a subclass of ``benchmark.Benchmark``.
"""
