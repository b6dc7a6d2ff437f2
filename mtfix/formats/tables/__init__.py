"""Tables of records: JSON Lines, CSV, TSV, Parquet."""
