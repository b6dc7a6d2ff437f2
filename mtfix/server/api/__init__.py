"""What programs speak with the desk: its own API, and the protocol of LanguageTool."""
