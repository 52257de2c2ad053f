"""Playback preferences, edited in the Preferences and stored in the settings."""

from dataclasses import dataclass


@dataclass
class PlayPreferences:
    """Each holds at once.

    Args:
        preview_on_release: whether a slider that is let go of while nothing plays is heard once.
        adapt_latency: whether a safer latency is taken without a question when the sound stumbles.
    """

    preview_on_release: bool = True
    adapt_latency: bool = False
