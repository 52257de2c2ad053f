"""WAV export of `render` and `vocode`, with progress."""

import argparse
from collections.abc import Iterable

from distill_app.cli.progress import drain_with, progress_bar
from distill_app.cli.report import note
from distill_app.dsp.sound import Samples
from distill_app.generation.export import ExportFormat, ExportResult, export_sound
from distill_app.generation.export_format import Bits


def export_format(options: argparse.Namespace) -> ExportFormat:
    """Export format of the options. Raises SettingsError if there is no such format."""
    bits: Bits = "32f" if options.bits == "32f" else 16 if options.bits == "16" else 24
    return ExportFormat(options.rate, bits, getattr(options, "limiter", False))


def write_sound(
    options: argparse.Namespace, blocks: Iterable[Samples], rate: int, seconds: float, words: str, title: str = ""
) -> ExportResult:
    """Write `seconds` of blocks at `rate` Hz to `options.out`, atomically. Raises AudioFileError."""
    wanted, total = export_format(options), round(seconds * rate)
    frames = round(seconds * wanted.rate)
    export = export_sound(options.out, blocks, rate, wanted, options.overwrite, title, frames)
    with progress_bar() as console:
        result = drain_with(export, lambda done: console.show(words, done / total))
    if result.clipped:
        note(f"Note: {result.clipped} samples went beyond full scale and were cut off; --bits 32f keeps them.")
    return result
