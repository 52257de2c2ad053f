"""Amplitude to decibels."""

import math


def amplitude_to_db(amplitude: float) -> float:
    """dB re full scale; minus infinity for 0."""
    return 20.0 * math.log10(abs(amplitude)) if amplitude else -math.inf


def db_to_amplitude(decibels: float) -> float:
    return float(10 ** (decibels / 20))
