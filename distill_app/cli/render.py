"""`distill render`: render a model's sound to a WAV file."""

import argparse
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distill_app.cli.arguments import (
    Commands,
    add_command,
    add_export,
    add_json,
    add_overwrite,
    add_vocoder,
    check_sound_output,
    check_vocoder,
    decimal,
    model_path,
)
from distill_app.cli.report import Report, note
from distill_app.cli.slider_args import slider_values
from distill_app.cli.sound_place import model_at_sound
from distill_app.cli.tone_args import add_tone, split_sliders, tone_of
from distill_app.generation.config import MODES, SECONDS_MAX, SECONDS_MIN, GenerationConfig
from distill_app.models.header import ModelHeader, read_header
from distill_app.vocoders.embedded.vocoder import AUTO, id_for_file

if TYPE_CHECKING:
    from distill_app.generation.export import ExportResult

_DEFAULT = GenerationConfig()


def add_to(commands: Commands) -> None:
    more = "The same options give the same sound; `distill info MODEL` lists a model's sliders."
    parser = add_command(commands, "render", run, "render a model's sound into a WAV file", more)
    parser.add_argument("out", type=Path, metavar="OUT.wav", help="the sound to write")
    model = "the starter model or a .distillgan file (default: starter)"
    parser.add_argument("--model", default="starter", metavar="starter|FILE", help=model)
    add_vocoder(parser)
    _add_sound(parser)
    add_export(parser)
    _add_limiter(parser)
    add_overwrite(parser)
    add_json(parser)


def _add_sound(parser: argparse.ArgumentParser) -> None:
    seconds = f"how long the sound is, {SECONDS_MIN} to {SECONDS_MAX:.0f} (default: {_DEFAULT.seconds:g})"
    parser.add_argument("--seconds", type=decimal, default=_DEFAULT.seconds, metavar="S", help=seconds)
    seed = f"of all that is left to chance; another number, another sound (default: {_DEFAULT.seed})"
    parser.add_argument("--seed", type=int, default=_DEFAULT.seed, metavar="N", help=seed)
    mode = "hold the sliders, crossfade to new sounds around them, or glide between such sounds (default: slider)"
    parser.add_argument("--mode", choices=MODES, default=_DEFAULT.mode, help=mode)
    slider = "a slider by name or number, −1 to +1 within the recordings, up to ±1.5 beyond them; once for each slider"
    parser.add_argument("--slider", action="append", default=[], metavar="NAME_OR_INDEX=VALUE", help=slider)
    add_tone(parser)
    drift = "0 to 1, how far the sound wanders from the sliders by itself (default: 0)"
    parser.add_argument("--drift", type=decimal, default=_DEFAULT.drift, metavar="D", help=drift)
    grain = "0 to 1, how much of the recordings' own texture, of a model that carries them (default: 1)"
    parser.add_argument("--grain", type=decimal, default=_DEFAULT.grain, metavar="G", help=grain)
    at = "play the model where this sound lies in it (from SECONDS on), and move the sliders from there"
    parser.add_argument("--at", metavar="SOUND[@SECONDS]", help=at)
    loop = "make a loop whose end continues in its beginning"
    parser.add_argument("--loop", action="store_true", help=loop)
    mono = "mix stereo recordings to one channel, as the model has learned them"
    parser.add_argument("--mono", action="store_true", help=mono)


def _add_limiter(parser: argparse.ArgumentParser) -> None:
    words = "leave out the safety limiter, which turns down what would go beyond -0.1 dBFS, as in the window"
    parser.add_argument("--no-limiter", dest="limiter", action="store_false", help=words)


def run(options: argparse.Namespace) -> Report:
    check_sound_output(options.out, options.overwrite)
    check_vocoder(options.vocoder)
    path = model_path(options.model)
    header = read_header(path)
    own, tone = split_sliders(options.slider, header.axes)
    config = GenerationConfig(
        mode=options.mode,
        sliders=slider_values(own, header.axes),
        tone=tone_of([*tone, *options.tone], options.modulation_rate, bool(header.lead_frames)),
        seconds=options.seconds,
        seed=options.seed,
        drift=options.drift,
        grain=options.grain,
    )
    started = time.monotonic()
    result, vocoder = _render(path, config, options)
    return _report(options, header, config, result, vocoder, time.monotonic() - started)


def _render(path: Path, config: GenerationConfig, options: argparse.Namespace) -> "tuple[ExportResult, str]":
    """Write the sound; returns the export result and the id of the vocoder."""
    from distill_app.cli.export import export_format, write_sound
    from distill_app.generation.loop_render import render_loop
    from distill_app.generation.pipeline import GenerationPipeline
    from distill_app.generation.vocoder_lookup import vocoder_for
    from distill_app.models.model_file import load_model
    from distill_app.vocoders.runtime.thread_tuning import choose_threads

    export_format(options)
    choose_threads()
    model = load_model(path)
    model = model if options.at is None else model_at_sound(model, options.at)
    pipeline = GenerationPipeline(
        model, vocoder_for(model, id_for_file(options.vocoder), notify=note), mono=options.mono
    )
    blocks, rate = [render_loop(pipeline, config)] if options.loop else pipeline.stream(config), pipeline.sample_rate
    result = write_sound(options, blocks, rate, config.seconds, "Rendering", model.header.name)
    return result, pipeline.vocoder.info.id if options.vocoder == AUTO else options.vocoder


def _report(
    options: argparse.Namespace,
    header: ModelHeader,
    config: GenerationConfig,
    result: "ExportResult",
    vocoder: str,
    elapsed: float,
) -> Report:
    sliders = {axis.name: value for axis, value in zip(header.axes, config.sliders, strict=True)}
    values: dict[str, Any] = {
        "file": str(options.out),
        "model": header.name,
        "vocoder": vocoder,
        "seconds": config.seconds,
        "frames": result.frames,
        "channels": result.channels,
        "clipped": result.clipped,
        "limiter": options.limiter,
        "limited": result.limited,
        "sample_rate": options.rate,
        "bits": options.bits,
        "mode": config.mode,
        "seed": config.seed,
        "drift": config.drift,
        "grain": config.grain,
        "at": options.at,
        "loop": options.loop,
        "sliders": sliders,
        "tone": asdict(config.tone),
        "elapsed_seconds": round(elapsed, 3),
    }
    return Report(values, f"Wrote {options.out}: {config.seconds:g} s of {header.name}, made in {elapsed:.1f} s.")
