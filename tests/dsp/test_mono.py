"""The mono mixdown of a recording of any number of channels loses no sound."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from distill_app.dsp.mono import Mixdown, mono_signal
from distill_app.dsp.mono_file import file_mixdown, mix_to_mono, open_stereo, read_mono
from distill_app.dsp.sound import Samples, Sound

RATE = 44_100
RANDOM = np.random.default_rng(0)
FIRST, SECOND, THIRD = (RANDOM.normal(0, 0.1, RATE).astype(np.float32) for _ in range(3))
NOISE = RANDOM.normal(0, 4e-4, (2, RATE)).astype(np.float32)
NONE = np.zeros(RATE, np.float32)


def mixed(*channels: Samples) -> tuple[Samples, Mixdown]:
    sound, mixdown = mix_to_mono(Sound(np.stack(channels), RATE))
    return sound.samples[0], mixdown


def level_db(part: Samples, whole: Samples) -> float:
    """Level of one part in a mono signal, in dB: its projection on the signal that was played."""
    return 20 * float(np.log10(np.dot(part, whole) / np.dot(whole, whole)))


WHOLE: dict[str, tuple[list[Samples], str]] = {
    "one channel": ([FIRST], ""),
    "two that agree": ([FIRST, FIRST], ""),
    "panned": ([0.9 * FIRST, FIRST], ""),
    "left only": ([FIRST, NONE], "only the left channel holds sound: used it"),
    "right, and noise": ([NOISE[0], FIRST], "only the right channel holds sound: used it"),
    "crosstalk": ([FIRST, -0.05 * FIRST], "the left channel is by far the loudest: used it"),
    "opposed": ([FIRST, -FIRST], "channels cancel each other: used left minus right"),
    "nearly opposed": ([FIRST, -0.97 * FIRST], "channels cancel each other: used left minus right"),
    "opposed, with noise": ([FIRST + NOISE[0], NOISE[1] - FIRST], "channels cancel each other: used left minus right"),
    "one of 24": ([FIRST if n == 5 else NONE for n in range(24)], "only channel 6 of 24 holds sound: used it"),
    "two of 6": ([NONE, FIRST, NONE, NONE, FIRST, NONE], "used the 2 loudest of 6 channels"),
    "opposed, of 4": ([NONE, FIRST, -FIRST, NONE], "channels cancel each other: used channel 2 minus channel 3"),
    "one turned of 4": ([FIRST, FIRST, FIRST, -FIRST], ""),
    "two turned of 4": ([FIRST, FIRST, -FIRST, -FIRST], "channels cancel each other: used 2 of 4"),
}


@pytest.mark.parametrize(("channels", "note"), WHOLE.values(), ids=WHOLE.keys())
def test_the_sound_keeps_its_level_and_the_used_channels_are_reported(channels: Sequence[Samples], note: str) -> None:
    mono, mixdown = mixed(*channels)
    assert mixdown.note == note
    assert abs(level_db(mono, FIRST)) < (6.1 if note == "" and len(channels) > 2 else 0.5)


def test_noise_of_the_inputs_stays_as_far_below_the_sound_as_it_was() -> None:
    mono, _ = mixed(FIRST + NOISE[0], NOISE[1] - FIRST)
    sound, _ = mixed(FIRST)
    rest = mono - sound * np.float32(np.dot(mono, sound) / np.dot(sound, sound))
    assert np.std(rest) < 1.1 * np.std(NOISE)


def test_unrelated_channels_are_both_heard() -> None:
    mono, mixdown = mixed(FIRST, SECOND)
    assert mixdown == Mixdown((0.5, 0.5))
    assert level_db(mono, FIRST) == pytest.approx(level_db(mono, SECOND), abs=0.5)


def test_of_a_pair_with_one_cable_the_wrong_way_round_both_instruments_are_heard() -> None:
    left, right = FIRST + 0.6 * SECOND, 0.6 * FIRST + SECOND
    mono, mixdown = mixed(left, -right)
    assert mixdown.weights == (0.5, -0.5)
    assert min(level_db(mono, FIRST), level_db(mono, SECOND)) > -2.5


def test_of_two_that_cancel_in_part_the_louder_one_is_heard_whole() -> None:
    mono, mixdown = mixed(SECOND - 0.5 * FIRST, 1.2 * FIRST)
    assert mixdown == Mixdown((0.0, 1.0), "channels cancel each other: used right")
    assert level_db(mono, FIRST) == pytest.approx(20 * np.log10(1.2), abs=0.1)


def test_an_offset_is_no_sound_of_a_channel() -> None:
    mono, mixdown = mixed(FIRST, NONE + np.float32(0.5))
    assert mixdown.weights == (1.0, 0.0)
    assert abs(level_db(mono, FIRST)) < 0.1


def test_one_channel_is_passed_as_it_is_but_for_the_filter() -> None:
    mono, mixdown = mixed(FIRST)
    assert mixdown == Mixdown((1.0,))
    assert np.std(mono - FIRST) < 0.03 * np.std(FIRST)  # white noise holds little below 5 Hz


def test_the_decision_is_for_the_whole_file(tmp_path: Path) -> None:
    """Channels that agree for 24 s and are opposed for 8, or the other way round: one mix, from beginning to end."""
    agreeing, opposed = np.tile(FIRST, 24), np.tile(FIRST, 8)
    left = np.concatenate([agreeing, opposed])
    soundfile.write(tmp_path / "a.wav", np.stack([left, np.concatenate([agreeing, -opposed])], 1), RATE)
    assert file_mixdown(tmp_path / "a.wav") == Mixdown((0.5, 0.5))
    mono = np.concatenate([piece.samples[0] for piece in read_mono(tmp_path / "a.wav", 7.0)])
    assert abs(level_db(mono[: 24 * RATE], agreeing)) < 0.1
    assert np.abs(mono[25 * RATE :]).max() < 1e-4
    soundfile.write(tmp_path / "b.wav", np.stack([left, np.concatenate([-agreeing, opposed])], 1), RATE)
    assert file_mixdown(tmp_path / "b.wav").weights == (1.0, 0.0)
    mono = np.concatenate([piece.samples[0] for piece in read_mono(tmp_path / "b.wav", 7.0)])
    assert abs(level_db(mono, left)) < 0.1


def test_a_file_is_read_in_parts(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.tile(FIRST, 15), RATE)
    assert [piece.seconds for piece in read_mono(tmp_path / "a.wav", 6.0)] == [6.0, 6.0, 3.0]


@pytest.mark.parametrize(
    ("channels", "count"),
    [
        ([FIRST], 1),
        ([FIRST, FIRST], 1),
        ([FIRST, -FIRST], 1),
        ([FIRST, NONE], 1),
        ([NONE, NONE], 1),
        ([FIRST, SECOND, THIRD], 1),
        ([FIRST, SECOND], 2),
        ([0.5 * FIRST, FIRST], 2),
        ([FIRST + SECOND, FIRST - 0.1 * SECOND], 2),
        ([FIRST + 0.6 * SECOND, -0.6 * FIRST - SECOND], 2),
    ],
)
def test_two_channels_that_differ_are_stereo_and_mix_to_the_mono_signal(
    channels: Sequence[Samples], count: int, tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "a.wav", np.stack(channels, 1), RATE, subtype="FLOAT")
    mixdown, pieces = open_stereo(tmp_path / "a.wav", 0.4)
    samples = np.concatenate([piece.samples for piece in pieces], 1)
    assert samples.shape == (count, RATE)
    mono = np.concatenate([piece.samples[0] for piece in read_mono(tmp_path / "a.wav", 0.4)])
    np.testing.assert_allclose(mixdown.apply(samples), mono, atol=1e-7)


def test_the_mono_signal_of_opposed_channels_is_not_silent() -> None:
    wide = np.stack([FIRST + 0.3 * SECOND, 0.3 * SECOND - FIRST])
    assert abs(level_db(mono_signal(wide), FIRST)) < 0.1
    np.testing.assert_array_equal(mono_signal(wide[:1]), wide[0])
