"""Tone: changes of one thing of a sound, the same on every model and with every vocoder."""
