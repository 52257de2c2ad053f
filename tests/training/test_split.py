"""Held-out sound is sound that was not learned from, however little there is."""

import itertools

import pytest
import torch

from distill_app.models.vae import WINDOW_FRAMES
from distill_app.training.corpus import Corpus, Recording
from distill_app.training.mels import HeldMel
from distill_app.training.split import GAP_FRAMES, held_out_windows, split_corpus, stretches


def recordings(*frames: int) -> Corpus:
    """Files whose mel holds in every cell a number that no other frame has."""
    number = itertools.count()
    mels = [torch.tensor([[float(next(number)) for _ in range(n)]]).repeat(128, 1) for n in frames]
    files = [
        Recording(f"{i}.wav", n * 512 / 44_100, HeldMel(mel))
        for i, (n, mel) in enumerate(zip(frames, mels, strict=True))
    ]
    return Corpus(tuple(files))


CASES = [(5000,), (700, 800), (400,), (391,), (128,), (130, 150), (200,) * 25, (128,) * 12, (5000, 128, 128, 300)]


@pytest.mark.parametrize("frames", CASES)
@pytest.mark.parametrize("seed", range(5))
def test_no_frame_is_on_both_sides_and_a_gap_keeps_samples_apart(frames: tuple[int, ...], seed: int) -> None:
    split = split_corpus(recordings(*frames), seed)
    assert split.learned
    assert split.held_out
    for learned, held in itertools.product(split.learned, split.held_out):
        if learned.file == held.file:
            assert learned.stop + GAP_FRAMES <= held.start or held.stop + GAP_FRAMES <= learned.start


@pytest.mark.parametrize("frames", CASES)
def test_most_is_learned_from_and_something_is_held_out(frames: tuple[int, ...]) -> None:
    corpus = recordings(*frames)
    split = split_corpus(corpus, 0)
    learned = sum(span.stop - span.start for span in split.learned)
    assert learned >= 0.5 * sum(frames) or frames in [(400,), (391,)]
    assert learned >= WINDOW_FRAMES or frames == (128,)
    assert all(mel.frames >= WINDOW_FRAMES for mel in stretches(corpus, split.learned))
    assert held_out_windows(corpus, split).shape[1:] == (128, WINDOW_FRAMES)


def test_one_file_of_a_fifth_of_a_second_has_both_sides() -> None:
    mel = torch.full((128, WINDOW_FRAMES), -11.5)
    corpus = Corpus((Recording("hit.wav", 0.2, HeldMel(mel)),))
    split = split_corpus(corpus, 0)
    assert split.learned[0].stop >= 10
    assert split.held_out[0].start < split.held_out[0].stop <= 18


def test_the_same_seed_splits_the_same_and_another_one_differs() -> None:
    corpus = recordings(*[900] * 6)
    assert split_corpus(corpus, 1) == split_corpus(corpus, 1)
    assert len({split_corpus(corpus, seed) for seed in range(8)}) > 4
