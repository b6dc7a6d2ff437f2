"""Corruptions that imitate old Russian-to-English systems, one function a habit."""
