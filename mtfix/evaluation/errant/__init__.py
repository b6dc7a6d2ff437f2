"""Edits aligned and typed as ERRANT does."""
