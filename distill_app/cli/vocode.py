"""`distill vocode`: pass a sound through mel and vocoder, to hear the vocoder's quality."""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from distill_app.cli.arguments import (
    Commands,
    add_command,
    add_export,
    add_json,
    add_overwrite,
    add_vocoder,
    check_sound_output,
    check_vocoder,
    model_path,
)
from distill_app.cli.report import Report, note
from distill_app.vocoders.embedded.vocoder import AUTO, id_for_file

if TYPE_CHECKING:
    from torch import Tensor

    from distill_app.dsp.sound import Samples
    from distill_app.generation.export import ExportResult
    from distill_app.vocoders.base import Vocoder


def add_to(commands: Commands) -> None:
    more = "The sound becomes a mel spectrogram and a sound again, so that you hear what the vocoder keeps."
    parser = add_command(commands, "vocode", run, "pass a sound through a vocoder", more)
    parser.add_argument(
        "source",
        type=Path,
        metavar="IN.wav",
        help="any sound file; one channel is made of its channels, as for learning",
    )
    parser.add_argument("out", type=Path, metavar="OUT.wav", help="the sound to write")
    add_vocoder(parser)
    model = "the starter model or a .distillgan file, whose vocoder is meant by --vocoder own or auto"
    parser.add_argument("--model", metavar="starter|FILE", help=model)
    add_export(parser)
    add_overwrite(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> Report:
    check_sound_output(options.out, options.overwrite)
    check_vocoder(options.vocoder)
    started = time.monotonic()
    seconds, result, vocoder = _vocode(options)
    elapsed = time.monotonic() - started
    values = {
        "file": str(options.out),
        "source": str(options.source),
        "vocoder": vocoder,
        "seconds": seconds,
        "frames": result.frames,
        "clipped": result.clipped,
        "sample_rate": options.rate,
        "bits": options.bits,
        "elapsed_seconds": round(elapsed, 3),
    }
    return Report(values, f"Wrote {options.out}: {seconds:.2f} s through {vocoder}, made in {elapsed:.1f} s.")


def _vocode(options: argparse.Namespace) -> "tuple[float, ExportResult, str]":
    """Write the sound; returns its length in seconds, the export result and the id of the vocoder."""
    from distill_app.cli.export import export_format, write_sound
    from distill_app.corpus.mel_cache import mono_at_rate
    from distill_app.dsp.audio_file import read_sound
    from distill_app.dsp.mono_file import mix_to_mono
    from distill_app.generation.vocoder_lookup import vocoder_for
    from distill_app.models.model_file import load_model
    from distill_app.vocoders.runtime.thread_tuning import choose_threads

    export_format(options)
    choose_threads()
    model = None if options.model is None else load_model(model_path(options.model))
    vocoder = vocoder_for(model, id_for_file(options.vocoder), notify=note)
    notes = list[str]()
    sound, mixdown = mix_to_mono(read_sound(options.source, notes))
    for sentence in (*notes, mixdown.sentence(options.source.name)):
        if sentence:
            note(sentence)
    samples = mono_at_rate(sound, vocoder.sample_rate)
    result = write_sound(options, _vocode_blocks(vocoder, samples), vocoder.sample_rate, sound.seconds, "Vocoding")
    return sound.seconds, result, vocoder.info.id if options.vocoder == AUTO else options.vocoder


def _vocode_blocks(vocoder: "Vocoder", samples: "Tensor") -> "Iterator[Samples]":
    """Blocks of the vocoded samples, as many in all as there are input samples."""
    from distill_app.dsp.streaming_mel import mel_blocks

    left = len(samples)
    for block in vocoder.stream(mel_blocks(samples, vocoder.info.mel_format)):
        yield block[0, :left].numpy()
        left -= block.shape[1]
        if left <= 0:
            return
