"""What a model does: devices, networks, predictors, retrieval, evaluation, training. Imports no Qt."""
