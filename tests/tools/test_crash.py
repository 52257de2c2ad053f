"""A kill of `python -m tools.crash_test` with a small network."""

import signal
import sys
from pathlib import Path

import pytest

from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.spec import ModelSpec
from tests.workers.training.test_process import SMALL
from tools.crash_test import kill_repeatedly, make_recordings


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.timeout(300)
def test_training_killed_at_a_random_moment_resumes_and_ends_in_a_model(tmp_path: Path) -> None:
    make_recordings(tmp_path / "recordings", files=3, seconds=1.0)
    corpora = (CorpusSpec.of(tmp_path / "recordings"),)
    spec = ModelSpec(corpora, tmp_path / "a.distillgan", minutes=60, demos=True)
    kills = kill_repeatedly(spec, 1, 1.0, program=(sys.executable, "-c", SMALL))
    assert [(kill.intact, kill.resumed) for kill in kills] == [(True, True)]
    assert all(kill.lost_seconds <= 30 for kill in kills)
