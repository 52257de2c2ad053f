"""What the player plays, block after block, as a pure function of what was asked: no device and no thread.

Every change of state is a crossfade from one voice to another, where silence is a voice too: starting, stopping,
jumping and swapping the loop differ only in what comes next and in the length and the curve of the fade.

        old voice  ────────╲        stop: the new voice is silence
                            ╳       start: the old one is
        new voice          ╱────────
                          splice
"""

from dataclasses import dataclass, field

import numpy as np

from distill_app.dsp.fades import Curve, fade_in, fade_out
from distill_app.dsp.sound import Samples, Sound

CHANNELS = 2
WRAP_SECONDS = 0.030
"""The loop's tail fades into its head over this time."""
SPLICE_SECONDS = 0.020
"""A new loop, or a jump, takes over in this time."""
START_SECONDS = 0.004
STOP_SECONDS = 0.020
_EDGE_SECONDS = 0.002  # the last of a sound played once falls to zero


def _stereo(sound: Sound) -> Samples:
    """`[frames, 2]`: mono on both sides, more than two channels as their mean.

    A view: copying ten minutes takes longer than the device's ring lasts, and the feeder would wait for it.
    """
    samples = sound.samples if sound.channels <= CHANNELS else sound.mono()[None]
    return np.broadcast_to(samples, (CHANNELS, sound.frames)).T


@dataclass(eq=False)
class _Voice:
    """A place in a sound, moving on as it is read."""

    samples: Samples
    position: int
    wrap: int
    edge: int
    wrapping: bool | None = None
    done: bool = False

    @property
    def frames(self) -> int:
        return len(self.samples)

    def read(self, frames: int, looping: bool) -> Samples:
        """The next `[frames, 2]`; zeros past the end of a sound that is not looped."""
        out = np.zeros((frames, CHANNELS), np.float32)
        filled = 0
        while filled < frames and not self.done:
            filled += self._read_piece(out[filled:], looping)
        return out

    def _read_piece(self, out: Samples, looping: bool) -> int:
        """Fills the beginning of `out`, at most up to the next border: the tail's begin or the end."""
        tail = self.frames - self.wrap
        end = tail if self.position < tail else self.frames
        count = min(len(out), end - self.position)
        out[:count] = self.samples[self.position : self.position + count]
        if self.position >= tail:
            self._shape_tail(out[:count], self.position - tail, looping)
        self.position += count
        if self.position == self.frames:
            self._come_round()
        return count

    def _shape_tail(self, out: Samples, offset: int, looping: bool) -> None:
        """Whether the tail fades into the head or ends there is settled where the tail begins."""
        if self.wrapping is None:
            self.wrapping = looping
        place = slice(offset, offset + len(out))
        if self.wrapping:
            out *= fade_out(self.wrap, "equal-power")[place, None]
            out += self.samples[place] * fade_in(self.wrap, "equal-power")[place, None]
        else:
            ending = np.append(np.ones(self.wrap - self.edge, np.float32), fade_out(self.edge, "smooth"))
            out *= ending[place, None]

    def _come_round(self) -> None:
        self.done = not self.wrapping
        self.position = self.wrap if self.wrapping else self.frames
        self.wrapping = None


@dataclass(frozen=True, eq=False)
class _Change:
    """From what sounds now to `voice` (None: silence)."""

    voice: _Voice | None
    seconds: float
    curve: Curve


