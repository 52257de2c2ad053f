"""`distill train`: trains a model on recordings."""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distill_app.cli.arguments import Commands, Group, add_command, add_json, add_overwrite, check_output, decimal
from distill_app.cli.corpus_args import add_corpora, require_project
from distill_app.cli.grain_summary import grain_text, grain_values
from distill_app.cli.progress import duration
from distill_app.cli.report import Report, WrongUseError
from distill_app.cli.signals import ending_handler, until_main_process_ends
from distill_app.cli.stdin_commands import COMMANDS, listen
from distill_app.cli.training_progress import STOPPING, TrainingMonitor
from distill_app.cli.training_target import learned_from, list_model
from distill_app.common.process_priority import lower_priority
from distill_app.models.header import SUFFIX
from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.spec import GRAIN_MINUTES, GRAIN_MINUTES_MAX, ModelSpec

if TYPE_CHECKING:
    from distill_app.models.model import DistillModel
    from distill_app.training.run.process_group import SingleProcess

_MINUTES = 2.0


def add_to(commands: Commands) -> None:
    more = (
        "Ctrl-C ends the learning early and keeps the best model so far. Where it stands is written to a folder beside "
        "FILE, FILE without its ending and with .training, from which --resume goes on after a crash or a reboot."
    )
    parser = add_command(commands, "train", run, "learn a model from recordings", more)
    add_corpora(parser)
    project = "instead of folders: learn from a project's corpora, and list the model in it"
    parser.add_argument("--project", type=Path, metavar="PROJECT", help=project)
    out = "the model to write (in a project, by default, a new file of the project)"
    parser.add_argument("--out", type=Path, metavar=f"FILE{SUFFIX}", help=out)
    budget = parser.add_mutually_exclusive_group()
    minutes = (
        f"how long to learn (default: until it hardly improves, {_MINUTES:g} at most). 0 writes the first model alone, "
        "which is ready in seconds"
    )
    budget.add_argument("--minutes", type=decimal, metavar="M", help=minutes)
    budget.add_argument("--epochs", type=int, metavar="N", help="instead of a time: how often each recording is heard")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="another number, another training (default: 0)"
    )
    resume = "go on where a training into FILE was broken off or stopped; begins anew where there was none"
    parser.add_argument("--resume", action="store_true", help=resume)
    more = (
        "a model to go on from, such as FILE itself: recordings are learned on top of what it knows, which stays also "
        "where the earlier ones are not given again; its sliders keep their places as far as they can"
    )
    parser.add_argument("--continue", type=Path, metavar="MODEL", dest="begin_with", help=more)
    demos = "write a sound of the network so far, and its mel beside the original's, to the same folder now and then"
    parser.add_argument("--demos", action="store_true", help=demos)
    _add_grain(parser)
    add_machine(parser)
    _add_steps(parser)
    add_programs(parser)
    add_overwrite(parser)
    add_json(parser)


def _add_grain(parser: argparse.ArgumentParser) -> None:
    grain = parser.add_mutually_exclusive_group()
    minutes = (
        f"how much of the recordings' sound the model carries at most, 0 to {GRAIN_MINUTES_MAX:g}; of longer ones "
        f"the parts that cover them best (default: {GRAIN_MINUTES:g})"
    )
    grain.add_argument("--grain-minutes", type=decimal, default=GRAIN_MINUTES, metavar="M", help=minutes)
    nothing = "write a model without the recordings' sound"
    grain.add_argument("--no-grain", action="store_const", const=0.0, dest="grain_minutes", help=nothing)


def add_machine(parser: argparse.ArgumentParser, device: str | None = "cpu") -> None:
    """Adds options for the hardware; `device` is the default, None for the fastest one."""
    parser.add_argument("--threads", type=int, metavar="N", help="processor cores to use (default: all)")
    usual = f"default: {device or 'the fastest there is'}"
    parser.add_argument("--device", choices=("cpu", "cuda", "mps"), default=device, help=usual)
    background = "run at the lowest priority, so that live playing has no dropouts"
    parser.add_argument("--background", action="store_true", help=background)


def _add_steps(parser: argparse.ArgumentParser) -> None:
    batch = "windows in each step, of all processes together where torchrun starts several (default: 16)"
    parser.add_argument("--batch", type=int, default=16, metavar="N", help=batch)
    precision = "numbers to compute with: auto takes bfloat16 on graphics cards that have it (default: auto)"
    parser.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto", help=precision)


