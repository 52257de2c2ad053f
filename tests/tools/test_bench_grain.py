"""Corpora, banks and ratios of the grain bench."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile

from distill_app.generation.config import GenerationConfig
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model, save_model
from tools import bench_grain, bench_grain_playing
from tools.bench_grain import PLAIN, render_times, table
from tools.bench_grain_bank import add_bank
from tools.bench_grain_corpus import CORPORA, Sizes, write_sounds
from tools.bench_grain_playing import added_mib

SIZES = Sizes(few=2, many=3, seconds=9, hours=6, different=2, grain_minutes=0.15)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory, tiny_model: DistillModel) -> Path:
    folder = tmp_path_factory.mktemp("bench-grain")
    write_sounds(folder, SIZES)
    save_model(tiny_model, folder / PLAIN)
    return folder


def test_few_and_many_files_hold_the_same_sound(scratch: Path) -> None:
    few, many = (
        np.concatenate([soundfile.read(file)[0] for file in sorted((scratch / name).iterdir())])
        for name in ("few", "many")
    )
    np.testing.assert_array_equal(few, many)
    assert [len(list((scratch / name).iterdir())) for name in ("few", "many")] == [2, 3]
    assert len(few) == 9 * 44_100


def test_names_of_one_long_file_differ_in_level_and_place(scratch: Path) -> None:
    corpus = CORPORA["hours"].read(scratch, SIZES)
    assert len(corpus.files) == 6
    assert corpus.seconds == pytest.approx(6 * 9, abs=1.5)
    first, later = corpus.files[0], corpus.files[2]
    assert first.path == later.path
    assert later.gain < first.gain
    shift = (later.first_sample - first.first_sample) // 512
    lowered = later.mel.read(0, 50) - first.mel.read(shift, shift + 50)
    assert shift > 0
    assert float(lowered.median()) == pytest.approx(np.log(later.gain / first.gain), abs=1e-4)


@pytest.mark.parametrize(("name", "minutes"), [("hours", 0.15), ("uncut", 0.3)])
def test_a_bank_is_as_long_as_its_corpus_allows(scratch: Path, name: str, minutes: float) -> None:
    cost = add_bank(scratch, name, SIZES)
    grain = load_model(scratch / f"{name}.distillgan").grain
    assert grain is not None
    assert 0.6 * minutes < cost.bank_minutes <= 1.01 * minutes
    assert (cost.bank_minutes, cost.recordings) == (grain.seconds / 60, len(grain.recordings))


def test_ratios_compare_renders_of_the_same_sound(tiny_model: DistillModel, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tiny_model.with_grain(None)

    def seconds(model: DistillModel, config: GenerationConfig) -> float:
        return config.seconds * (0.03 if model is slow else 0.02) * (1 + config.seed)

    monkeypatch.setattr(bench_grain, "_render_seconds", seconds)
    found = render_times({"few": tiny_model, "many": slow}, times=3)
    assert found["many"] == {"rtf": pytest.approx(0.06), "ratio": pytest.approx(1.5)}
    assert found["few"] == {"rtf": pytest.approx(0.04), "ratio": 1.0}


def test_the_table_has_a_row_for_each_corpus() -> None:
    row: Mapping[str, float] = {name: number + 0.25 for number, name in enumerate(bench_grain._COLUMNS)}
    lines = table({"few": row, "uncut": row}).splitlines()
    assert len(lines) == 4
    assert lines[3].startswith("| long files, all kept (bad) | 0.25 | 1.25 |")


def test_memory_is_that_above_the_program_without_recordings(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[bool] = []
    monkeypatch.setattr(bench_grain_playing, "play", lambda model, _: played.append(model.grain is not None))
    monkeypatch.setattr(bench_grain_playing, "peak_memory_mib", lambda: 500.0 + 30 * len(played))
    add_bank(scratch, "few", SIZES)
    assert added_mib(scratch / PLAIN, scratch / "few.distillgan") == 30
    assert played == [False, True]
