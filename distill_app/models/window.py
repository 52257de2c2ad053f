"""Length and layout of a mel window. No torch: the window of the program reads it before torch is loaded."""

WINDOW_FRAMES = 128
"""Frames of one window: 1.49 s at 44.1 kHz and hop 512."""
LEAD_FRAMES = 2
"""Silent frames before the onset in a one-shot's window; renders cut them off."""
ONSET_SAMPLES = 64
"""Samples between the end of the lead and the onset: 1.5 ms."""
REPEAT_FRAMES = 96
"""Frames between the starts of two windows when a render repeats a one-shot."""
