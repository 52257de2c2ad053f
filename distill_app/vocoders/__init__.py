"""Mel to samples. `get_vocoder(name)` gives a ready vocoder."""

from distill_app.vocoders.registry import get_vocoder

__all__ = ["get_vocoder"]
