"""News interchange: NewsML-G2, NITF, ninjs, RSS and Atom."""
