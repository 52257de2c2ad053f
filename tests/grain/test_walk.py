"""The path goes on in a recording, jumps where another place is nearer, and does not return to what was just played."""

import numpy as np
import pytest
import torch
from torch import Tensor

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.grain.frame_features import AHEAD_FRAMES
from distill_app.grain.source import Frames, GrainSource
from distill_app.grain.start import recorded_start
from distill_app.grain.targets import mean_power
from distill_app.grain.walk import Walk

RATE, HOP = DISTILL_MEL.sample_rate, DISTILL_MEL.hop
NOTHING: Frames = np.zeros(0, np.int64)


def filtered_noise(seconds: float, tilt: float, seed: int) -> np.ndarray:
    """Noise whose magnitude falls with frequency to the power of `tilt`."""
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    samples = np.fft.irfft(spectrum * np.maximum(np.arange(len(spectrum)), 50.0) ** -tilt, count)
    return (0.1 * samples / samples.std()).astype(np.float32)[None]


def chord(seconds: float, hertz: float) -> np.ndarray:
    """Tones at multiples of a frequency, equally loud."""
    time = np.arange(round(seconds * RATE)) / RATE
    tones = [np.sin(2 * np.pi * hertz * each * time) for each in range(1, 9)]
    return (0.02 * np.sum(tones, axis=0)).astype(np.float32)[None]


@pytest.fixture(scope="module")
def source() -> GrainSource:
    """Two dark and two bright recordings, the last of which is shorter than what is compared."""
    tilts = ((3.0, 1.0), (2.0, 1.0), (3.0, 0.0), (0.1, 0.0))
    return GrainSource.of_samples([filtered_noise(*each, number) for number, each in enumerate(tilts)], DISTILL_MEL)


