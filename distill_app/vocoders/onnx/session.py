"""Computes networks with ONNX Runtime instead of torch, on the CPU.

The model is built in memory each time, which is faster than reading the weights, and leaves no file that could be
outdated. Needs the packages onnx and onnxruntime; raises VocoderError where they are not installed.
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
"""Version of the ONNX operators: the first with GELU."""
PROVIDERS = ["CPUExecutionProvider"]
_OUT_OF_MEMORY = ("allocate memory", "bad_alloc", "bad allocation")
_LOG_FATAL = 4  # errors are raised, not logged

PostProcess = Callable[..., Tensor]
"""Outputs of the graph to samples `[batch, n]`."""


class OnnxNetwork:
    """ONNX Runtime session of a network, called like the network; thread-safe.

    Args:
        model: bytes of an ONNX model, or its file.
        postprocess: outputs of the graph to samples, see `postprocessing`.
        threads: number of threads, which sleep while idle.

    Raises VocoderError where ONNX Runtime is not installed.
    """

    def __init__(self, model: bytes | Path, postprocess: PostProcess, threads: int) -> None:
        self._session = _session(model, threads)
        self._postprocess = postprocess

    @classmethod
    def from_network(cls, network: nn.Module, threads: int) -> "OnnxNetwork":
        """Session with the present weights of a network. Raises VocoderError for an unknown family or without ONNX."""
        return cls(onnx_bytes(network), postprocessing(network), threads)

    def __call__(self, mel: Tensor) -> Tensor:
        """Samples `[batch, n]` of a log-mel `[batch, bands, frames]`. Raises MemoryError where memory is full."""
        return self._postprocess(*map(torch.from_numpy, self._run(mel.numpy(force=True))))

    def _run(self, mel: Samples) -> list[Samples]:
        errors = _import("onnxruntime.capi.onnxruntime_pybind11_state")
        try:
            return self._session.run(None, {"mel": mel})
        except (errors.Fail, errors.RuntimeException) as error:
            if any(words in str(error).lower() for words in _OUT_OF_MEMORY):
                raise MemoryError(str(error)) from error
            raise


def onnx_bytes(network: nn.Module, metadata: Mapping[str, str] | None = None) -> bytes:
    """Bytes of an ONNX file of the network. Raises VocoderError for an unknown family or without ONNX."""
    _import("onnx")
    from distill_app.vocoders.onnx import onnx_model

    return onnx_model(network, OPSET, metadata or {}).SerializeToString()


def postprocessing(network: nn.Module) -> PostProcess:
    """Function from the outputs of the graph to samples; holds no reference to the weights."""
    match network:
        case VocosGenerator():
            return _inverse_stft(network.head.istft)
        case ConvNextGenerator():
            return _inverse_stft(partial(spectrum_to_samples, mel_format=network.mel_format))
    return _identity


def require_onnx() -> None:
    """Raises VocoderError where ONNX is not installed."""
    for name in ("onnx", "onnxruntime"):
        _import(name)


def onnx_available() -> bool:
    try:
        require_onnx()
    except VocoderError:
        return False
    return True


def onnx_version() -> str:
    """Version of the ONNX Runtime module, whose package may have another name (onnxruntime-gpu)."""
    return str(_import("onnxruntime").__version__)


def _identity(samples: Tensor) -> Tensor:
    return samples


def _inverse_stft(inverse: Callable[[Tensor], Tensor]) -> PostProcess:
    return lambda real, imaginary: inverse(torch.complex(real, imaginary))


def _session(model: bytes | Path, threads: int) -> "InferenceSession":
    runtime = _import("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = _LOG_FATAL
    # Idle threads that spin would take a core from audio playback.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return runtime.InferenceSession(model, options, providers=PROVIDERS)


def _import(name: str) -> Any:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it would store usage data, and may send it
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise VocoderError(
            "This needs ONNX, which is not installed: run `pip install onnx onnxruntime` first."
        ) from error
