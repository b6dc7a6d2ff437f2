"""What a batch says of itself: counts, the edit log, the summary and its page."""
