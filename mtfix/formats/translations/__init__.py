"""Translation files: XLIFF, TMX, PO."""
