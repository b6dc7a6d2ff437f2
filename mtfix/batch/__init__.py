"""Archives: files and tables of any size repaired in batches that can be killed and resumed."""
