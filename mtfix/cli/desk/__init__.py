"""Commands around the editor's desk: serve it, apply what was decided, learn from it, speak LSP."""
