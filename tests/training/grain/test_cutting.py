"""Recordings are cut at silence and at hits."""

import numpy as np
import pytest

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.mono import Mixdown
from distill_app.dsp.sound import Samples
from distill_app.training.grain.cutting import cut_hits, cut_textures, hit_near
from distill_app.training.grain.excerpts import Excerpt

RATE = DISTILL_MEL.sample_rate


def silence(seconds: float) -> Samples:
    return np.zeros((1, round(seconds * RATE)), np.float32)


def noise(seconds: float, level: float = 0.3) -> Samples:
    return (level * np.random.default_rng(0).standard_normal((1, round(seconds * RATE)))).astype(np.float32)


def hit(seconds: float = 0.5) -> Samples:
    samples = noise(seconds)
    return samples * np.exp(-np.arange(samples.shape[1]) / 3_000).astype(np.float32)


def excerpt(*parts: Samples) -> Excerpt:
    return Excerpt(np.concatenate(parts, 1), Mixdown.mean(1))


def test_silence_around_and_long_pauses_are_cut_out() -> None:
    recorded = excerpt(silence(2), noise(1), silence(0.5), noise(1), silence(3), noise(1), silence(1))
    lengths = [cut.length / RATE for cut in cut_textures(recorded, 1.0)]
    assert lengths == pytest.approx([2.5, 1.0], abs=0.1)


def test_silence_gives_nothing() -> None:
    assert cut_textures(excerpt(silence(1)), 1.0) == []
    assert cut_hits(excerpt(silence(1)), 1.0) == []
    assert cut_textures(excerpt(silence(0)), 1.0) == []


def test_segments_of_one_shots_begin_at_hits() -> None:
    first, second = cut_hits(excerpt(silence(0.3), hit(), hit(), silence(2), hit()), 1.0)
    assert first.onsets is not None
    assert second.onsets == (0,)
    assert np.array(first.onsets) == pytest.approx([0, 0.5 * RATE], abs=100)
    assert abs(first.samples[0, :100]).max() > 0.1


def test_a_file_that_begins_with_its_hit_is_kept_whole() -> None:
    (cut,) = cut_hits(excerpt(hit()), 1.0)
    assert cut.onsets == (0,)
    np.testing.assert_array_equal(cut.samples[0, :5_000], hit()[0, :5_000])


@pytest.mark.parametrize("samples", [1, 30, 441])
def test_the_shortest_sounds_are_kept(samples: int) -> None:
    recorded = excerpt(noise(1)[:, :samples])
    (cut,) = cut_hits(recorded, 1.0)
    assert 0 < cut.length <= samples
    assert cut.onsets == (0,)
    assert cut_textures(recorded, 1.0)[0].length == samples


def test_the_hit_nearest_to_a_place_is_found() -> None:
    recorded = excerpt(hit(), hit(), hit(), silence(0.5))
    cut = hit_near(recorded, round(0.55 * RATE), begins=True)
    assert cut.onsets is not None
    assert np.array(cut.onsets) == pytest.approx([0, 0.5 * RATE], abs=100)
    np.testing.assert_allclose(cut.samples[0, :2_000], recorded.samples[0, round(0.5 * RATE) :][:2_000], atol=0.3)


def test_the_attack_of_a_next_hit_is_left_out() -> None:
    cut = hit_near(excerpt(hit(), hit()[:, : round(0.03 * RATE)]), 0, begins=True)
    assert cut.onsets == (0,)
    assert cut.length == pytest.approx(0.5 * RATE, abs=100)


def test_both_channels_are_cut_where_the_mono_signal_is() -> None:
    left = np.concatenate([silence(2), noise(1), silence(3), noise(1)], 1)
    cuts = cut_textures(Excerpt(np.concatenate([left, -left]), Mixdown((0.5, -0.5))), 1.0)
    wanted = cut_textures(excerpt(left), 1.0)
    assert [cut.length for cut in cuts] == [cut.length for cut in wanted] != []
    assert all(cut.samples.shape[0] == 2 for cut in cuts)
    np.testing.assert_array_equal(cuts[1].mono, wanted[1].mono)
