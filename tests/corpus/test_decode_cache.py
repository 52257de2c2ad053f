"""The cache of decoded recordings stays within its size, and loses what was not used for longest."""

import os
import time
from pathlib import Path

import numpy as np
import soundfile

from distill_app.corpus.corpus import Corpus
from distill_app.corpus.decode_cache import evict_least_recently_used
from distill_app.corpus.loudness_normalization import GainMel
from distill_app.corpus.mel_sources import StoredMel
from distill_app.corpus.scan import scan_files
from distill_app.project.corpora import CorpusSpec

DAY = 24 * 60.0


def scanned(folder: Path, cache: Path) -> Corpus:
    scan = scan_files([CorpusSpec.of(folder)], cache)
    while True:
        try:
            next(scan)
        except StopIteration as end:
            return end.value


def test_the_least_recently_used_goes_first_and_files_in_use_stay(tmp_path: Path) -> None:
    folder, cache = tmp_path / "sounds", tmp_path / "cache"
    folder.mkdir()
    for number in range(4):
        soundfile.write(folder / f"{number}.wav", np.random.default_rng(number).normal(0, 0.1, 88_200), 44_100)
    mels = [file.mel.mel if isinstance(file.mel, GainMel) else file.mel for file in scanned(folder, cache).files]
    places = [mel.path for mel in mels if isinstance(mel, StoredMel)]
    size = places[0].stat().st_size
    for days, place in zip((30, 40, 20, 1), places, strict=True):
        os.utime(place.with_suffix(".json"), (0, time.time() - days * 86_400))
    assert evict_least_recently_used(cache, 4 * size, 7 * DAY) == 0
    assert evict_least_recently_used(cache, 3 * size, 7 * DAY) == size
    assert [place.exists() for place in places] == [True, False, True, True]
    assert evict_least_recently_used(cache, 0, 7 * DAY) == 2 * size
    assert [place.exists() for place in places] == [False, False, False, True]
    again = scanned(folder, cache)
    assert evict_least_recently_used(cache, 0, 7 * DAY) == 0
    assert all(file.mel.read(0, 10).shape == (128, 10) for file in again.files)


def test_a_folder_that_is_not_there_has_room(tmp_path: Path) -> None:
    assert evict_least_recently_used(tmp_path / "none", 0, 7 * DAY) == 0


def test_links_in_the_cache_are_neither_followed_nor_counted_on(tmp_path: Path) -> None:
    cache, thesis = tmp_path / "cache", tmp_path / "thesis.mel"
    cache.mkdir()
    thesis.write_bytes(bytes(1_000))
    os.utime(thesis, (0, 0))
    (cache / "a.mel").symlink_to(thesis)
    assert evict_least_recently_used(cache, 0, 7 * DAY) == 0
    assert thesis.is_file()
