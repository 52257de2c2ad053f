"""`distill info`: description of a model file. Reads no tensor and imports no torch."""

import argparse
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from distill_app.cli.arguments import Commands, add_command, add_json, model_path
from distill_app.cli.grain_summary import grain_text, grain_values
from distill_app.cli.progress import duration
from distill_app.cli.report import Report, gate_table, table
from distill_app.common.errors import ModelFileError, VocoderError
from distill_app.common.parsing import ParseError
from distill_app.common.safetensors_io import tensor_shapes
from distill_app.common.units import file_size
from distill_app.models.axis import Axis
from distill_app.models.header import ModelHeader, read_header
from distill_app.tone.tone import ToneControl, controls_for
from distill_app.vocoders.embedded.vocoder import read_embedded

_FAR_DB = 1e6
"""Upper limit of plausible distances between sounds."""


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "info", run, "show a model's sliders and what it is made of")
    parser.add_argument("model", metavar="starter|FILE", help="a .distillgan file, or the starter model")
    add_json(parser)


def run(options: argparse.Namespace) -> Report:
    path = model_path(options.model)
    header = read_header(path)
    values = _values(path, header)
    return Report(values, _text(values, header))


def _values(path: Path, header: ModelHeader) -> dict[str, Any]:
    return {
        "name": header.name,
        "file": str(path),
        "bytes": path.stat().st_size,
        "format_version": header.format_version,
        "mel_format": header.mel_format.to_dict(),
        "architecture": header.architecture,
        "parameters": _parameters(path),
        "axes": [*(asdict(axis) | {"kind": "character"} for axis in header.axes), *map(_tone_axis, _tone(header))],
        "corpus": {
            "files": len(header.corpus),
            "seconds": sum(file.seconds for file in header.corpus),
            "takes": sum(file.kind == "takes" for file in header.corpus),
            "recordings": [asdict(file) for file in header.corpus],
        },
        "training": header.training,
        "vocoder": header.vocoder,
        "grain": grain_values(header, path),
    }


def _tone(header: ModelHeader) -> tuple[ToneControl, ...]:
    """Tone sliders that change the sounds of a model."""
    return controls_for(one_shots=bool(header.lead_frames))


def _tone_axis(control: ToneControl) -> dict[str, Any]:
    range_of_values = {"low": control.low, "median": 0.0, "high": 1.0}
    return {"name": control.name, "id": control.id, "descriptor": "", "rho": None, **range_of_values, "kind": "tone"}


def _parameters(path: Path) -> int:
    """Number of the VAE's parameters, from its tensor shapes. Raises ModelFileError if the file is truncated."""
    try:
        shapes = tensor_shapes(path)
        return sum(math.prod(shape) for name, shape in shapes.items() if name.startswith("vae."))
    except (ParseError, OSError) as error:
        raise ModelFileError(f"“{path.name}” is damaged and cannot be opened.") from error


def _text(values: dict[str, Any], header: ModelHeader) -> str:
    mel, corpus = header.mel_format, values["corpus"]
    architecture = ", ".join(f"{name} {value}" for name, value in header.architecture.items())
    facts = [
        ("Model", f"{header.name} ({values['file']}, {values['bytes'] / 1e6:.1f} MB, format {header.format_version})"),
        ("Network", f"{architecture}; {values['parameters']:,} parameters"),
        ("Mel", f"{mel.bands} bands, {mel.sample_rate} Hz, n_fft {mel.n_fft}, hop {mel.hop}"),
        ("Corpus", f"{_file_counts(corpus['files'], corpus['takes'])}, {duration(corpus['seconds'])}"),
        (
            "Training",
            ", ".join(f"{name} {_format(value)}" for name, value in header.training.items() if _is_plain(value)),
        ),
    ]
    facts += [("Recordings", _carried(values["grain"]))] if header.grain is not None else []
    facts += [("Novelty", _novelty_text(header.training["novelty"]))] if "novelty" in header.training else []
    sliders = [("SLIDER", "NAME", "MOVES", "RHO", "FROM", "TO"), *map(_slider_row, enumerate(header.axes, 1))]
    sliders += [("tone", each.name, "–", "–", f"{each.low:+.2f}", "+1.00") for each in _tone(header)]
    return f"{table(facts)}\n\n{table(sliders)}{_embedded_vocoder_text(header)}"


def _embedded_vocoder_text(header: ModelHeader) -> str:
    """Description of the embedded vocoder; "" if there is none."""
    if header.vocoder is None:
        return ""
    try:
        embedded = read_embedded(header.vocoder)
    except VocoderError as error:
        return f"\n\n{error}"
    assert embedded is not None
    info = embedded.info
    about = f"{embedded.config.family}, {info.parameters / 1e6:.3g} M parameters, {file_size(info.size_bytes)}"
    plays = "Auto plays it" if embedded.gate.passed else "Auto plays the built-in one"
    return f"\n\nOwn vocoder: {about}; {embedded.gate.verdict}. {plays}.\n{gate_table(embedded.gate)}"


def _carried(grain: dict[str, Any] | None) -> str:
    if grain is None:
        return "the recordings that the file carries are damaged; it plays without them"
    return f"the file carries {grain_text(grain)}, under their own licence"


def _file_counts(files: int, takes: int) -> str:
    return f"{files - takes} recordings" + (f" and {takes} takes" if takes else "")


def _novelty_text(found: object) -> str:
    """Distances of random sounds to the recordings; a file edited by the user may contain anything."""
    names = {
        "random_db": "random sounds lie {} from the nearest recorded one",
        "elsewhere_db": "moments of one recording {} from each other",
        "another_db": "recordings {} from each other",
    }
    values = found if isinstance(found, dict) else {}
    parts = [words.format(f"{values[name]:.1f} dB") for name, words in names.items() if _is_number(values.get(name))]
    return "; ".join(parts) or "–"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _FAR_DB


def _slider_row(numbered: tuple[int, Axis]) -> tuple[str, ...]:
    number, axis = numbered
    rho = "not measured" if axis.rho is None else f"{axis.rho:+.2f}"
    ends = axis.low_end or f"{axis.low:+.2f}", axis.high_end or f"{axis.high:+.2f}"
    return str(number), axis.name, axis.descriptor or "–", rho, *ends


def _is_plain(value: object) -> bool:
    return isinstance(value, int | float | str)


def _format(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
