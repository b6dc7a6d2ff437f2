"""Plain text and Markdown: blocks, inline markup, ignore comments."""
