"""The benchmarks' protocols over a ground truth and predictions; no torch.

:func:`inference.evaluation.assemble.evaluate` is the one core; files and runs both end in it.
"""
