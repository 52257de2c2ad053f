"""The last step of `render` and `vocode`: blocks of samples into a WAV file, with progress."""

import argparse
from collections.abc import Iterable

from distill_app.cli.progress import progress
from distill_app.dsp.sound import Samples
from distill_app.generation.export import ExportFormat, export_wav


def write_wav(options: argparse.Namespace, blocks: Iterable[Samples], rate: int, total: int, words: str) -> None:
    """Writes `total` samples at `rate` Hz as `options.out`, whole or not at all. Raises AudioFileError."""
    wanted = ExportFormat(options.rate, options.bits if options.bits == "32f" else int(options.bits))
    with progress() as shown:
        for done in export_wav(options.out, blocks, rate, wanted, options.overwrite):
            shown.show(words, done / total)
