"""Checkpoint file of a vocoder fine-tuning, read by `--resume`."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from distill_app.common.typed_values import get_bool, get_text, require_object
from distill_app.training.run.checkpoint_file import (
    CheckpointCodec,
    State,
    Values,
    check_header,
    parse_curve,
    parse_measurement,
    read_checkpoint,
    write_checkpoint,
)
from distill_app.training.run.plateau import Point
from distill_app.training.vocoder.checkpoint import VocoderCheckpoint
from distill_app.training.vocoder.evaluation import EvaluationResult
from distill_app.training.vocoder.recordings import Piece
from distill_app.vocoders.networks.config import config_from_dict

FORMAT_VERSION = 1
_KIND = "own-vocoder-training"


@dataclass(frozen=True, eq=False)
class FinetuneCheckpoint:
    """State of a fine-tuning without its recordings.

    Args:
        training: networks, average, moments and step.
        base: name of the base network.
        recordings: their fingerprint.
        best, latest: evaluations; the first is that of the kept network.
        curve: all evaluations.
        kept: tensors of the best network.
        saved: whether that network is already in the model file.
    """

    training: VocoderCheckpoint
    base: str
    recordings: str
    best: EvaluationResult
    latest: EvaluationResult
    curve: tuple[Point, ...]
    kept: State
    saved: bool = False


def fingerprint(pieces: Sequence[Piece]) -> str:
    """Hash that changes when recordings are added, removed or modified."""
    known = sorted((piece.file.name, piece.start, piece.length) for piece in pieces)
    return hashlib.sha256(repr(known).encode()).hexdigest()


def _save(state: FinetuneCheckpoint, path: Path) -> None:
    training = state.training
    values = {"kind": _KIND, "format_version": FORMAT_VERSION, "generator": training.generator.to_dict()}
    values |= {"step": training.step, "seconds": training.seconds, "base": state.base, "curve": state.curve}
    values |= {"recordings": state.recordings, "best": asdict(state.best), "latest": asdict(state.latest)}
    values["saved"] = state.saved
    parts: Mapping[str, State] = {**training.parts, "best": state.kept}
    write_checkpoint(path, values, parts)


def _load(path: Path) -> FinetuneCheckpoint:
    return read_checkpoint(path, lambda values: check_header(values, _KIND, FORMAT_VERSION), _parse_state)


def _parse_state(values: Values, parts: dict[str, State]) -> FinetuneCheckpoint:
    kept = parts.pop("best")
    return FinetuneCheckpoint(
        VocoderCheckpoint(config_from_dict(values["generator"]), values["step"], float(values["seconds"]), parts),
        base=get_text(values, "base"),
        recordings=get_text(values, "recordings"),
        best=_parse_result(values["best"]),
        latest=_parse_result(values["latest"]),
        curve=parse_curve(values),
        kept=kept,
        saved=get_bool(values, "saved", default=False),
    )


def _parse_result(values: Any) -> EvaluationResult:
    return EvaluationResult(*(parse_measurement(require_object(values)[name], name) for name in ("gain", "error_db")))


FINETUNE_CODEC = CheckpointCodec(_save, _load)
