"""The audit board: why queries failed, and the labels behind them repaired."""
