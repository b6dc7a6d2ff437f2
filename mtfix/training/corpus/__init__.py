"""Training pairs: corrupted, translated, mined."""
