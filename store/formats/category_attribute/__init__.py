"""The Category and Attribute Prediction benchmark: 50 categories, 1,000 or 26 attributes, boxes,
landmarks."""

FORMAT = "category-attribute"
#: With a thousand attributes, and with the 26 that were labelled anew.
COARSE, FINE = "coarse", "fine"
LAYOUTS = (COARSE, FINE)
