"""What Ukrainian brings: signs of translation from it, romanization of names, evidence, agencies, rule packs."""
