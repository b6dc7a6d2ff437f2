"""What we know of the language that we repair: numerals, calendar, sentences, inflection, noun phrases."""
