"""Configuration of a generated sound; also the preset, the undo step and the cache key."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

from distill_app.common.errors import SettingsError
from distill_app.models.axis import SLIDER_LIMIT
from distill_app.models.window import REPEAT_FRAMES
from distill_app.tone.tone import NEUTRAL, Tone

Mode = Literal["slider", "crossfade", "interpolate"]
MODES: tuple[Mode, ...] = get_args(Mode)
SECONDS_MIN, SECONDS_MAX = 0.1, 600.0
_GLIDE_HOP = 32
FRAMES_MAX = 2**31
"""Frames that a sound can begin at or be moved at: more than half a year."""
MOVES_MAX, MOVE_STEP_FRAMES = 512, 12
"""Moves that a configuration remembers, and their least distance while a slider is dragged."""
STRETCH_FRAMES = 43 * REPEAT_FRAMES
"""Frames (48 s) that are walked through the recordings in a row. Each stretch begins where its own seed leads it, so
that the tenth minute of a sound is reached without the nine before it; it holds fewer moves than MOVES_MAX."""


@dataclass(frozen=True)
class Move:
    """Sliders until a frame of the path, from which on they had other values."""

    frame: int
    sliders: tuple[float, ...]

    def __post_init__(self) -> None:
        _check_sliders(self.sliders)


@dataclass(frozen=True)
class GenerationConfig:
    """Complete description of one sound of a model.

    Args:
        mode: "slider" holds the sound of the sliders; "crossfade" draws a new sound around them for each chunk;
            "interpolate" glides between sounds drawn around them.
        sliders: one value for each axis, -1.5 … +1.5; missing ones are 0.
        seconds: 0.1 … 600.
        seed: of everything random.
        drift: 0 … 1, deviation of the sound from the sliders over time; 1 is the spread of the corpus.
        grain: 0 … 1, share of the recordings' own texture, where the model carries recordings.
        moves: earlier sliders, by ascending frame. They say where in the recordings the sound has come to; its
            spectrum is that of `sliders` everywhere.
        endless: whether it plays on until it is stopped; `seconds` is then the length of a file made of it.
        start: frame at which the sound begins.
        tone: changes of the sound that do not depend on the model.
        tempo_since: frame of the sound from which on it has the tone's speed, and the frame of the path that it is at
            there. Moves are at frames of the path, `start` is one of the sound; they differ where the speed is another.

    Raises:
        SettingsError: a value is out of its range.
    """

    mode: Mode = "slider"
    sliders: tuple[float, ...] = ()
    seconds: float = 4.0
    seed: int = 0
    drift: float = 0.0
    grain: float = 1.0
    moves: tuple[Move, ...] = ()
    endless: bool = False
    start: int = 0
    tone: Tone = NEUTRAL
    tempo_since: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise SettingsError(f"There is no mode “{self.mode}”; choose one of: {', '.join(MODES)}.")
        if not SECONDS_MIN <= self.seconds <= SECONDS_MAX:
            raise SettingsError(f"The duration has to lie between {SECONDS_MIN} and {SECONDS_MAX:.0f} seconds.")
        _check_sliders(self.sliders)
        if not 0 <= self.drift <= 1:
            raise SettingsError("The drift goes from 0 to 1.")
        if not 0 <= self.grain <= 1:
            raise SettingsError("The grain goes from 0 to 1.")
        frames = [move.frame for move in self.moves]
        if len(frames) > MOVES_MAX or frames != sorted(set(frames)) or min(frames, default=1) < 1:
            raise SettingsError("The moves of the sliders are not in order.")
        if not 0 <= self.start < FRAMES_MAX:
            raise SettingsError("The beginning of the sound is out of reach.")
        if not all(0 <= frame < FRAMES_MAX for frame in self.tempo_since):
            raise SettingsError("The place from which on the speed holds is out of reach.")
        if not 0 <= self.seed < 2**63:
            raise SettingsError("A seed is a whole number from 0 up.")

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Computed once, because hundreds of moves take longer than a lookup may."""
        own = self.mode, self.sliders, self.seconds, self.seed, self.drift, self.grain
        return hash((*own, self.moves, self.start, self.tone, self.tempo_since))

    @property
    def window_hop(self) -> int:
        """Frames from one decoded window to the next; shorter where the sound changes."""
        return _GLIDE_HOP if self.mode == "interpolate" else REPEAT_FRAMES

    @property
    def is_held(self) -> bool:
        """Whether all decoded windows are the same."""
        return self.mode == "slider" and not self.drift

    def of_hit(self, number: int) -> "GenerationConfig":
        """Configuration of a later hit of a one-shot: the one that is heard after `number` laps."""
        return replace(self, start=self.start + number * self.window_hop, moves=())

    def moved(self, sliders: tuple[float, ...], frame: int) -> "GenerationConfig":
        """Configuration whose sliders are moved at a frame of the path; moves after it are forgotten.

        At frame 0, or before, there is nothing to continue. Where there are too many moves, the latest is replaced: the
        first ones say where the sound begins. An endless sound forgets those that it no longer depends on.
        """
        known = self._moves_since(frame) if self.endless else self.moves
        kept = [move for move in known if move.frame < frame][: MOVES_MAX - 1]
        until = next((move.sliders for move in self.moves if move.frame >= frame), self.sliders)
        moves = [*kept, Move(frame, until)] if frame > 0 else []
        return replace(self, sliders=sliders, moves=tuple(moves))

    def part(self, frame: int, seconds: float) -> "GenerationConfig":
        """Configuration of a sound with a length, from a frame of the sound on."""
        return replace(
            self, endless=False, start=frame, seconds=seconds, moves=self._moves_since(self.path_frame(frame))
        )

    @property
    def is_plain(self) -> bool:
        """Whether the tone leaves the sound as it is, and has left it where it is in its path."""
        began, at = self.tempo_since
        return self.tone.is_neutral and began == at

    def path_frame(self, frame: int) -> int:
        """Frame of the path that is heard at a frame of the sound."""
        began, at = self.tempo_since
        if frame < began:
            return max(0, frame * at // began)
        return at + math.floor((frame - began) * self.tone.speed_ratio)

    def with_tone(self, tone: Tone, frame: int) -> "GenerationConfig":
        """Configuration with another tone from a frame of the sound on, which goes on where it is in its path."""
        if tone.speed == self.tone.speed:
            return replace(self, tone=tone)
        return replace(self, tone=tone, tempo_since=(frame, self.path_frame(frame)))

    def _moves_since(self, frame: int) -> tuple[Move, ...]:
        """Moves that the sound from a frame of the path on depends on."""
        first = frame // STRETCH_FRAMES * STRETCH_FRAMES
        return tuple(move for move in self.moves if move.frame > first)

    def before_last_move(self) -> "GenerationConfig":
        """Configuration before the last of its moves."""
        return replace(self, sliders=self.moves[-1].sliders, moves=self.moves[:-1])

    def until(self, frame: int) -> "GenerationConfig":
        """Configuration before those of its moves that are at `frame` or later."""
        config = self
        while config.moves and config.moves[-1].frame >= frame:
            config = config.before_last_move()
        return config


def _check_sliders(sliders: tuple[float, ...]) -> None:
    if not all(math.isfinite(value) and abs(value) <= SLIDER_LIMIT for value in sliders):
        raise SettingsError(f"A slider goes from −{SLIDER_LIMIT} to +{SLIDER_LIMIT}.")
