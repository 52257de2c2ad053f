"""`distill add-grain`."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model, save_model
from tests.cli.conftest import Distill


def test_a_model_gets_sound_and_stays_the_same_otherwise(
    distill: Distill, tiny_model_file: Path, tiny_model: DistillModel, recordings: Path, tmp_path: Path
) -> None:
    out = tmp_path / "grain.distillgan"
    outcome = distill("add-grain", tiny_model_file, recordings, "--out", out, "--json")
    found = load_model(out)
    assert outcome.values["grain"]["recordings"] == 3
    assert outcome.values["grain"]["seconds"] == pytest.approx(7.5, abs=0.2)
    assert found.grain is not None
    assert found.header.with_grain(None) == tiny_model.header
    latents = torch.randn(2, 4)
    assert torch.equal(found.decode(latents), tiny_model.decode(latents))


def test_one_shots_get_their_onsets_and_earlier_sound_is_kept(
    distill: Distill, grain_model: DistillModel, recordings: Path, tmp_path: Path
) -> None:
    path = tmp_path / "hits.distillgan"
    save_model(replace(grain_model, header=replace(grain_model.header, lead_frames=2)), path)
    outcome = distill("add-grain", path, recordings / "pluck 110.wav", "--out", path, "--overwrite")
    bank = load_model(path).grain
    assert "4 recordings" in outcome.out
    assert "licence" in outcome.out
    assert bank is not None
    assert bank.segments[-1].onsets == (0,)


@pytest.mark.parametrize("minutes", ["0", "-1", "nan", "1000"])
def test_an_implausible_length_is_refused(
    distill: Distill, tiny_model_file: Path, recordings: Path, tmp_path: Path, minutes: str
) -> None:
    out = tmp_path / "grain.distillgan"
    outcome = distill("add-grain", tiny_model_file, recordings, "--out", out, f"--grain-minutes={minutes}")
    assert outcome.status == 2
    assert not out.exists()
