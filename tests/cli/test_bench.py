"""`distill bench`: a table on the terminal, and its figures as flat JSON in a file."""

import json
import subprocess
import sys
from pathlib import Path

from distill_app.common.paths import STARTER_MODEL
from distill_app.models.header import read_header
from tests.cli.conftest import Distill


def test_the_file_holds_the_printed_figures_as_flat_json(distill: Distill, tmp_path: Path) -> None:
    out = tmp_path / "new" / "bench.json"
    values = distill("bench", "--only", "model", "--out", out, "--json").values
    assert json.loads(out.read_text()) == values
    assert all(isinstance(value, float | int | str) for value in values.values())
    assert values["model.axes"] == len(read_header(STARTER_MODEL).axes)


def test_an_unwritable_file_is_reported_in_one_sentence(distill: Distill, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious")
    outcome = distill("bench", "--only", "model", "--out", tmp_path / "file" / "bench.json")
    assert outcome.status == 1
    assert "cannot be written" in outcome.err
    assert (tmp_path / "file").read_text() == "precious"


def test_peak_memory_includes_freed_memory() -> None:
    code = (
        "from distill_app.cli.benchmarks import peak_memory_mib\n"
        "before = peak_memory_mib()\n"
        "held = bytearray(200 * 1024 * 1024)\n"
        "held[::4096] = b'\\1' * len(held[::4096])\n"
        "del held\n"
        "print(peak_memory_mib() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert 150 < float(done.stdout) < 250
