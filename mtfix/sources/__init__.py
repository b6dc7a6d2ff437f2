"""What we know of the languages that texts are translated from, a folder a language."""
