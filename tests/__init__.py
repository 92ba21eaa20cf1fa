"""The tests: they mirror the code; architecture/, journeys/ and load/ stand beside."""
