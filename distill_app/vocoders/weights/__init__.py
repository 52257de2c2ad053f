"""Weights that other people published: which there are, where they lie, and how they get there.

`hub` alone talks to the network, and only after the person agreed.
"""
