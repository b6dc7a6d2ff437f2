"""What an edit may lose: numbers, names, negations."""
