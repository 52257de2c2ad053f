"""`distill train-vocoder`: recordings into the weights of a vocoder."""

import argparse
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distill_app.cli import train_embedded_vocoder
from distill_app.cli.arguments import Commands, Group, add_command, add_json, add_overwrite, check_output, decimal
from distill_app.cli.progress import duration
from distill_app.cli.report import Report, WrongUseError, note
from distill_app.cli.signals import ending_handler, until_main_process_ends
from distill_app.cli.train import add_machine, monitor_of, use_hardware
from distill_app.cli.training_progress import TrainingMonitor
from distill_app.common.generators import drain

if TYPE_CHECKING:
    from distill_app.training.vocoder.train import VocoderSpec
    from distill_app.vocoders.networks.weights_file import WeightsHeader

_SUFFIX = ".safetensors"
_MINUTES = 60.0
_CONFIG = "256x6"


def add_to(commands: Commands) -> None:
    more = (
        "With --model, the vocoder that this model carries, learned from its recordings and compared with the built-in "
        "one on what was held out. Else DATA becomes the weights of any vocoder in --out; weights, a checkpoint and a "
        "log (CSV) are written every few minutes. Ctrl-C ends either early and keeps what was learned. Under torchrun "
        "weights are learned on several graphics cards or machines."
    )
    parser = add_command(commands, "train-vocoder", run, "train a neural vocoder on recordings", more)
    budget = parser.add_mutually_exclusive_group()
    minutes = f"how long to train (default: {_MINUTES:g}; with --model: {train_embedded_vocoder.MINUTES:g})"
    budget.add_argument("--minutes", type=decimal, metavar="M", help=minutes)
    budget.add_argument("--steps", type=int, metavar="N", help="instead of a time: up to this step")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint beside the file")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another number, another training")
    add_machine(parser, device=None)
    train_embedded_vocoder.add_to(parser.add_argument_group("the vocoder in a model file"))
    _add_weights(parser.add_argument_group("the weights of any vocoder"))
    add_overwrite(parser)
    add_json(parser)


def _add_weights(parser: Group) -> None:
    parser.add_argument("data", type=Path, nargs="*", metavar="DATA", help="sound files and folders of them")
    parser.add_argument("--out", type=Path, metavar=f"FILE{_SUFFIX}", help="the weights to write")
    parser.add_argument("--init", type=Path, metavar="FILE", help="weights to start from")
    named = f"network and way of training; a wrong name lists them (default: {_CONFIG})"
    parser.add_argument("--config", metavar="NAME", help=named)
    parser.add_argument("--half", action="store_true", help="write the weights in half precision")


def run(options: argparse.Namespace) -> Report:
    if options.model is not None:
        if options.data or options.out or options.init or options.config or options.half:
            raise WrongUseError("With --model the recordings follow --corpus, and nothing but the model is written.")
        return train_embedded_vocoder.run(options)
    if not options.data or options.out is None:
        raise WrongUseError("Give recordings and --out FILE, or --model FILE and --corpus FOLDER.")
    if options.sources or options.takes or options.exclude or options.corpora or options.base:
        raise WrongUseError("A corpus is what a model's own vocoder learns from; add --model FILE.")
    check_output(options.out, _SUFFIX, options.overwrite or options.resume)
    started = time.monotonic()
    use_hardware(options.threads, options.background)
    spec = _spec(options)
    monitor = monitor_of(options, "Stopping: what was learned is being saved.")
    with ending_handler(monitor.end_early):
        header = _follow(options, spec, monitor)
    return _report(options, header, monitor, time.monotonic() - started)


def _spec(options: argparse.Namespace) -> "VocoderSpec":
    from dataclasses import replace

    from distill_app.training.vocoder.config import preset
    from distill_app.training.vocoder.train import VocoderSpec

    config = replace(preset(options.config or _CONFIG), seed=options.seed)
    sources = tuple(options.data)
    budget = _MINUTES if options.minutes is None else options.minutes, options.steps
    return VocoderSpec(sources, options.out, config, *budget, options.init, options.resume, options.half)


def _follow(options: argparse.Namespace, spec: "VocoderSpec", monitor: TrainingMonitor) -> "WeightsHeader":
    from distill_app.training.run.process_group import process_group
    from distill_app.training.vocoder.train import train_vocoder

    with process_group(options.device) as processes, closing(train_vocoder(spec, processes, monitor.control)) as steps:
        if processes.is_main:
            return monitor.follow(steps)
        with ending_handler(until_main_process_ends):
            return drain(steps)


def _draw(options: argparse.Namespace) -> Path | None:
    """The log as a picture beside it; none where this computer cannot draw."""
    from distill_app.cli.plot_training import Panel, draw_curves
    from distill_app.training.vocoder.csv_log import read_log
    from distill_app.training.vocoder.train import log_path

    panels = (
        Panel("Loss", "loss"),
        Panel("Log-mel error in nats", "mel", "held_out_mel"),
        Panel("Group-delay error in rad", "group_delay", "held_out_group_delay"),
        Panel("Instantaneous-frequency error in rad", "frequency", "held_out_frequency"),
        Panel("Discriminators' loss", "discriminator"),
    )
    picture: Path = options.out.with_suffix(".png")
    try:
        draw_curves(read_log(log_path(options.out)), panels, picture)
    except (ImportError, OSError) as error:
        note(f"The picture of the log was not drawn: {error}.")
        return None
    return picture


def _report(options: argparse.Namespace, header: "WeightsHeader", monitor: TrainingMonitor, elapsed: float) -> Report:
    if not header.training:
        return Report({"took_part": True}, "This process took part; the first one wrote the weights.")
    picture, steps = _draw(options), header.training["steps"]
    values: dict[str, Any] = {
        "file": str(options.out),
        "picture": str(picture) if picture else None,
        "stopped": monitor.control.stopped,
        "training": dict(header.training),
        "config": header.config.to_dict(),
        "skipped": [{"name": name, "reason": reason} for name, reason in monitor.skipped.items()],
        "notes": monitor.notes,
        "elapsed_seconds": round(elapsed, 1),
    }
    return Report(values, f"Wrote {options.out}: {steps} steps in all, {duration(elapsed)} of this run.")
