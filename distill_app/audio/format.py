"""Format of playback."""

from distill_app.dsp.mel_format import DISTILL_MEL

CHANNELS = 2
PLAYBACK_RATE = DISTILL_MEL.sample_rate
"""Sample rate in Hz of every sound given to the player."""
