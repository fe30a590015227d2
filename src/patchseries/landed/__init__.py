"""What has landed where: release names, an index of a history, evidence, verdicts."""
