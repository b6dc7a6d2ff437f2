"""Archives: files and tables of any size repaired in batches that survive what machines do at night."""
