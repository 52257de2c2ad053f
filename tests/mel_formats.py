"""Mel formats of published vocoders."""

from dataclasses import replace

from distill_app.dsp.mel_format import DISTILL_MEL, MelFormat

HIFIGAN_22K = MelFormat(22_050, 1_024, 256, 1_024, 80, 0, 8_000)
BIGVGAN_22K = replace(HIFIGAN_22K, high_hz=None)
BIGVGAN_24K = MelFormat(24_000, 1_024, 256, 1_024, 100)
VOCOS_24K = replace(BIGVGAN_24K, floor=1e-7, scale="htk", centred=True, power_floor=0)
HOP_1024 = replace(DISTILL_MEL, hop=1_024)
