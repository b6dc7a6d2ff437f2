"""Reading and pairing what is trained on."""
