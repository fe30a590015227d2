"""Structured fuzzing of every parser that reads what a stranger may have written."""
