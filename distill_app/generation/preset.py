"""Preset of a take: configuration and vocoder as plain values. No torch."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from distill_app.common.errors import SettingsError
from distill_app.common.parsing import ParseError, parse_guard
from distill_app.common.typed_values import (
    get_bool,
    get_text,
    require_int,
    require_list,
    require_number,
    require_object,
)
from distill_app.generation.config import FRAMES_MAX, MOVES_MAX, GenerationConfig, Move
from distill_app.tone.tone import Tone

_SLIDERS_MAX, _SEED_MAX = 1_024, 2**63 - 1


def preset_values(config: GenerationConfig, vocoder: str) -> dict[str, Any]:
    """Values for JSON."""
    moves = [{"frame": move.frame, "sliders": list(move.sliders)} for move in config.moves]
    lists = {"sliders": list(config.sliders), "moves": moves, "tempo_since": list(config.tempo_since)}
    return {"vocoder": vocoder} | asdict(config) | lists


def parse_preset(values: Mapping[str, Any]) -> tuple[GenerationConfig, str]:
    """Configuration and vocoder id from `preset_values`. Raises SettingsError where the values are invalid."""
    try:
        with parse_guard():
            return _config(values), get_text(values, "vocoder")
    except ParseError as error:
        raise SettingsError("The settings of this take cannot be read; its sound is still there.") from error


def _config(values: Mapping[str, Any]) -> GenerationConfig:
    sliders = require_list(values["sliders"], "sliders", _SLIDERS_MAX)
    return GenerationConfig(
        mode=values["mode"],
        sliders=tuple(require_number(value, "sliders") for value in sliders),
        seconds=require_number(values["seconds"], "seconds"),
        seed=require_int(values["seed"], "seed", 0, _SEED_MAX),
        drift=require_number(values["drift"], "drift"),
        moves=tuple(_move(each) for each in require_list(values.get("moves", []), "moves", MOVES_MAX)),
        grain=require_number(values.get("grain", 0.0), "grain"),  # takes of before there was grain have none
        endless=get_bool(values, "endless", default=False),
        start=require_int(values.get("start", 0), "start", 0, FRAMES_MAX - 1),
        tone=_tone(require_object(values.get("tone", {}))),
        tempo_since=_tempo_since(require_list(values.get("tempo_since", [0, 0]), "tempo_since", 2)),
    )


def _tone(values: Mapping[str, Any]) -> Tone:
    """Tone of the known values; takes of before there was a tone have none."""
    known = {field.name: field.default for field in fields(Tone)}
    return Tone(**{name: require_number(values.get(name, default), name) for name, default in known.items()})


def _tempo_since(values: Sequence[Any]) -> tuple[int, int]:
    frame, at = (require_int(each, "tempo_since", 0, FRAMES_MAX - 1) for each in values)
    return frame, at


def _move(value: object) -> Move:
    frame = require_object(value)["frame"]
    sliders = require_list(require_object(value)["sliders"], "sliders", _SLIDERS_MAX)
    return Move(require_int(frame, "frame", 1, FRAMES_MAX), tuple(require_number(each, "sliders") for each in sliders))
