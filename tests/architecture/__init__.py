"""What holds for the whole code, and is not left to good will."""
