"""A person's resolutions of conflicts: recorded once, stored as text, and replayed."""
