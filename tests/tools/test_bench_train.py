"""Recordings and first architecture of the training bench."""

from pathlib import Path

import pytest
import soundfile

from distill_app.training.vae.config import TrainingConfig
from tools import bench_train, bench_train_corpus
from tools.bench_train_memory import SECONDS, wandering_tones
from tools.crash_test import Kill, summary


def test_without_recordings_20_files_of_75_seconds_are_generated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_train_corpus, "SAMPLES", tmp_path / "none")
    assert bench_train_corpus.make_corpus(tmp_path / "made") == "generated tones"
    files = list((tmp_path / "made").iterdir())
    assert len(files) == 20
    assert sum(soundfile.info(file).duration for file in files) == pytest.approx(75, abs=0.1)


def test_first_network_is_trained_without_later_augmentation() -> None:
    first, now = bench_train.FIRST.to_record(), TrainingConfig().to_record()
    assert first["beta"] != now["beta"]
    assert all(first[name] == 0 for name in ("pitch_semitones", "stretch", "tilt_db"))


def test_generated_tones_are_audible_and_differ() -> None:
    one, other = wandering_tones(0, 1), wandering_tones(1, 1)
    assert pytest.approx(83.3, abs=0.1) == SECONDS * 500 / 3600
    assert 0.02 < one.std() < 0.4
    assert abs(one - other).max() > 0.05


def test_a_summary_counts_kills_that_lost_work_or_left_damage() -> None:
    kills = [Kill("train", 30.0, 12.0, True, True), Kill("analyse", 40.0, 40.0, False, False)]
    assert summary(kills) == {
        "kills": 2,
        "while_sliders_were_found": 1,
        "resumed": 1,
        "damaged": 1,
        "most_lost_seconds": 18.0,
    }
