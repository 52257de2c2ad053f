"""Networks computed by ONNX Runtime in place of torch: the same numbers, on the processor.

The model is made in memory each time, which takes less than reading the weights did: nothing lies about on the disk
that could be old or foreign. Needs the extra "onnx", and says so where it is not there.
"""

import importlib
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from distill_app.common.errors import VocoderError
from distill_app.dsp.sound import Samples
from distill_app.vocoders.networks.convnext import ConvNextGenerator, spectrum_to_samples
from distill_app.vocoders.networks.vocos import VocosGenerator

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

OPSET = 20
"""Version of ONNX's operations: the first that has GELU."""
PROVIDERS = ["CPUExecutionProvider"]
_MEMORY_WORDS = ("allocate memory", "bad_alloc", "bad allocation")
_SILENT = 4  # what goes wrong is raised

PostProcess = Callable[..., Tensor]
"""What comes after the graph: its outputs to samples `[batch, n]`."""


class OnnxNetwork:
    """Log-mel `[batch, bands, frames]` to samples `[batch, n]`, as the network it was made from.

    May be used by several threads at once.

    Args:
        model: what `onnx_bytes` gave, or a file that holds it.
        finish: what comes after the graph, see `postprocessing`.
        threads: how many it computes with; they sleep while there is nothing to do.

    Raises VocoderError where ONNX Runtime is not installed.
    """

    def __init__(self, model: bytes | Path, postprocess: PostProcess, threads: int) -> None:
        self._session = _session(model, threads)
        self._postprocess = postprocess

    @classmethod
    def from_network(cls, network: nn.Module, threads: int) -> "OnnxNetwork":
        """Takes its weights as they are now. Raises VocoderError where ONNX cannot be had, or not for this network."""
        return cls(onnx_bytes(network), postprocessing(network), threads)

    def __call__(self, mel: Tensor) -> Tensor:
        """Raises MemoryError where memory is full."""
        return self._postprocess(*map(torch.from_numpy, self._run(mel.numpy(force=True))))

    def _run(self, mel: Samples) -> list[Samples]:
        errors = _needed("onnxruntime.capi.onnxruntime_pybind11_state")
        try:
            return self._session.run(None, {"mel": mel})
        except (errors.Fail, errors.RuntimeException) as error:
            if any(words in str(error).lower() for words in _MEMORY_WORDS):
                raise MemoryError(str(error)) from error
            raise


def onnx_bytes(network: nn.Module, about: Mapping[str, str] | None = None) -> bytes:
    """The network as an ONNX file, see `graphs.onnx_model`. Raises VocoderError as `OnnxNetwork.from_network` does."""
    _needed("onnx")
    from distill_app.vocoders.onnx import onnx_model

    return onnx_model(network, OPSET, about or {}).SerializeToString()


def postprocessing(network: nn.Module) -> PostProcess:
    """What comes after the network's graph; it does not keep the network's weights."""
    match network:
        case VocosGenerator():
            return _after_spectrum(network.head.istft)
        case ConvNextGenerator():
            return _after_spectrum(partial(spectrum_to_samples, mel_format=network.mel_format))
    return _nothing


def require_onnx() -> None:
    """Raises VocoderError where ONNX is not installed."""
    for name in ("onnx", "onnxruntime"):
        _needed(name)


def onnx_available() -> bool:
    try:
        require_onnx()
    except VocoderError:
        return False
    return True


def onnx_version() -> str:
    """Of ONNX Runtime itself: the package that brings it has other names, too (onnxruntime-gpu)."""
    return str(_needed("onnxruntime").__version__)


def _nothing(samples: Tensor) -> Tensor:
    return samples


def _after_spectrum(inverse: Callable[[Tensor], Tensor]) -> PostProcess:
    return lambda real, imaginary: inverse(torch.complex(real, imaginary))


def _session(model: bytes | Path, threads: int) -> "InferenceSession":
    runtime = _needed("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = _SILENT
    # A thread that spins while it waits takes a processor from whoever plays.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return runtime.InferenceSession(model, options, providers=PROVIDERS)


def _needed(name: str) -> Any:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it would keep notes on the computer, and may send them
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise VocoderError(
            "This needs ONNX, which is not installed: run `pip install onnx onnxruntime` first."
        ) from error
