"""Blocks of a loop that can be changed while it plays without a click; no device and no thread.

Every change is made in one way: the next milliseconds of the old output are kept and fade into the new output.
Starting, stopping, jumping, a new loop and a patch differ only in the new output and in the length and the curve of the
fade; where a change falls into another one's fade, that fade is part of the old output.

        old output  ────────╲        stop: the new output is silence
                             ╳       start: the old output is silence
        new output  ────────╱───────
                    now
"""

from dataclasses import dataclass, replace

import numpy as np

from distill_app.audio.format import CHANNELS
from distill_app.audio.play_cursor import PlayCursor, cursor_at, stereo, with_channels
from distill_app.dsp.fades import Curve, fade_in, fade_out, splice_gains
from distill_app.dsp.sound import Samples, Sound

SPLICE_SECONDS = 0.015
"""Length of the crossfade to a new loop, a patch or a jump."""
START_SECONDS = 0.004
STOP_SECONDS = 0.020


@dataclass(eq=False)
class _Fade:
    """A crossfade under way.

    Args:
        old: `[frames, 2]`, faded out already.
        rise: gains `[frames]` of the new output.
        done: frames given out.
    """

    old: Samples
    rise: Samples
    done: int = 0

    def mix(self, out: Samples) -> None:
        """Applies the rest of the fade to the beginning of `out`."""
        place = slice(self.done, self.done + len(out))
        count = len(self.rise[place])
        out[:count] *= self.rise[place, None]
        out[:count] += self.old[place]
        self.done += count

    @property
    def over(self) -> bool:
        return self.done == len(self.rise)


