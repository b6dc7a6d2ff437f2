"""XML: a scanner that keeps places, and a tree over it."""
