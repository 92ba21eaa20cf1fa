"""Practice: items of the bank's practice part by unit, with explanation, and the wrong-answer notebook."""
