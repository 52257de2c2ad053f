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
from distill_app.audio.ring_cursor import RingCursor
from distill_app.audio.splice import Fade, with_edges
from distill_app.dsp.fades import Curve, fade_in, fade_out, splice_gains
from distill_app.dsp.sound import Samples, Sound

SPLICE_SECONDS = 0.015
"""Length of the crossfade to a new loop, a patch or a jump."""
START_SECONDS = 0.004
STOP_SECONDS = 0.020


@dataclass(eq=False)
class LoopSource:
    """A sound played in a loop or once, that can be swapped, patched, started, stopped and moved in without a click.

    Args:
        sample_rate: Hz, of every sound given to it.
        looping: whether the end continues into the beginning; `set_looping` changes it at any time.
    """

    sample_rate: int
    looping: bool = True
    sound: Sound | None = None
    """Sound set last, without patches."""
    _samples: Samples | None = None
    _patched: Samples | None = None  # a copy of the sound's samples `[channels, frames]` that patches are written to
    _loop: Sound | None = None  # the sound as it is looped, where its end continues in its beginning
    _ring_lap: int | None = None  # of the ring that is played in place of a sound
    _cursor: PlayCursor | RingCursor | None = None
    _fade: Fade | None = None

    @property
    def playing(self) -> bool:
        """Whether it plays: false from `stop()` on, and after the end of a sound played once."""
        return self._cursor is not None and not self._cursor.done

    def unwritable(self, channels: int) -> Samples | None:
        """Samples that have to be copied for a patch of so many channels; None where it can be written at once."""
        if self._patched is not None:
            return self._patched if len(self._patched) < channels else None
        return None if self.sound is None else self._played(self.sound).samples

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

    @property
    def ring_lap(self) -> int | None:
        """Frames after which a ring that is not looped ends, 0 where it has no end; None where it is no ring."""
        return self._ring_lap

    def set_ring(self, frames: int, lap: int, start: int, samples: Samples) -> None:
        """Replaces the sound by a ring for one of any length, which patches write while it plays on at its position.

        Args:
            frames: length of the ring; whoever writes stays less than that ahead of the position.
            lap: frames after which the sound ends if it is not looped, 0 where it has no end.
            start: frame of the sound at which `samples` `[channels, n]` lie, which are all that is known of it.
        """
        old, position = self._peek(self._splice), self.position_frames
        self.sound, self._loop, self._ring_lap = None, None, lap
        piece = np.atleast_2d(samples)
        self._patched = np.zeros((len(piece), frames), np.float32)
        self._samples = stereo(self._patched)
        self._put(start, piece)
        if self.playing:
            self._cursor = self._cursor_at(position)
            self._splice_from(old)

    def set_looping(self, looping: bool) -> None:
        """Sets whether the end continues into the beginning; a sound that has a loop changes to it or from it."""
        old, before = self._peek(self._splice), self.looping
        self.looping = looping
        if looping != before and self.sound is not None and self._loop is not None and self._patched is None:
            self._samples = stereo(self._played(self.sound).samples)
            if self.playing:
                self._cursor = self._cursor_at(self.position_frames)
                self._splice_from(old)

    def _played(self, sound: Sound) -> Sound:
        """The sound, or its loop where it is looped."""
        return self._loop if self.looping and self._loop is not None else sound

    def set_loop(self, sound: Sound, loop: Sound | None = None) -> None:
        """Replaces the sound and its patches; where one plays, the new one takes over at the same relative position.

        Args:
            loop: of the same length, whose end continues in its beginning; it plays while it is looped.

        Raises ValueError where the sound is empty or its sample rate is another one.
        """
        if sound.sample_rate != self.sample_rate or not sound.frames:
            raise ValueError(f"plays sounds at {self.sample_rate} Hz that are not empty")
        old, place = self._peek(self._splice), self._place_in(sound)
        self.sound, self._loop, self._patched, self._ring_lap = sound, loop, None, None
        self._samples = stereo(self._played(sound).samples)
        if self.playing:
            self._cursor = self._cursor_at(place)
            self._splice_from(old)

    def _place_in(self, sound: Sound) -> int:
        """Frame of a new sound at which it takes over; after a ring at the same time."""
        if self._ring_lap is not None:
            return self.position_frames % sound.frames
        return round(self.position_frames / max(1, self.length_frames) * sound.frames)

    def patch(self, start: int, samples: Samples, scratch: Samples | None = None) -> None:
        """Replaces the frames from `start` on by `samples` `[channels, n]`, or mono `[n]`.

        It fades out of and back into the old ones; a piece too short for the two fades is dropped. A mono sound becomes
        stereo where the piece is.

        Args:
            scratch: a copy of the `unwritable` samples that may be kept and written to, where the caller has made one
                (copying a long sound takes longer than a block).

        Raises ValueError where there is no sound or the piece does not lie within it.
        """
        channels, length = (piece := np.atleast_2d(samples)).shape
        edges = self._patch_edges(start, length)
        if length < sum(edges) * self._splice:
            return
        old = self._peek(self._splice)
        self._writable(scratch, channels)
        self._put(start, with_edges(self._part(start, length), piece, self._splice, *edges))
        self._splice_from(old)

    def _patch_edges(self, start: int, frames: int) -> tuple[bool, bool]:
        """Whether a patch fades at its beginning and at its end: not at those of the sound, or of a lap of it."""
        if self._ring_lap is not None:
            if not 0 <= start < start + frames <= start + self.length_frames:
                raise ValueError("a patch is no longer than the ring")
            lap = self._ring_lap or start + frames + 1
            return start % lap > 0, (start + frames) % lap > 0
        if self.sound is None or not 0 <= start < start + frames <= self.length_frames:
            raise ValueError("a patch lies within the sound")
        return start > 0, start + frames < self.length_frames

    def _part(self, start: int, frames: int) -> Samples:
        """Written samples `[channels, frames]` from a frame on, around the end of a ring."""
        assert self._patched is not None
        places = np.arange(start, start + frames) % self.length_frames
        return self._patched[:, places]

    def _put(self, start: int, samples: Samples) -> None:
        """Writes samples `[channels, n]`, around the end of a ring."""
        assert self._patched is not None
        begin = start % self.length_frames
        first = self.length_frames - begin
        self._patched[:, begin : begin + samples.shape[1]] = samples[:, :first]
        self._patched[:, : max(0, samples.shape[1] - first)] = samples[:, first:]

    def _writable(self, scratch: Samples | None, channels: int) -> None:
        """Makes the copy of the samples that patches of so many channels are written to."""
        fixed = self.unwritable(channels)
        if fixed is not None:
            self._patched = with_channels(fixed, channels) if scratch is None else scratch
            self._samples = stereo(self._patched)
            if isinstance(self._cursor, PlayCursor) and not self._cursor.wrap:
                self._cursor = self._cursor_at(self.position_frames)  # a patch may lie at the seam
            elif self._cursor is not None:
                self._cursor.samples = self._samples

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
            self._fade = Fade(old * fall[:, None], rise)

    def _fade_from(self, old: Samples, seconds: float, curve: Curve) -> None:
        frames = max(1, round(seconds * self.sample_rate))
        self._fade = Fade(old[:frames] * fade_out(frames, curve)[:, None], fade_in(frames, curve))

    def _cursor_at(self, position: int) -> PlayCursor | RingCursor:
        assert self._samples is not None
        if self._ring_lap is not None:
            return RingCursor(self._samples, position, self._ring_lap)
        seamless = self.looping and self._loop is not None and self._patched is None
        return cursor_at(self._samples, position, self.sample_rate, seamless)
