"""Sound for training and measuring vocoders: phrases, instruments, recordings, speech, noise, synthesis, rooms."""

RATE_HZ = 44_100
