"""What the target calls the names and the files of a change."""
