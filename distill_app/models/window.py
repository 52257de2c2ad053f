"""How long a sound the latent instrument knows. No torch."""

WINDOW_FRAMES = 128
"""Frames of one window: 1.49 s at 44.1 kHz and hop 512."""
LEAD_FRAMES = 2
"""Frames of silence before the sound in a window that begins with one; renders cut them off."""
ONSET_SAMPLES = 64
"""From there to the sound's first sample: 1.5 ms."""
REPEAT_FRAMES = 96
"""From one window to the next where a render repeats them."""
