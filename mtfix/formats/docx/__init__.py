"""Word documents, with tracked changes."""
