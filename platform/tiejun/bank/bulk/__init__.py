"""What is changed of several items at once: looked at first, then all of them or none."""
