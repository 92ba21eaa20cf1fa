"""Used exam items, long after their last sitting: released to practice by a person's decision."""
