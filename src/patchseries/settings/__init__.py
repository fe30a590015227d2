"""Settings: whether sources register them, and the files that make them. Pure, but for git."""
