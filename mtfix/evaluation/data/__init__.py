"""Test sets: suites, readers, examples."""
