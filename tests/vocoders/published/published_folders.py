"""Makes folders like published ones from the small official checkpoints in tests/golden."""

import json
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import torch
import yaml
from torch import Tensor

from tests.paths import GOLDEN

HIFIGAN, BIGVGAN, VOCOS = "hifigan_v1", "bigvgan_v2_44khz_512x", "vocos_center"
WEIGHTS = {HIFIGAN: "generator.pt", BIGVGAN: "bigvgan_generator.pt", VOCOS: "pytorch_model.bin"}
State = dict[str, Tensor]


def folder_like(name: str, place: Path) -> Path:
    """Copy of the config and weights of a golden folder."""
    folder = place / name
    folder.mkdir()
    for each in (WEIGHTS[name], config_of(name)):
        shutil.copy(GOLDEN / name / each, folder / each)
    return folder


def config_of(name: str) -> str:
    return "config.yaml" if name == VOCOS else "config.json"


def official_state(name: str) -> State:
    """Tensors that a test may change."""
    return {each: tensor.clone() for each, tensor in _read_state(name).items()}


@cache
def _read_state(name: str) -> State:
    loaded = torch.load(GOLDEN / name / WEIGHTS[name], weights_only=True)
    return dict(loaded.get("generator", loaded))


def with_state(folder: Path, change: Callable[[State], Any]) -> Path:
    """Write changed tensors to a folder; `change` modifies them in place."""
    name = folder.name
    state = official_state(name)
    change(state)
    torch.save(state if name == VOCOS else {"generator": state}, folder / WEIGHTS[name])
    return folder


def with_json(folder: Path, values: Mapping[str, Any], without: str = "") -> Path:
    path = folder / "config.json"
    config = json.loads(path.read_text()) | values
    config.pop(without, None)
    path.write_text(json.dumps(config))
    return folder


def with_yaml(folder: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    path = folder / "config.yaml"
    config = yaml.safe_load(path.read_text())
    change(config)
    path.write_text(yaml.safe_dump(config))
    return folder
