"""The log has a line per interval and continues with a resumed training."""

from pathlib import Path

import pytest

from distill_app.common.errors import TrainingError
from distill_app.training.vocoder.csv_log import TrainingLog, read_log


def test_what_is_added_is_read(tmp_path: Path) -> None:
    log = TrainingLog(tmp_path / "log.csv")
    log.add({"step": 50, "hours": 0.25, "loss": 1.5})
    log.add({"step": 60, "held_out_mel": 0.125})
    assert read_log(tmp_path / "log.csv") == [
        {"step": 50, "hours": 0.25, "loss": 1.5},
        {"step": 60, "held_out_mel": 0.125},
    ]


def test_a_resumed_log_drops_lines_after_the_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    log = TrainingLog(path)
    for step in (50, 100, 150):
        log.add({"step": step, "loss": 1.0})
    path.write_text(path.read_text() + "200,0.")  # killed while writing
    TrainingLog(path, after=100).add({"step": 150, "loss": 2.0})
    assert [(row["step"], row["loss"]) for row in read_log(path)] == [(50, 1.0), (100, 1.0), (150, 2.0)]


def test_a_new_training_starts_a_new_log(tmp_path: Path) -> None:
    TrainingLog(tmp_path / "log.csv").add({"step": 50})
    TrainingLog(tmp_path / "log.csv")
    assert read_log(tmp_path / "log.csv") == []


def test_an_unwritable_place_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainingError):
        TrainingLog(tmp_path / "nowhere" / "log.csv")
