"""What a batch is made of: the archive, cut into units of work."""
