"""What a batch reports: counts, the edit log, the summary and its page."""
