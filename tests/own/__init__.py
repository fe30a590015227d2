"""What our own patches mend, shown on the real code: broken before, whole after."""
