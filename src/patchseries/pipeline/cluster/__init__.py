"""Ports that other machines work out: what is sent, what is done there, what comes back."""
