"""Exams: sittings, attempts, responses, invigilation, marking, results, make-ups."""
