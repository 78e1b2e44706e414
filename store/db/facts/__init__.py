"""What filters, facets and orders ask, as arrays: one snapshot of the whole store in memory.

A database needs seconds to say which of 800,000 images have a garment of some kind that ... and how many of
those are of each review state; NumPy needs milliseconds. So the facts are read once (and kept in a file
beside the database), brought up to date from what has changed since, and all questions about many images
go to them. What an image itself holds still comes from the database.
"""
