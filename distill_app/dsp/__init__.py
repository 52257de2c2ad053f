"""Pure functions on sound and frozen values. Imports no Qt, no audio device and no model.

`to_mel` and `MelFormat` are imported when first used, so that `import distill_app.dsp` alone does not import torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from distill_app.dsp.mel import to_mel as to_mel
    from distill_app.dsp.mel_format import DISTILL_MEL as DISTILL_MEL
    from distill_app.dsp.mel_format import MelFormat as MelFormat
    from distill_app.dsp.sound import Sound as Sound

_MODULES = {"to_mel": "mel", "MelFormat": "mel_format", "DISTILL_MEL": "mel_format", "Sound": "sound"}
__all__ = ["DISTILL_MEL", "MelFormat", "Sound", "to_mel"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
