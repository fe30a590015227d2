"""Debian source packages of a ported series: built, compared, checked, signed and uploaded."""
