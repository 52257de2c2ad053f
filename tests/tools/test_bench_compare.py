"""Bench figures that got worse are found, whichever direction is the better one."""

import json
import math
from pathlib import Path

import pytest

from tools.bench_compare import compare, main, read_figures

BEFORE = {
    "bench.start.window_shown_s": 1.0,
    "bench-live.soak.underflows": 0.0,
    "bench-live.sink.change_median_ms": 40.0,
    "bench-train.memory.peak_bytes": 1e9,
    "bench-train.quality.held_out_r2": 0.9,
    "bench-networks.vocos_times_as_fast": 1.2,
    "bench.sliders.named": 6.0,
    "bench.machine.cores": 2.0,
}


def worse(after: dict[str, float]) -> list[str]:
    return [each.name for each in compare(BEFORE, BEFORE | after) if each.is_worse]


def test_equal_figures_pass() -> None:
    assert worse({}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bench.start.window_shown_s", 1.3),
        ("bench-live.soak.underflows", 1.0),
        ("bench-live.sink.change_median_ms", 60.0),
        ("bench-train.memory.peak_bytes", 1.2e9),
        ("bench-train.quality.held_out_r2", 0.8),
        ("bench-networks.vocos_times_as_fast", 0.9),
        ("bench.sliders.named", 5.0),
        ("bench.start.window_shown_s", math.nan),
    ],
)
def test_a_worse_figure_is_found(name: str, value: float) -> None:
    assert worse({name: value}) == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bench.start.window_shown_s", 0.2),
        ("bench.start.window_shown_s", 1.2),
        ("bench-live.sink.change_median_ms", 40.9),
        ("bench-train.quality.held_out_r2", 0.99),
        ("bench-networks.vocos_times_as_fast", 3.0),
        ("bench.sliders.named", 8.0),
        ("bench.machine.cores", 64.0),
    ],
)
def test_a_better_one_and_noise_pass(name: str, value: float) -> None:
    assert worse({name: value}) == []


def test_a_figure_that_is_gone_is_worse() -> None:
    after = {name: value for name, value in BEFORE.items() if "underflows" not in name}
    assert [each.name for each in compare(BEFORE, after) if each.is_worse] == ["bench-live.soak.underflows"]


def write(folder: Path, figures: object) -> str:
    folder.mkdir()
    (folder / "bench.json").write_text(json.dumps(figures))
    return str(folder)


def test_it_reads_nested_figures_and_leaves_out_what_is_no_number(tmp_path: Path) -> None:
    write(tmp_path / "a", {"start": {"s": 1}, "rows": [{"ms": 2.5}], "screen": "offscreen", "done": True})
    assert read_figures(tmp_path / "a") == {"bench.start.s": 1.0, "bench.rows.0.ms": 2.5}


def test_exit_status_and_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = write(tmp_path / "before", {"start.s": 1.0, "cores": 2})
    after = write(tmp_path / "after", {"start.s": 2.0, "cores": 4})
    assert main([before, before]) == 0
    assert "WORSE" not in capsys.readouterr().out
    assert main([before, after]) == 1
    out, err = capsys.readouterr()
    assert "2.000  lower is better  WORSE" in out
    assert "1 of 2 figures got worse: bench.start.s" in err


def test_folders_that_share_no_figure_fail(tmp_path: Path) -> None:
    before = write(tmp_path / "before", {"cores": 2})
    assert main([before, write(tmp_path / "after", {"cores": 2})]) == 1
    (tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit, match="holds no bench figures"):
        main([before, str(tmp_path / "empty")])