@dataclass(eq=False)
class LoopSource:
    """A sound played in a loop or once, that can be swapped, patched, started, stopped and moved in without a click.

    Args:
        sample_rate: Hz, of every sound given to it.
        looping: whether the end continues into the beginning; may be changed at any time.
    """

    sample_rate: int
    looping: bool = True
    sound: Sound | None = None
    """Sound set last, without patches."""
    _samples: Samples | None = None
    _patched: Samples | None = None  # a copy of the sound's samples `[channels, frames]` that patches are written to
    _cursor: PlayCursor | None = None
    _fade: _Fade | None = None

    @property
    def playing(self) -> bool:
        """Whether it plays: false from `stop()` on, and after the end of a sound played once."""
        return self._cursor is not None and not self._cursor.done

    def unwritable(self, channels: int) -> Samples | None:
        """Samples that have to be copied for a patch of so many channels; None where it can be written at once."""
        if self._patched is not None:
            return self._patched if len(self._patched) < channels else None
        return None if self.sound is None else self.sound.samples

    @property
    def position_frames(self) -> int:
        """Frame of the sound at which the next block begins; 0 where nothing plays."""
        return self._cursor.position if self._cursor else 0

    @property
    def length_frames(self) -> int:
        """Length of the sound, 0 where there is none."""
        return 0 if self._samples is None else len(self._samples)

    @property
    def wrap_frames(self) -> int:
        """Frames of the beginning that are heard within the end."""
        return self._cursor.wrap if self._cursor else 0

    def set_loop(self, sound: Sound) -> None:
        """Replaces the sound and its patches; where one plays, the new one takes over at the same relative position.

        Raises ValueError where the sound is empty or its sample rate is another one.
        """
        if sound.sample_rate != self.sample_rate or not sound.frames:
            raise ValueError(f"plays sounds at {self.sample_rate} Hz that are not empty")
        old, old_length = self._peek(self._splice), self.length_frames
        self.sound, self._samples, self._patched = sound, stereo(sound.samples), None
        if self.playing:
            relative = self.position_frames / old_length
            self._cursor = self._cursor_at(round(relative * sound.frames))
            self._splice_from(old)

    def patch(self, start: int, samples: Samples, scratch: Samples | None = None) -> None:
        """Replaces the frames from `start` on by `samples` `[channels, n]`, or mono `[n]`.

        It fades out of and back into the old ones; a piece too short for the two fades is dropped. A mono sound becomes
        stereo where the piece is.

        Args:
            scratch: a copy of the `unwritable` samples that may be kept and written to, where the caller has made one
                (copying a long sound takes longer than a block).

        Raises ValueError where there is no sound or the piece does not lie within it.
        """
        piece = np.atleast_2d(samples)
        channels, length = piece.shape
        if self.sound is None or not 0 <= start < start + length <= self.length_frames:
            raise ValueError("a patch lies within the sound")
        edges = start > 0, start + length < self.length_frames
        if length < sum(edges) * self._splice:
            return
        old = self._peek(self._splice)
        target = self._writable(scratch, channels)[:, start : start + length]
        target[:] = _edged(target, piece, self._splice, *edges)
        self._splice_from(old)

    def _writable(self, scratch: Samples | None, channels: int) -> Samples:
        """The copy of the samples that patches of so many channels are written to."""
        fixed = self.unwritable(channels)
        if fixed is not None:
            self._patched = with_channels(fixed, channels) if scratch is None else scratch
            self._samples = stereo(self._patched)
            if self._cursor is not None:
                self._cursor.samples = self._samples
        assert self._patched is not None
        return self._patched

    def play(self, from_frame: int = 0) -> None:
        """Starts at a frame, or jumps there; does nothing where there is no sound."""
        if self._samples is None:
            return
        old, audible = self._peek(self._splice), self.playing or self._fade is not None
        self._cursor = self._cursor_at(from_frame)
        if audible:
            self._splice_from(old)
        else:
            from_zero = from_frame == 0 and not self._samples[0].any()  # rises by itself, perhaps with an attack
            self._fade_from(old, 0.0 if from_zero else START_SECONDS, "smooth")

    def stop(self) -> None:
        """Fades to silence."""
        if self.playing:
            old = self._peek(round(STOP_SECONDS * self.sample_rate))
            self._cursor = None
            self._fade_from(old, STOP_SECONDS, "smooth")

    def next_block(self, frames: int) -> Samples:
        """The next `[frames, 2]` float32; zeros where nothing plays."""
        cursor, fade = self._cursor, self._fade
        out = np.zeros((frames, CHANNELS), np.float32) if cursor is None else cursor.read(frames, self.looping)
        if fade is not None:
            fade.mix(out)
            self._fade = None if fade.over else fade
        return out

    @property
    def _splice(self) -> int:
        return round(SPLICE_SECONDS * self.sample_rate)

    def _peek(self, frames: int) -> Samples:
        """Output of `next_block`, without advancing."""
        cursor, fade = self._cursor, self._fade
        self._cursor, self._fade = cursor and replace(cursor), fade and replace(fade)
        out = self.next_block(frames)
        self._cursor, self._fade = cursor, fade
        return out

    def _splice_from(self, old: Samples) -> None:
        """Crossfades from `old` to the new output at constant loudness."""
        self._fade = None
        new = self._peek(len(old))
        if not np.array_equal(old, new):
            fall, rise = splice_gains(old, new)
            self._fade = _Fade(old * fall[:, None], rise)

    def _fade_from(self, old: Samples, seconds: float, curve: Curve) -> None:
        frames = max(1, round(seconds * self.sample_rate))
        self._fade = _Fade(old[:frames] * fade_out(frames, curve)[:, None], fade_in(frames, curve))

    def _cursor_at(self, position: int) -> PlayCursor:
        assert self._samples is not None
        return cursor_at(self._samples, position, self.sample_rate)


def _edged(old: Samples, new: Samples, frames: int, at_start: bool, at_end: bool) -> Samples:
    """`new` in place of `old`, both `[channels, n]`, with a crossfade at either end where asked for."""
    out = np.broadcast_to(new, old.shape).copy()
    if at_start:
        fall, rise = splice_gains(old[:, :frames].T, out[:, :frames].T)
        out[:, :frames] = old[:, :frames] * fall + out[:, :frames] * rise
    if at_end:
        fall, rise = splice_gains(out[:, -frames:].T, old[:, -frames:].T)
        out[:, -frames:] = out[:, -frames:] * fall + old[:, -frames:] * rise
    return out
