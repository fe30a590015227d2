"""Editing a series: its patches as a branch, refreshed from there, put in another order."""
