"""Pushes and pulls, the run-cache included."""
