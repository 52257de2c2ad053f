"""What the player plays, block after block, as a pure function of what was asked: no device and no thread.

Every change is made the same way: what would have been heard next is kept for some milliseconds, and fades into what
is heard instead. Starting, stopping, jumping, a new loop and a patched piece differ only in what comes next and in the
length and the curve of the fade; where a change falls into another one's fade, that fade is part of what is kept.

        what was to come  ────────╲        stop: silence comes instead
                                   ╳       start: silence was to come
        what comes        ────────╱───────
                          now
"""

from dataclasses import dataclass, replace

import numpy as np

from distill_app.audio.format import CHANNELS
from distill_app.audio.play_cursor import PlayCursor, cursor_at, stereo
from distill_app.dsp.fades import Curve, fade_in, fade_out, splice_gains
from distill_app.dsp.sound import Samples, Sound

SPLICE_SECONDS = 0.015
"""A new loop, a patch or a jump takes over in this time."""
START_SECONDS = 0.004
STOP_SECONDS = 0.020


@dataclass(eq=False)
class _Fade:
    """What was to come, `[frames, 2]`, already faded out, and the gains `[frames]` of what comes instead."""

    old: Samples
    rise: Samples
    done: int = 0

    def mix(self, out: Samples) -> None:
        """Lays the rest of the fade over the beginning of `out`."""
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
        looping: whether the end goes on into the beginning; may be changed at any time.
    """

    sample_rate: int
    looping: bool = True
    sound: Sound | None = None
    """The whole that was set last; patches are not in it."""
    _samples: Samples | None = None
    _patched: Samples | None = None  # a copy of the sound's samples `[channels, frames]` that patches are written to
    _voice: PlayCursor | None = None
    _fade: _Fade | None = None

    @property
    def playing(self) -> bool:
        """Whether a sound is asked for: false from `stop()` on, and after the end of a sound played once."""
        return self._voice is not None and not self._voice.done

    @property
    def patched(self) -> bool:
        """Whether something else is heard than `sound`."""
        return self._patched is not None

    @property
    def position_frames(self) -> int:
        """Where in the sound the next block begins; 0 where nothing plays."""
        return self._voice.position if self._voice else 0

    @property
    def length_frames(self) -> int:
        """Of the sound there is, 0 where there is none."""
        return 0 if self._samples is None else len(self._samples)

    @property
    def wrap_frames(self) -> int:
        """Of the beginning, heard within the end."""
        return self._voice.wrap if self._voice else 0

    def set_loop(self, sound: Sound) -> None:
        """From now on `sound`; where one plays, the new one takes over at the same relative position.

        Raises ValueError where the sound is empty or its sample rate is another one.
        """
        if sound.sample_rate != self.sample_rate or not sound.frames:
            raise ValueError(f"plays sounds at {self.sample_rate} Hz that are not empty")
        if self.sound is not None and sound.samples is self.sound.samples and not self.patched:
            return
        old, before = self._peek(self._splice), self.length_frames
        self.sound, self._samples, self._patched = sound, stereo(sound.samples), None
        if self.playing:
            relative = self.position_frames / before
            self._voice = self._new_voice(round(relative * sound.frames))
            self._splice_from(old)

    def patch(self, start: int, samples: Samples, scratch: Samples | None = None) -> None:
        """From now on mono `samples` `[n]` from frame `start` on, fading out of and back into what was there.

        A piece that is too short for that is not heard.

        Args:
            scratch: a copy of `sound.samples` that may be kept and written to, where the caller has made one (for a
                long sound that takes longer than a block).

        Raises ValueError where there is no sound or the piece does not lie within it.
        """
        if self.sound is None or not 0 <= start < start + len(samples) <= self.length_frames:
            raise ValueError("a patch lies within the sound")
        edges = start > 0, start + len(samples) < self.length_frames
        if len(samples) < sum(edges) * self._splice:
            return
        old = self._peek(self._splice)
        target = self._own(scratch)[:, start : start + len(samples)]
        target[:] = _edged(target, samples, self._splice, *edges)
        self._splice_from(old)

    def _own(self, scratch: Samples | None) -> Samples:
        """The samples that patches may be written to."""
        if self._patched is None:
            assert self.sound is not None
            self._patched = self.sound.samples.copy() if scratch is None else scratch
            self._samples = stereo(self._patched)
            if self._voice is not None:
                self._voice.samples = self._samples
        return self._patched

    def play(self, from_frame: int = 0) -> None:
        """Starts there; where it plays already, jumps there. Does nothing where there is no sound."""
        if self._samples is None:
            return
        old, sounding = self._peek(self._splice), self.playing or self._fade is not None
        self._voice = self._new_voice(from_frame)
        if sounding:
            self._splice_from(old)
        else:
            begins = from_frame == 0 and not self._samples[0].any()  # rises from zero by itself, maybe with a hit
            self._fade_from(old, 0.0 if begins else START_SECONDS, "smooth")

    def stop(self) -> None:
        """Falls silent."""
        if self.playing:
            old = self._peek(round(STOP_SECONDS * self.sample_rate))
            self._voice = None
            self._fade_from(old, STOP_SECONDS, "smooth")

    def next_block(self, frames: int) -> Samples:
        """The next `[frames, 2]` float32 to be heard; zeros where nothing plays."""
        voice, fade = self._voice, self._fade
        out = np.zeros((frames, CHANNELS), np.float32) if voice is None else voice.read(frames, self.looping)
        if fade is not None:
            fade.mix(out)
            self._fade = None if fade.over else fade
        return out

    @property
    def _splice(self) -> int:
        return round(SPLICE_SECONDS * self.sample_rate)

    def _peek(self, frames: int) -> Samples:
        """What `next_block` would give, without moving on."""
        voice, fade = self._voice, self._fade
        self._voice, self._fade = voice and replace(voice), fade and replace(fade)
        out = self.next_block(frames)
        self._voice, self._fade = voice, fade
        return out

    def _splice_from(self, old: Samples) -> None:
        """From `old`, which was to come, to what comes now, as loud as either throughout."""
        self._fade = None
        new = self._peek(len(old))
        if not np.array_equal(old, new):
            fall, rise = splice_gains(old, new)
            self._fade = _Fade(old * fall[:, None], rise)

    def _fade_from(self, old: Samples, seconds: float, curve: Curve) -> None:
        frames = max(1, round(seconds * self.sample_rate))
        self._fade = _Fade(old[:frames] * fade_out(frames, curve)[:, None], fade_in(frames, curve))

    def _new_voice(self, position: int) -> PlayCursor:
        assert self._samples is not None
        return cursor_at(self._samples, position, self.sample_rate)


def _edged(old: Samples, new: Samples, frames: int, at_start: bool, at_end: bool) -> Samples:
    """Mono `new` `[n]` in place of `old` `[channels, n]`, where asked fading out of and back into it."""
    out = np.broadcast_to(new, old.shape).copy()
    if at_start:
        fall, rise = splice_gains(old[:, :frames].T, out[:, :frames].T)
        out[:, :frames] = old[:, :frames] * fall + out[:, :frames] * rise
    if at_end:
        fall, rise = splice_gains(out[:, -frames:].T, old[:, -frames:].T)
        out[:, -frames:] = out[:, -frames:] * fall + old[:, -frames:] * rise
    return out
