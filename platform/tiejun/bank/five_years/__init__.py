"""The list of what was newly promulgated in the five years before a day, and how much of it is cited."""
