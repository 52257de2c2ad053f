"""Training and held-out parts have no frame in common, however short the corpus is."""

import itertools

import pytest
import torch

from distill_app.corpus.corpus import Corpus, Recording
from distill_app.corpus.mel_sources import MemoryMel
from distill_app.corpus.split import GAP_FRAMES, span_slices, split_corpus, validation_windows
from distill_app.models.window import WINDOW_FRAMES


def recordings(*frames: int) -> Corpus:
    """Files whose mel holds in every cell a number that no other frame has."""
    number = itertools.count()
    mels = [torch.tensor([[float(next(number)) for _ in range(n)]]).repeat(128, 1) for n in frames]
    files = [
        Recording(f"{i}.wav", n * 512 / 44_100, MemoryMel(mel))
        for i, (n, mel) in enumerate(zip(frames, mels, strict=True))
    ]
    return Corpus(tuple(files))


CASES = [(5000,), (700, 800), (400,), (391,), (128,), (130, 150), (200,) * 25, (128,) * 12, (5000, 128, 128, 300)]


@pytest.mark.parametrize("frames", CASES)
@pytest.mark.parametrize("seed", range(5))
def test_no_frame_is_on_both_sides_and_a_gap_keeps_samples_apart(frames: tuple[int, ...], seed: int) -> None:
    split = split_corpus(recordings(*frames), seed)
    assert split.train
    assert split.validation
    for learned, held in itertools.product(split.train, split.validation):
        if learned.file == held.file:
            assert learned.stop + GAP_FRAMES <= held.start or held.stop + GAP_FRAMES <= learned.start


@pytest.mark.parametrize("frames", CASES)
def test_most_is_for_training_and_some_is_held_out(frames: tuple[int, ...]) -> None:
    corpus = recordings(*frames)
    split = split_corpus(corpus, 0)
    learned = sum(span.stop - span.start for span in split.train)
    assert learned >= 0.5 * sum(frames) or frames in [(400,), (391,)]
    assert learned >= WINDOW_FRAMES or frames == (128,)
    assert all(mel.frames >= WINDOW_FRAMES for mel in span_slices(corpus, split.train))
    assert validation_windows(corpus, split).shape[1:] == (128, WINDOW_FRAMES)


def test_one_file_of_a_fifth_of_a_second_has_both_sides() -> None:
    mel = torch.full((128, WINDOW_FRAMES), -11.5)
    corpus = Corpus((Recording("hit.wav", 0.2, MemoryMel(mel)),))
    split = split_corpus(corpus, 0)
    assert split.train[0].stop >= 10
    assert split.validation[0].start < split.validation[0].stop <= 18


def test_the_same_seed_splits_the_same_and_another_one_differs() -> None:
    corpus = recordings(*[900] * 6)
    assert split_corpus(corpus, 1) == split_corpus(corpus, 1)
    assert len({split_corpus(corpus, seed) for seed in range(8)}) > 4


def held_out_of(corpus: Corpus, seed: int = 0) -> dict[str, list[tuple[int, int]]]:
    split = split_corpus(corpus, seed)
    names = [file.name for file in corpus.files]
    return {
        name: [(span.start, span.stop) for span in split.validation if span.file == index]
        for index, name in enumerate(names)
    }


def test_the_held_out_part_of_a_file_does_not_depend_on_other_files() -> None:
    corpus = recordings(900, 1200, 2000, 5000, 700)
    more = Corpus((Recording("new.wav", 10.0, MemoryMel(torch.zeros(128, 861))), *reversed(corpus.files)))
    before, after = held_out_of(corpus), held_out_of(more)
    assert {name: after[name] for name in before} == before
    assert len(set(map(tuple, before.values()))) > 2, "of each another part"


def test_mostly_the_same_short_files_are_held_out() -> None:
    corpus = recordings(*[200] * 60)
    some = Corpus(corpus.files[20:])
    few, many = ({name for name, spans in held_out_of(each).items() if spans} for each in (some, corpus))
    learned_before = {file.name for file in some.files} - few
    assert (len(few), len(many)) == (4, 6)
    assert len(many & learned_before) <= 1


@pytest.mark.parametrize("others", [0, 9])
@pytest.mark.parametrize("seed", range(20))
def test_a_corpus_of_copies_has_a_training_part(others: int, seed: int) -> None:
    copy = Recording("copy.wav", 2.3, MemoryMel(torch.zeros(128, 200)), digest="5eed")
    corpus = Corpus((*[copy] * 12, *recordings(*[200] * others).files))
    split = split_corpus(corpus, seed)
    assert span_slices(corpus, split.train)
    assert len(validation_windows(corpus, split))


def test_copies_have_the_same_part_held_out() -> None:
    mel = MemoryMel(torch.zeros(128, 2000))
    corpus = Corpus(tuple(Recording(f"{name}.wav", 23.2, mel, digest="5eed") for name in ("a", "b")))
    one, other = held_out_of(corpus).values()
    assert one == other
