"""What Russian brings: signs of translation from it, romanization of names, evidence for institutions."""
