"""The published configs of downloadable vocoders agree with the manifest."""

import hashlib
import shutil
from pathlib import Path

import pytest

from distill_app.vocoders.networks.flops import cost
from distill_app.vocoders.networks.presets import PUBLISHED
from distill_app.vocoders.published.loader import read_published
from distill_app.vocoders.weights.manifest import read_manifest

CONFIGS = {path.stem: path for path in (Path(__file__).parent / "configs").glob("*")}


def test_the_configs_are_those_of_downloadable_vocoders() -> None:
    assert CONFIGS
    assert CONFIGS.keys() <= {entry.id for entry in read_manifest()}


@pytest.mark.parametrize("name", sorted(CONFIGS))
def test_a_published_config_describes_what_the_manifest_offers(tmp_path: Path, name: str) -> None:
    (entry,) = (each for each in read_manifest() if each.id == name)
    in_folder, weights = entry.files
    assert hashlib.sha256(CONFIGS[name].read_bytes()).hexdigest() == in_folder.sha256
    shutil.copy(CONFIGS[name], tmp_path / in_folder.name)
    (tmp_path / weights.name).touch()
    config = read_published(tmp_path)
    assert config == PUBLISHED[name]
    assert config.mel_format == entry.mel_format
    assert cost(config).parameters == entry.parameters
