"""The strategies that are tried where git's own merge is not enough, or not right."""
