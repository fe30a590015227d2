"""Debian source packages of a ported series: built, verified, checked, signed and handed on."""
