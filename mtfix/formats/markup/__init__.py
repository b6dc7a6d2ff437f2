"""What formats with tags share: runs of text, escapes, paragraphs, words across tags."""
