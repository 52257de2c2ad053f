"""Readers of Distill's files return a value or raise one of its own errors, whatever the file contains."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import tomli_w
from PySide6.QtCore import QSettings

from distill_app.cli.stdin_commands import _command
from distill_app.common.errors import DistillError
from distill_app.common.json_cache import load
from distill_app.common.parsing import DEPTH_MAX, ParseError, parse_json, parse_toml, read_limited
from distill_app.common.settings import Settings, load_settings, save_settings
from distill_app.corpus import stats_cache
from distill_app.corpus.decode_cache import index_path
from distill_app.corpus.mel_cache import _read_index
from distill_app.corpus.stats_cache import StatsCache
from distill_app.corpus.survey import survey
from distill_app.generation.config import GenerationConfig
from distill_app.generation.preset import parse_preset, preset_values
from distill_app.models.header import parse_header, read_header
from distill_app.models.model import DistillModel
from distill_app.project.corpora import CorpusSpec, read_corpora
from distill_app.project.json_values import to_json
from distill_app.project.storage import ProjectFile, create_project, read_project
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vocoder.recordings import _read_index as _vocoder_read_index
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.play.model_settings import ModelSettings
from distill_app.ui.train.training.demo_spectrogram import read_demo_picture
from distill_app.ui.train.training.history import interrupted_history
from distill_app.ui.train.training.request_file import read_spec, training_file
from distill_app.vocoders.networks.weights_file import read_weights_header
from distill_app.vocoders.published.loader import read_published
from distill_app.vocoders.runtime.selection import RuntimeTiming, _parse_timings
from distill_app.vocoders.weights.manifest import read_manifest
from distill_app.workers.rendering.vocoder_speeds import read_speeds

CONTENTS = {
    "empty": b"",
    "binary": bytes(range(256)) * 4,
    "nulls": bytes(1_000),
    "byte order mark": "\ufeff{}".encode(),
    "sixteen bits": "{}".encode("utf-16"),
    "no UTF-8": b'{"version": "\xff\xed\xa0\x80"}',
    "no object": b"[1]",
    "a number": b"5",
    "a text": b'"x"',
    "no number": b'{"version": NaN, "seconds": -Infinity}',
    "too large": b'{"version": 1e999, "seconds": -1e999}',
    "minus nothing": b'{"version": -0, "seconds": -0.0}',
    "many bits": b'{"version": 1' + b"0" * 400 + b"}",
    "many digits": b'{"version": ' + b"9" * 6_000 + b"}",
    "lone surrogate": rb'{"\ud800": "\udfff", "name": "\ud800"}',
    "a name twice": b'{"version": 1, "version": 2}',
    "nested lists": b'{"version": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "nested objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "open for ever": b"[" * 200_000,
    "quotes for ever": b'{"' + b'\\"' * 100_000,
    "spaces": b" " * 17_000_000,
    "nested in TOML": b"version = 1\nseconds = " + b"[" * 5_000 + b"]" * 5_000,
    "tables in TOML": b"version = 1\nsliders = " + b"{a = " * 3_000 + b"1" + b"}" * 3_000,
    "dots in TOML": b"version = 1\n" + b".".join([b"a"] * 3_000) + b" = 1",
    "many bits in TOML": b"version = 1\nseed = 0x" + b"f" * 10_000,
    "no number in TOML": b"version = 1\nseconds = nan\ndrift = inf",
    "wrong kinds in TOML": b"version = 1\nseconds = true\nmodel = 0\nsliders = []\nvocoder = {}\nloop = 1",
    "nested in YAML": b"a: " + b"[" * 5_000,
    "objects in YAML": b"!!python/object/apply:os.getcwd []",
}
NOTHING: Mapping[str, RuntimeTiming] = {}
VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    10**30,
    10**400,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x",
    "\ud800",
    "\0",
    [],
    {},
]


def in_safetensors(content: bytes) -> bytes:
    return len(content).to_bytes(8, "little") + content


def in_metadata(content: bytes) -> bytes:
    text = content.decode("latin-1")
    return in_safetensors(json.dumps({"__metadata__": {"distill": text}}).encode())


def _project(path: Path) -> None:
    folder = path.parent / "p.distillproject"
    if not folder.exists():
        create_project(folder)
    (folder / "project.json").write_bytes(path.read_bytes())
    read_project(folder)
    with ProjectFile(folder) as opened:
        opened.save(opened.project)


def _training_file(path: Path) -> None:
    training_file(path.with_name("m.distillgan")).write_bytes(path.read_bytes())
    read_spec(path.with_name("m.distillgan"))


def _index(path: Path) -> None:
    index_path(path).write_bytes(path.read_bytes())
    _read_index(path)
    _vocoder_read_index(path)


def _facts(path: Path) -> None:
    (path.parent / stats_cache._FILE).write_bytes(path.read_bytes())
    StatsCache(path.parent).find(path)


def _config(name: str) -> Callable[[Path], None]:
    def read(path: Path) -> None:
        folder = path.parent / "vocoder"
        folder.mkdir(exist_ok=True)
        for config in folder.glob("config.*"):
            config.unlink()
        (folder / name).write_bytes(path.read_bytes())
        (folder / "generator.pt").touch()
        read_published(folder)

    return read


def _settings(path: Path) -> None:
    settings, _ = load_settings(path)
    save_settings(settings, path)
    assert load_settings(path) == (settings, "")


def _wrapped(read: Callable[[Path], object], wrap: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def wrapped(path: Path) -> None:
        path.write_bytes(wrap(path.read_bytes()))
        read(path)

    return wrapped


def _course(path: Path) -> None:
    interrupted_history(path)


def _lines(path: Path) -> None:
    text = path.read_bytes().decode(errors="replace")
    TrainingStatus.from_json(text)
    _command(text)


READERS: dict[str, Callable[[Path], Any]] = {
    "settings": _settings,
    "window": lambda path: WindowSettings(QSettings(str(path), QSettings.Format.IniFormat)).models(None),
    "speeds": read_speeds,
    "runtimes": lambda path: load(path, _parse_timings, NOTHING),
    "facts": _facts,
    "model settings": ModelSettings.load,
    "demo": read_demo_picture,
    "demo header": _wrapped(read_demo_picture, in_safetensors),
    "mel index": _index,
    "project": _project,
    "corpora": read_corpora,
    "training file": _training_file,
    "model": read_header,
    "model header": _wrapped(read_header, in_safetensors),
    "model metadata": _wrapped(read_header, in_metadata),
    "weights metadata": _wrapped(read_weights_header, in_metadata),
    "checkpoint metadata": _wrapped(_course, in_metadata),
    "config.json": _config("config.json"),
    "config.yaml": _config("config.yaml"),
    "manifest": read_manifest,
    "lines": _lines,
}


@pytest.mark.parametrize("reader", READERS)
def test_no_content_of_a_file_gets_further_than_its_reader(tmp_path: Path, reader: str) -> None:
    assert CONTENTS
    for content in CONTENTS.values():
        path = tmp_path / "file"
        path.write_bytes(content)
        try:
            READERS[reader](path)
        except DistillError as error:
            sentence = str(error)
            assert "\n" not in sentence


def leaves(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for name, each in inner:
        yield from leaves(each, (*place, name))


def poisoned(good: Any) -> Iterator[Any]:
    """The value with each part of it replaced by each of `VALUES`."""
    for place in leaves(good):
        for value in VALUES:
            if not place:
                yield value
                continue
            changed = copy.deepcopy(good)
            inner = changed
            for step in place[:-1]:
                inner = inner[step]
            inner[place[-1]] = value
            yield changed


def test_no_value_of_a_model_header_gets_further_than_its_reader(tiny_model: DistillModel) -> None:
    good = json.loads(tiny_model.header.to_json()) | {"landmarks": [[0.5, -0.5]]}
    assert parse_header(json.dumps(good), "m").landmarks
    for values in poisoned(good):
        try:
            header = parse_header(json.dumps(values), "m")
        except DistillError:
            continue
        sliders = {axis.name: axis.coordinate(1.5) for axis in header.axes}
        assert all(abs(value) < 1e7 for value in sliders.values())
        json.loads(header.to_json())
        f"{header.name} {[axis.name for axis in header.axes]} {header.corpus}".encode()
        tomli_w.dumps({"sliders": sliders}).encode()


def test_no_value_of_a_project_gets_further_than_its_reader(tmp_path: Path) -> None:
    folder = create_project(tmp_path / "p")
    take = {
        "file": "takes/a.wav",
        "model": "models/a.distillgan",
        "preset": {"seed": 3},
        "when": "2026-11-21T14:05:06Z",
    }
    model = {"file": "models/a.distillgan", "corpora": ["a"], "minutes": 2.0, "epochs": 3, "seed": 0, "when": None}
    corpus = {"name": "a", "kind": "recordings", "mode": "textures", "sources": ["/a"], "excluded": []}
    good = {"format_version": 1, "name": "p", "corpora": [corpus], "models": [model], "takes": [take]}
    read = 0
    for values in poisoned(good):
        (folder / "project.json").write_text(json.dumps(values))
        try:
            project = read_project(folder).project
        except DistillError:
            continue
        assert to_json({"presets": [dict(each.preset) for each in project.takes]})
        read += 1
    assert read > 0


def test_no_measure_of_a_recording_gets_further_than_its_reader(tmp_path: Path) -> None:
    path, stored = tmp_path / "a.wav", tmp_path / stats_cache._FILE
    soundfile.write(path, 0.1 * np.sin(np.arange(22_050) / 20), 44_100)
    before = list(survey([CorpusSpec.of(path)], tmp_path))[-1].file
    (good,) = json.loads(stored.read_bytes()).values()
    for values in poisoned(good):
        stored.write_text(json.dumps({stats_cache._key(path): values}))
        found = list(survey([CorpusSpec.of(path)], tmp_path))[-1].file
        assert found is not None
        assert found.stats is not None
        kinds = {name: type(value) for name, value in asdict(found.stats).items()}
        assert kinds == {name: type(value) for name, value in good.items()}
        assert 0 <= found.windows < 10**16
    stored.unlink()
    assert list(survey([CorpusSpec.of(path)], tmp_path))[-1].file == before


def test_no_value_of_a_preset_gets_further_than_its_reader() -> None:
    good = preset_values(GenerationConfig(sliders=(0.5, 1.0)), "built-in")
    read = 0
    for values in poisoned(good):
        try:
            parse_preset(values)
            read += 1
        except DistillError:
            pass
    assert read > 0


def test_one_bad_setting_takes_none_of_the_others(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    good = {"version": 1, "seconds": 2.0, "seed": 7, "model": "/m", "loop": False, "sliders": {"Warmth": 0.5}}
    bad: Any
    for name in good.keys() - {"version"}:
        for bad in ([], {"a": {}}, 2**70, float("nan"), 1_979):
            if (name, bad) in (("seconds", 1_979), ("seed", 1_979)):
                continue
            path.write_text(tomli_w.dumps(good | {name: bad}))
            settings, complaint = load_settings(path)
            others = {each: value for each, value in good.items() if each not in (name, "version")}
            assert {each: getattr(settings, each) for each in others} == others
            assert getattr(settings, name) == getattr(Settings(), name)
            assert complaint.endswith("settings.toml.bad”.")


def test_names_that_no_file_can_hold_are_saved(tmp_path: Path) -> None:
    settings = Settings(model="/m\udcff", export_folder="/\udce9", sliders={"a\udcff": 0.5})
    save_settings(settings, tmp_path / "settings.toml")
    assert load_settings(tmp_path / "settings.toml") == (settings, "")


def test_nesting_is_counted_outside_of_texts() -> None:
    assert parse_json(json.dumps({"a": "[" * 1_000, "b": '\\"{{{' * 100})) == {"a": "[" * 1_000, "b": '\\"{{{' * 100}
    deep: Any = 1
    for _ in range(DEPTH_MAX - 1):
        deep = [deep]
    assert parse_json(json.dumps({"a": deep})) == {"a": deep}
    with pytest.raises(ParseError, match="50 levels"):
        parse_json(json.dumps({"a": [[deep]]}))


def test_texts_are_readable_unless_they_are_paths() -> None:
    assert parse_json(r'{"a\udcff": ["\ud800x", "é"]}') == {"a?": ["?x", "é"]}
    assert parse_json(r'{"a": "\udcff"}', paths=True) == {"a": "\udcff"}


def test_numbers_that_no_reader_can_use_are_refused_or_missing() -> None:
    for number in ("NaN", "1e999", "-Infinity", "9" * 5_000, str(2**64)):
        with pytest.raises(ParseError, match="no number that can be used"):
            parse_json(f'{{"a": [{number}]}}')
        assert parse_json(f'{{"a": [{number}]}}', nulls=True) == {"a": [None]}
    assert parse_json(f'{{"a": {2**64 - 1}, "b": {-(2**63)}}}') == {"a": 2**64 - 1, "b": -(2**63)}


def test_a_file_larger_than_any_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"# " * 100)
    with pytest.raises(ParseError, match="larger"):
        read_limited(tmp_path / "a", 199)
    assert parse_toml(read_limited(tmp_path / "a", 200)) == {}
