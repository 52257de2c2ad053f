"""Comparison of runtimes: timings, table and JSON."""

import json
from pathlib import Path

import pytest

from tests.vocoders.small_networks import SMALL
from tools import bench_onnx
from tools.bench_onnx import Row, compare, main, table


def test_every_network_is_timed_for_a_block_and_for_a_second() -> None:
    config = SMALL["hifigan-2"]
    block, second = compare("small", config, threads=1, times=3)
    assert (block.frames, second.frames) == (20, config.mel_format.sample_rate // config.mel_format.hop)
    for row in (block, second):
        assert min(row.eager, row.form, row.onnx) > 0
        assert row.difference < 1e-4
    assert second.eager > block.eager


def test_table_has_the_speed_up() -> None:
    line = table([Row("a", 2, 20, eager=30.0, form=15.0, onnx=10.0, difference=1e-6)]).splitlines()[-1]
    assert line == "| a | 2 | 20 | 30.0 | 15.0 | 10.0 | 3.00 | 1.50 |"


def test_table_and_json_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench_onnx, "NETWORKS", {"small": SMALL["vocos-same"]})
    monkeypatch.setattr(bench_onnx, "OUT", tmp_path / "bench" / "onnx.json")
    monkeypatch.setattr("sys.argv", ["bench_onnx", "--threads", "1", "--times", "1"])
    assert main() == 0
    rows = [Row(**each) for each in json.loads(bench_onnx.OUT.read_text())]
    assert table(rows) == capsys.readouterr().out.rstrip()