def add_programs(parser: Group) -> None:
    """Adds options for a program that follows the training."""
    lines = "how it is told on standard error where the training stands: a bar, or one JSON object a line"
    parser.add_argument("--progress", choices=("bar", "json"), default="bar", help=lines)
    commands = (
        f'obey lines like {{"command": "pause"}} on standard input ({", ".join(COMMANDS)}: to write down where it '
        "stands and end); its end is taken as the last of them"
    )
    parser.add_argument("--commands", action="store_true", help=commands)


def run(options: argparse.Namespace) -> Report | None:
    """None in a process that only follows the main one."""
    corpora, options.out = learned_from(options)
    spec = _spec(options, corpora)
    if os.environ.get("RANK", "0") == "0":
        check_output(spec.out, SUFFIX, options.overwrite or (spec.resume and spec.checkpoint.is_file()))
    from distill_app.training.run.process_group import process_group
    from distill_app.training.vae.train import follow_training

    use_hardware(spec.threads, spec.background)
    with process_group(spec.device) as processes:
        if not processes.is_main:
            with ending_handler(until_main_process_ends):
                follow_training(spec, processes)
            return None
        report = train(spec, monitor_of(options), processes)
    if options.project is not None:
        listed = list_model(options.project, spec)
        report.values["project"] = {"folder": str(require_project(options.project)), "listed": listed}
    return report


def monitor_of(options: argparse.Namespace, stopping: str = STOPPING) -> TrainingMonitor:
    """Monitor that shows progress and obeys commands as the options of `add_programs` say."""
    monitor = TrainingMonitor(options.progress == "json", stopping)
    if options.commands:
        listen(sys.stdin, monitor.control)
    return monitor


def use_hardware(threads: int | None, background: bool) -> None:
    """Sets threads and priority of this process before anything is computed. Raises WrongUseError."""
    import torch

    if threads is not None:
        if threads < 1:
            raise WrongUseError("The number of threads goes from 1 up.")
        torch.set_num_threads(threads)
    if background:
        lower_priority()


def _spec(options: argparse.Namespace, corpora: tuple[CorpusSpec, ...]) -> ModelSpec:
    return ModelSpec(
        corpora,
        options.out,
        minutes=_MINUTES if options.minutes is None else options.minutes,
        seed=options.seed,
        device=options.device,
        threads=options.threads,
        background=options.background,
        resume=options.resume,
        epochs=options.epochs,
        ends_early=options.minutes is None and options.epochs is None,
        name=options.out.stem if options.corpora or options.project else None,
        begin_with=options.begin_with,
        demos=options.demos,
        batch=options.batch,
        precision=options.precision,
        grain_minutes=options.grain_minutes,
    )


def train(spec: ModelSpec, monitor: TrainingMonitor, processes: "SingleProcess") -> Report:
    """Report of a training of a model, which is shown while it runs."""
    from distill_app.training.vae.train import train_model

    started = time.monotonic()
    with ending_handler(monitor.end_early):
        model = monitor.follow(train_model(spec, monitor.control, processes))
    return _report(spec, model, monitor, time.monotonic() - started)


def _report(spec: ModelSpec, model: "DistillModel", monitor: TrainingMonitor, elapsed: float) -> Report:
    header = model.header
    values: dict[str, Any] = {
        "file": str(spec.out),
        "name": header.name,
        "stopped": monitor.control.stopped,
        "files": len(header.corpus),
        "seconds": sum(file.seconds for file in header.corpus),
        "skipped": [{"name": name, "reason": reason} for name, reason in monitor.skipped.items()],
        "notes": monitor.notes,
        "sliders": [axis.name for axis in header.axes],
        "training": header.training,
        "grain": grain_values(header, spec.out),
        "elapsed_seconds": round(elapsed, 1),
    }
    learned = f"{len(header.corpus)} recordings, {duration(values['seconds'])}"
    sliders = ", ".join(values["sliders"])
    wrote = f"Wrote {spec.out}: learned from {learned} in {duration(elapsed)}. Sliders: {sliders}."
    return Report(values, f"{wrote}{_carried(values['grain'])}")


def _carried(grain: dict[str, Any] | None) -> str:
    """Sentence about the recordings' sound in the model; "" without."""
    if grain is None:
        return ""
    return f"\nIt carries {grain_text(grain)}, under their own licence; `distill share` makes a copy without."
