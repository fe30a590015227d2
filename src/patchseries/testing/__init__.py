"""The tests of the patched projects: which to run, how they ended, and what a patch breaks.

Pure: what runs them is elsewhere.
"""
