"""What becomes of items in exams: how often they were used, how candidates did."""
