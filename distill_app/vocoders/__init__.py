"""Vocoders: mel spectrogram to samples. `get_vocoder(name)` loads one."""

from distill_app.vocoders.registry import get_vocoder

__all__ = ["get_vocoder"]