def mel_of(source: GrainSource, number: int) -> Tensor:
    return source.mel[:, source.starts[number] // HOP : source.stops[number] // HOP]


def segments(source: GrainSource, path: Frames) -> np.ndarray:
    """Number of the recording of each frame of a path."""
    return np.searchsorted(np.array(source.stops) // HOP, path, side="right")


def test_it_starts_where_the_recordings_are_like_the_window(source: GrainSource) -> None:
    first = source.starts[1] // HOP + 21
    assert recorded_start(source, source.mel[:, first : first + 100]) == first


def test_sparse_sounds_are_found_by_their_power() -> None:
    """Between its beats a sound is far below its mean power; a steady one that is a little wrong is not nearer."""
    beats = filtered_noise(3.0, 0.3, 1)
    beats[:, np.arange(beats.shape[1]) % (RATE // 5) > RATE // 20] *= 1e-3
    steady = filtered_noise(3.0, 0.0, 2) * np.float32(0.5)
    source = GrainSource.of_samples([steady, beats], DISTILL_MEL)
    target = mean_power(mel_of(source, 1))
    assert set(segments(source, Walk(source, (0,)).extend(NOTHING, 200, lambda _: target))) == {1}


def test_it_stays_with_the_recordings_that_are_like_the_target(source: GrainSource) -> None:
    target = mean_power(mel_of(source, 0))
    path = Walk(source, (0,)).extend(NOTHING, 800, lambda _: target)
    assert set(segments(source, path)) == {0, 1}
    assert (source.ends.numpy()[path] > 0).all(), "no frame is silence"


def test_it_moves_on_frame_by_frame_and_jumps_at_most_once_in_what_is_compared(source: GrainSource) -> None:
    target = mean_power(mel_of(source, 0))
    path = Walk(source, (0,)).extend(NOTHING, 800, lambda _: target)
    jumps = np.flatnonzero(np.diff(path) != 1)
    assert 2 <= len(jumps) <= 800 // AHEAD_FRAMES
    at_ends = source.ends.numpy()[path[jumps]] == path[jumps] + 1
    assert (np.diff(jumps)[~at_ends[1:]] >= AHEAD_FRAMES).all()


def test_it_does_not_jump_to_what_was_played_within_a_second(source: GrainSource) -> None:
    target = mean_power(mel_of(source, 0))
    path = Walk(source, (3,)).extend(NOTHING, 1_200, lambda _: target)
    for jump in np.flatnonzero(np.diff(path) != 1) + 1:
        assert path[jump] not in path[max(0, jump - 86) : jump]


def test_it_goes_to_places_after_which_a_recording_goes_on(source: GrainSource) -> None:
    target = mean_power(mel_of(source, 0))
    path = Walk(source, (1,)).extend(NOTHING, 2_000, lambda _: target)
    landings = path[np.flatnonzero(np.diff(path) != 1) + 1]
    assert len(landings) > 5
    assert (source.ends.numpy()[landings] - landings > 43).all()


def test_no_jump_leads_to_or_from_the_silence_around_a_recording() -> None:
    """A transform that reaches into it is softer: each jump would be a dip."""
    source = GrainSource.of_samples([filtered_noise(0.6, 1.0, number) for number in range(4)], DISTILL_MEL)
    target = mean_power(mel_of(source, 0))
    path = Walk(source, (2,)).extend(NOTHING, 600, lambda _: target)
    jumps = np.flatnonzero(np.diff(path) != 1)
    assert len(jumps) > 5
    for frames in (path[jumps], path[jumps + 1]):
        first, last = frames * HOP - DISTILL_MEL.padding, frames * HOP - DISTILL_MEL.padding + DISTILL_MEL.n_fft
        recorded = segments(source, frames)
        assert (first >= np.array(source.starts)[recorded]).all()
        assert (last <= np.array(source.stops)[recorded]).all()


def test_what_was_heard_goes_on_where_recordings_end() -> None:
    """All are as near to what is wanted, but only one of the others has the same tones."""
    first, again, other = (chord(seconds, hertz) for seconds, hertz in ((3.0, 500.0), (2.9, 500.0), (3.1, 560.0)))
    source = GrainSource.of_samples([other, first, again], DISTILL_MEL)
    target = torch.maximum(mean_power(mel_of(source, 0)), mean_power(mel_of(source, 1)))
    begin = np.array([source.starts[1] // HOP])
    paths = [Walk(source, (seed,), since=0).extend(begin, 700, lambda _: target) for seed in range(4)]
    assert {number for path in paths for number in segments(source, path).tolist()} == {1, 2}


def test_a_moved_target_is_followed(source: GrainSource) -> None:
    dark, bright = mean_power(mel_of(source, 0)), mean_power(mel_of(source, 2))
    path = Walk(source, (0,)).extend(NOTHING, 400, lambda frame: dark if frame < 200 else bright)
    assert set(segments(source, path[:200])) <= {0, 1}
    assert set(segments(source, path[200 + AHEAD_FRAMES :])) <= {2, 3}


def test_a_path_that_is_continued_is_the_path_made_at_once(source: GrainSource) -> None:
    target = mean_power(mel_of(source, 0))
    walk = Walk(source, (5,))
    whole = walk.extend(NOTHING, 600, lambda _: target)
    in_parts = NOTHING
    for frames in (1, 100, 101, 350, 600):
        in_parts = walk.extend(in_parts, frames, lambda _: target)
    assert in_parts.tolist() == whole.tolist()
    assert Walk(source, (6,)).extend(NOTHING, 600, lambda _: target).tolist() != whole.tolist()


def test_one_short_recording_is_repeated() -> None:
    source = GrainSource.of_samples([filtered_noise(0.05, 0.0, 1)], DISTILL_MEL)
    path = Walk(source, (0,)).extend(NOTHING, 30, lambda _: torch.zeros(128))
    assert len(path) >= 30
    assert set(path.tolist()) == set(range(source.starts[0] // HOP, source.stops[0] // HOP))
