"""The systems that are scored: pipelines, recorded answers, speed."""
