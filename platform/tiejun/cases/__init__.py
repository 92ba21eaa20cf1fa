"""Case-teaching material (案例教学): written, reviewed by another person, read."""
