"""`distill export-onnx`: write a vocoder's network as an ONNX file for other programs."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from distill_app.cli.arguments import Commands, add_command, add_json, add_overwrite, check_output, check_vocoder
from distill_app.cli.report import Report, WrongUseError
from distill_app.common.errors import VocoderError
from distill_app.common.paths import BUILT_IN_WEIGHTS
from distill_app.common.units import file_size
from distill_app.vocoders.built_in import BUILT_IN
from distill_app.vocoders.embedded.vocoder import OWN, embedded_network
from distill_app.vocoders.networks.config import ConvNextConfig
from distill_app.vocoders.registry import find_vocoder

if TYPE_CHECKING:
    from torch import nn

    from distill_app.vocoders.networks.config import GeneratorConfig
    from distill_app.vocoders.onnx.export import OnnxExport, Provenance

_SUFFIX = ".onnx"
_PHASE_RETRIEVAL = "phase retrieval, which makes what lies low"


def add_to(commands: Commands) -> None:
    more = (
        "It takes mels of any length. The file is tried with ONNX Runtime before it stays; its metadata tell the mel "
        "format, and whether an inverse STFT has to follow. Needs the packages onnx and onnxruntime."
    )
    parser = add_command(commands, "export-onnx", run, "write a vocoder's network as an ONNX file", more)
    source = "one of `distill vocoders`, a folder as its publisher made it, weights of Distill, or own (in --model)"
    parser.add_argument("vocoder", metavar="VOCODER", help=source)
    parser.add_argument("--model", type=Path, metavar="FILE", help="the .distillgan file that carries the vocoder")
    parser.add_argument("out", type=Path, metavar=f"OUT{_SUFFIX}", help="the file to write")
    add_overwrite(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> Report:
    check_output(options.out, _SUFFIX, options.overwrite)
    check_vocoder(options.vocoder)
    started = time.monotonic()
    result = _write(options)
    values = {
        "file": str(options.out),
        "vocoder": options.vocoder,
        "opset": result.opset,
        "size_bytes": result.size_bytes,
        "difference": result.difference,
        "about": result.metadata,
        "elapsed_seconds": round(time.monotonic() - started, 3),
    }
    return Report(values, _text(options.out, result))


def _text(path: Path, result: "OnnxExport") -> str:
    return (
        f"Wrote {path}: {result.metadata['title']}, {file_size(result.size_bytes)}, opset {result.opset}.\n"
        f"ONNX Runtime's sound differs from the original's by {result.difference:.1e} of the peak.\n"
        f"Outside the file: {result.metadata['outside_the_graph']}."
    )


def _write(options: argparse.Namespace) -> "OnnxExport":
    from distill_app.vocoders.onnx.export import write_onnx
    from distill_app.vocoders.onnx.session import require_onnx
    from distill_app.vocoders.published.loader import load_published

    require_onnx()
    if options.vocoder == OWN:
        return write_onnx(*_embedded(options.model), options.out)
    place, origin = _source(options.vocoder)
    return write_onnx(*load_published(place), origin, options.out)


def _embedded(path: Path | None) -> "tuple[nn.Module, GeneratorConfig, Provenance]":
    """Vocoder embedded in the model file. Raises WrongUseError, ModelFileError or VocoderError."""
    from distill_app.models.model_file import load_model
    from distill_app.vocoders.onnx.export import Provenance

    if path is None:
        raise WrongUseError("A model's own vocoder is in its file; add --model FILE.")
    model = load_model(path)
    network, embedded = embedded_network(model.header.vocoder, model.vocoder_state)
    outside = _PHASE_RETRIEVAL if isinstance(embedded.config, ConvNextConfig) else ""
    return (
        network,
        embedded.config,
        Provenance(f"{embedded.info.title}: {model.header.name}", embedded.info.licence, outside),
    )


def _source(name: str) -> "tuple[Path, Provenance]":
    """Path of a vocoder's weights, and their provenance."""
    from distill_app.vocoders.onnx.export import Provenance
    from distill_app.vocoders.published.folder import describe

    if name == BUILT_IN.id:
        return BUILT_IN_WEIGHTS, Provenance(BUILT_IN.title, BUILT_IN.licence, _PHASE_RETRIEVAL)
    found = find_vocoder(name)
    if isinstance(found, Path):
        return found, Provenance(describe(found).title)
    if found.folder is None:
        raise VocoderError(f"{found.info.title} has no network that could be written; choose another vocoder.")
    return found.folder, Provenance(found.info.title, found.info.licence)
