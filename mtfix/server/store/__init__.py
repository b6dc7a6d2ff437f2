"""What the desk keeps: documents, decisions, preferences, tokens. SQLite by default, PostgreSQL by its URL."""
