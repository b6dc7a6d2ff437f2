"""Bytes in and out: reading, encodings, compression, writing whole files, what is kept between runs."""
