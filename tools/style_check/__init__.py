"""Checks of names, docstrings and structure that no linter makes."""
