"""`distill train-vocoder --model`: recordings into the vocoder that a model carries."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distill_app.cli.arguments import Group, OutputError
from distill_app.cli.corpus_args import add_exclude, add_other_sources, parse_corpora
from distill_app.cli.progress import duration
from distill_app.cli.report import Report, WrongUseError, gate_table
from distill_app.cli.signals import ending_handler
from distill_app.cli.train import add_programs, prepare
from distill_app.cli.training_progress import TrainingMonitor
from distill_app.common.training_paths import vocoder_checkpoint_path
from distill_app.models.header import SUFFIX, read_header
from distill_app.project.corpora import CorpusSpec

if TYPE_CHECKING:
    from distill_app.training.vocoder.finetune import FinetuneTask
    from distill_app.vocoders.embedded.vocoder import EmbeddedVocoder

MINUTES = 10.0
_BASES = ("built-in", "hifigan-v2")


def add_to(parser: Group) -> None:
    parser.add_argument("--model", type=Path, metavar=f"FILE{SUFFIX}", help="the model that will carry it")
    recordings = "the recordings it learns from: those that the model learned from, and more like them"
    parser.add_argument(
        "--corpus", dest="sources", type=Path, nargs="+", action="extend", default=[], metavar="FOLDER", help=recordings
    )
    add_exclude(parser)
    add_other_sources(parser)
    parser.set_defaults(one_shots=False)
    base = "let the built-in vocoder learn on (default), or a HiFi-GAN V2 begin with nothing, which takes hours"
    parser.add_argument("--from", dest="base", choices=_BASES, help=base)
    add_programs(parser)


def run(options: argparse.Namespace) -> Report:
    corpora = _checked(options)
    started = time.monotonic()
    watch = TrainingMonitor(as_json=options.progress == "json")
    prepare(options, watch)
    with ending_handler(watch.end_early):
        own = _followed(options, corpora, watch)
    return _report(options, own, watch, time.monotonic() - started)


def _checked(options: argparse.Namespace) -> tuple[CorpusSpec, ...]:
    """What it learns from.

    Raises WrongUseError, ProjectError, ModelFileError or OutputError before anything heavy is loaded.
    """
    if not (options.sources or options.takes or options.corpora):
        raise WrongUseError("Say what it learns from: either --corpus FOLDER or --corpora FILE.")
    corpora = parse_corpora(options)
    header = read_header(options.model)
    goes_on = options.resume and vocoder_checkpoint_path(options.model).is_file()
    if header.vocoder is not None and not (options.overwrite or goes_on):
        raise OutputError(
            f"“{options.model.name}” carries a vocoder of its own already; add --overwrite to replace it."
        )
    return corpora


def _followed(
    options: argparse.Namespace, corpora: tuple[CorpusSpec, ...], watch: TrainingMonitor
) -> "EmbeddedVocoder":
    from distill_app.training.run.process_group import process_group
    from distill_app.training.vocoder.finetune import train_own_vocoder

    with process_group(options.device) as processes:
        if processes.world_size > 1:
            raise WrongUseError("A model's own vocoder is trained by one process; start it without torchrun.")
        return watch.follow(train_own_vocoder(_task(options, corpora), processes, watch.control))


def _task(options: argparse.Namespace, corpora: tuple[CorpusSpec, ...]) -> "FinetuneTask":
    from distill_app.training.vocoder.finetune import FinetuneTask

    minutes = MINUTES if options.minutes is None else options.minutes
    return FinetuneTask(
        options.model, corpora, options.base or "built-in", minutes, options.steps, options.seed, options.resume
    )


def _report(options: argparse.Namespace, own: "EmbeddedVocoder", watch: TrainingMonitor, elapsed: float) -> Report:
    values: dict[str, Any] = {
        "file": str(options.model),
        "stopped": watch.control.stopped,
        "preferred": own.gate.passed,
        "verdict": own.gate.verdict,
        "gate": own.gate.to_dict(),
        "training": dict(own.training),
        "config": own.config.to_dict(),
        "skipped": [{"name": name, "reason": reason} for name, reason in watch.skipped.items()],
        "notes": watch.notes,
        "elapsed_seconds": round(elapsed, 1),
    }
    learned = (
        f"{own.training['files']} recordings, {own.training['steps']} steps in all, {duration(elapsed)} of this run"
    )
    plays = "Auto plays it" if own.gate.passed else "Auto goes on with the built-in one"
    verdict = own.gate.verdict[:1].upper() + own.gate.verdict[1:]
    return Report(values, f"Wrote {options.model}: {learned}.\n{verdict}; {plays}.\n\n{gate_table(own.gate)}")
