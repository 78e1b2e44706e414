"""The Models page: which models there are, what they are good for, and what can be done with them."""
