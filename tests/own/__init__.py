"""What our own patches fix, shown on the real code: broken before, whole after."""
