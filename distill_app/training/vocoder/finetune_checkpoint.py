"""Where a training of a model's own vocoder stands, as a file: what `--resume` goes on from."""

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
from distill_app.training.vocoder.checkpoint import Checkpoint
from distill_app.training.vocoder.evaluation import EvaluationResult
from distill_app.training.vocoder.recordings import Piece
from distill_app.vocoders.networks.config import config_from_dict

FORMAT_VERSION = 1
_KIND = "own-vocoder-training"


@dataclass(frozen=True, eq=False)
class FinetuneCheckpoint:
    """Everything of a training but its recordings.

    Args:
        training: network, average, moments and step.
        base: what it began with.
        recordings: their fingerprint.
        best, latest: looks at held-out sound, the first one at the network kept.
        curve: of all looks.
        kept: tensors of the network kept.
        saved: that network is in the model file by now.
    """

    training: Checkpoint
    base: str
    recordings: str
    best: EvaluationResult
    latest: EvaluationResult
    curve: tuple[Point, ...]
    kept: State
    saved: bool = False


def fingerprint(pieces: Sequence[Piece]) -> str:
    """Another one where recordings came, went or changed."""
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
    return read_checkpoint(path, lambda values: check_header(values, _KIND, FORMAT_VERSION), _state)


def _state(values: Values, parts: dict[str, State]) -> FinetuneCheckpoint:
    kept = parts.pop("best")
    return FinetuneCheckpoint(
        Checkpoint(config_from_dict(values["generator"]), values["step"], float(values["seconds"]), parts),
        base=get_text(values, "base"),
        recordings=get_text(values, "recordings"),
        best=_look(values["best"]),
        latest=_look(values["latest"]),
        curve=parse_curve(values),
        kept=kept,
        saved=get_bool(values, "saved", default=False),
    )


def _look(values: Any) -> EvaluationResult:
    return EvaluationResult(*(parse_measurement(require_object(values)[name], name) for name in ("gain", "error_db")))


CODEC = CheckpointCodec(_save, _load)
