"""Open conflicts: shown, explained, resolved in a work tree, signed off."""
