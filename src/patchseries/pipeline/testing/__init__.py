"""The projects' own tests, run on stock and after each patch: which patch breaks which test."""
