"""The check: rules over a series on disk, each with a code, a severity and a reason.

``gate`` has them all; nothing is imported here, so that a module of this room can be had alone.
"""
