"""How long a sound the latent instrument knows. No torch."""

WINDOW_FRAMES = 128
"""Frames of one window: 1.49 s at 44.1 kHz and hop 512."""
