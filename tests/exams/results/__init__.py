"""Tests of scoring, marking and results."""
