"""Sound as values and pure functions on it. Knows no Qt, no device and no model.

`to_mel` and `MelFormat` are offered lazily, so that `import distill_app.dsp` alone does not import torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from distill_app.dsp.mel import to_mel as to_mel
    from distill_app.dsp.mel_format import DISTILL_MEL as DISTILL_MEL
    from distill_app.dsp.mel_format import MelFormat as MelFormat
    from distill_app.dsp.sound import Sound as Sound

_HOMES = {"to_mel": "mel", "MelFormat": "mel_format", "DISTILL_MEL": "mel_format", "Sound": "sound"}
__all__ = ["DISTILL_MEL", "MelFormat", "Sound", "to_mel"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
