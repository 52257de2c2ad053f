"""Place in the sound that plays, from which on a moved slider is heard."""

from typing import Protocol

from distill_app.dsp.mel_format import MelFormat
from distill_app.generation.config import GenerationConfig
from distill_app.models.header import ModelHeader
from distill_app.tone.tone import Tone
from distill_app.ui.play.slider_values import is_one_shot


class Playhead(Protocol):
    """Position of a player; see `distill_app.ui.play.playback.Playback`."""

    previewing: bool
    """Whether the sound is played again from its beginning whenever a slider is let go of."""

    def next_frame(self, mel_format: MelFormat) -> int:
        """Frames from the beginning of the sound to the first one that can still be changed; 0 at rest."""
        ...


class Resting:
    """Playhead of a window that plays nothing."""

    previewing = False

    def next_frame(self, mel_format: MelFormat) -> int:
        return 0


def continued(
    heard: GenerationConfig, sliders: tuple[float, ...], header: ModelHeader | None, playhead: Playhead
) -> GenerationConfig:
    """Configuration of the sound that is heard, with other slider values from the playhead on.

    Only a walk through recordings has a past that it could continue.
    """
    if heard.sliders == sliders:
        return heard
    if header is None or header.grain is None or is_one_shot(header):
        return heard.moved(sliders, heard.path_frame(heard.start))
    return heard.moved(sliders, heard.path_frame(heard.start + playhead.next_frame(header.mel_format)))


def restarted(config: GenerationConfig, sliders: tuple[float, ...]) -> GenerationConfig:
    """Configuration with other slider values from the beginning of the sound on."""
    return config if config.sliders == sliders else config.moved(sliders, config.path_frame(config.start))


def retoned(heard: GenerationConfig, tone: Tone, header: ModelHeader | None, playhead: Playhead) -> GenerationConfig:
    """Configuration of the sound that is heard with another tone.

    Another speed holds from the playhead on in a sound without an end, so that it goes on where it is in its path; one
    with a length has it from its beginning.
    """
    since = heard.start
    if heard.endless and header is not None and not playhead.previewing:
        since += playhead.next_frame(header.mel_format)
    return heard.with_tone(tone, since)