@dataclass(eq=False)
class LoopSource:
    """A sound played in a loop or once, that can be swapped, started, stopped and moved in without a click.

    Args:
        sample_rate: Hz, of every sound given to it.
        looping: whether the end goes on into the beginning; may be changed at any time.
    """

    sample_rate: int
    looping: bool = True
    _samples: Samples | None = None
    _voice: _Voice | None = None
    _change: _Change | None = None
    _changed_frames: int = 0
    _wanted: list[_Change] = field(default_factory=list)

    @property
    def playing(self) -> bool:
        """Whether a sound is asked for: false from `stop()` on, and after the end of a sound played once."""
        latest = self._latest_voice()
        return latest is not None and not latest.done

    @property
    def position_frames(self) -> int:
        """Where in the sound the next block begins; 0 where nothing plays."""
        latest = self._latest_voice()
        return latest.position if latest else 0

    @property
    def length_frames(self) -> int:
        """Of the sound there is, 0 where there is none."""
        return 0 if self._samples is None else len(self._samples)

    def set_loop(self, sound: Sound) -> None:
        """From now on `sound`; where one plays, the new one takes over at the same relative position.

        Raises ValueError where the sound is empty or its sample rate is another one.
        """
        if sound.sample_rate != self.sample_rate or not sound.frames:
            raise ValueError(f"plays sounds at {self.sample_rate} Hz that are not empty")
        before = self.length_frames
        self._samples = _stereo(sound)
        if self.playing:
            relative = self.position_frames / before
            self._request(_Change(self._new_voice(round(relative * sound.frames)), SPLICE_SECONDS, "equal-power"))

    def play(self, from_frame: int = 0) -> None:
        """Starts there; where it plays already, jumps there. Does nothing where there is no sound."""
        if self._samples is None:
            return
        voice = self._new_voice(from_frame)
        start, jump = _Change(voice, START_SECONDS, "smooth"), _Change(voice, SPLICE_SECONDS, "equal-power")
        self._request(jump if self.playing else start)

    def stop(self) -> None:
        """Falls silent."""
        if self.playing:
            self._request(_Change(None, STOP_SECONDS, "smooth"))

    def next_block(self, frames: int) -> Samples:
        """The next `[frames, 2]` float32 to be heard; zeros where nothing plays."""
        out = np.zeros((frames, CHANNELS), np.float32)
        filled = 0
        while filled < frames:
            self._begin_change()
            count = min(frames - filled, self._change_left() or frames)
            out[filled : filled + count] = self._mixed(count)
            filled += count
        return out

    def _latest_voice(self) -> _Voice | None:
        """What is asked for, even where it waits for its turn."""
        if self._wanted:
            return self._wanted[-1].voice
        return self._change.voice if self._change else self._voice

    def _new_voice(self, position: int) -> _Voice:
        assert self._samples is not None
        frames = len(self._samples)
        wrap = min(round(WRAP_SECONDS * self.sample_rate), frames // 4)
        edge = min(round(_EDGE_SECONDS * self.sample_rate), wrap)
        return _Voice(self._samples, min(max(position, 0), frames - 1), wrap, edge)

    def _request(self, change: _Change) -> None:
        """A change waits for the end of the one under way; of those waiting, only the latest counts."""
        self._wanted = [change]

    def _begin_change(self) -> None:
        if self._change is None and self._wanted:
            self._change = self._wanted.pop()
            self._changed_frames = 0

    def _change_left(self) -> int:
        return 0 if self._change is None else self._change_frames() - self._changed_frames

    def _change_frames(self) -> int:
        assert self._change is not None
        return max(1, round(self._change.seconds * self.sample_rate))

    def _mixed(self, frames: int) -> Samples:
        if self._change is None:
            return self._read(self._voice, frames)
        place = slice(self._changed_frames, self._changed_frames + frames)
        length, curve = self._change_frames(), self._change.curve
        old = self._read(self._voice, frames) * fade_out(length, curve)[place, None]
        new = self._read(self._change.voice, frames) * fade_in(length, curve)[place, None]
        self._advance_change(frames)
        return old + new

    def _advance_change(self, frames: int) -> None:
        self._changed_frames += frames
        if self._change and self._changed_frames >= self._change_frames():
            self._voice, self._change = self._change.voice, None

    def _read(self, voice: _Voice | None, frames: int) -> Samples:
        if voice is None:
            return np.zeros((frames, CHANNELS), np.float32)
        return voice.read(frames, self.looping)
