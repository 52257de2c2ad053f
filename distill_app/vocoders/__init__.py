"""Mel to samples. `get_vocoder(name_or_folder)` gives a ready vocoder."""

from distill_app.vocoders.catalogue import get_vocoder

__all__ = ["get_vocoder"]
