"""Merging the lines of one file more finely than git does, and choosing among what could stand."""
