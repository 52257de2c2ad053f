"""Distill: learn a small generative model from your own recordings and play it with sliders."""

__version__ = "0.1.0"
