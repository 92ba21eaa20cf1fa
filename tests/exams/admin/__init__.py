"""Tests of the exam administrator's rooms."""
