"""Manifests are read as written, and invalid ones are refused."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from distill_app.common.errors import VocoderError
from distill_app.dsp.mel_format import MelFormat
from distill_app.vocoders.networks.flops import cost
from distill_app.vocoders.networks.presets import PUBLISHED
from distill_app.vocoders.weights.manifest import ManifestEntry, WeightFile, read_manifest, write_manifest
from tests.vocoders.weights.published import ENTRY

SHIPPED = read_manifest()


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.id)
def test_every_entry_is_pinned_and_licensed(entry: ManifestEntry) -> None:
    assert re.fullmatch(r"[\w-]+/[\w.-]+", entry.repository)
    assert entry.licence == "MIT"
    assert entry.licence_path is not None
    assert "Permission is hereby granted" in entry.licence_path.read_text()
    assert entry.summary.endswith(".")
    assert entry.provenance
    config, weights = sorted(entry.files, key=lambda file: file.size_bytes)
    assert config.name in ("config.json", "config.yaml")
    assert 4 * entry.parameters < weights.size_bytes < 4.1 * entry.parameters


@pytest.mark.parametrize("name", sorted(PUBLISHED.keys() & {entry.id for entry in SHIPPED}))
def test_mel_and_cost_are_those_of_the_network(name: str) -> None:
    (entry,) = [entry for entry in SHIPPED if entry.id == name]
    counted = cost(PUBLISHED[name])
    assert entry.mel_format == PUBLISHED[name].mel_format
    assert entry.parameters == counted.parameters
    assert entry.gmac_per_second == pytest.approx(counted.gmac_per_second, rel=0.03)


def test_only_fast_networks_are_live() -> None:
    assert {entry.id for entry in SHIPPED if entry.info.live} == {"vocos-24k"}


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    other = replace(ENTRY, id="other", repository="", revision="", mel_format=MelFormat(22_050, high_hz=8_000.0))
    write_manifest(tmp_path / "list.toml", [ENTRY, other])
    assert read_manifest(tmp_path / "list.toml") == (ENTRY, other)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id = "made-up"', 'id = "../made-up"'),
        ('name = "config.json"', 'name = "../config.json"'),
        ('name = "config.json"', 'name = "/etc/passwd"'),
        ('name = "config.json"', 'name = ".hidden"'),
        ("size_bytes = 300000", "size_bytes = -1"),
        ("size_bytes = 300000", 'size_bytes = "many"'),
        ("size_bytes = 300000", "size_bytes = 0.5"),
        ("size_bytes = 300000", "size_bytes = inf"),
        ("gmac_per_second = 0.0", 'gmac_per_second = "few"'),
        ("gmac_per_second = 0.0", "gmac_per_second = nan"),
        ('revision = "0123', 'revision = "main'),
        ('title = "Made Up"', "title = 7"),
        ("bands = 128", "bands = 0"),
        ("parameters = 0", 'parameters = "all"'),
        ('summary = "For tests."', 'sumary = "For tests."'),
        ("[[vocoder]]", "[vocoder]"),
    ],
)
def test_an_invalid_manifest_is_refused(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "list.toml"
    write_manifest(path, [ENTRY])
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(VocoderError, match="is damaged"):
        read_manifest(path)


def test_a_missing_manifest_is_reported(tmp_path: Path) -> None:
    with pytest.raises(VocoderError, match="cannot be opened"):
        read_manifest(tmp_path / "nothing.toml")
    for noise in (b"\xff\x00", b"a = " + b"[" * 10_000, b"a" + b".a" * 100_000 + b" = 1"):
        (tmp_path / "noise.toml").write_bytes(noise)
        with pytest.raises(VocoderError, match="is damaged"):
            read_manifest(tmp_path / "noise.toml")


def test_a_checksum_is_one() -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        WeightFile("a.pt", 1, "0123")
