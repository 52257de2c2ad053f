"""`distill train-vocoder --model`: trains the vocoder that a model carries."""

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distill_app.cli.arguments import Group, OutputError
from distill_app.cli.corpus_args import add_exclude, add_other_sources, parse_corpora
from distill_app.cli.progress import duration
from distill_app.cli.report import Report, WrongUseError, gate_table
from distill_app.cli.signals import ending_handler
from distill_app.cli.train import add_programs, monitor_of, use_hardware
from distill_app.cli.training_progress import TrainingMonitor
from distill_app.common.training_paths import vocoder_checkpoint_path
from distill_app.models.header import SUFFIX, read_header
from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.spec import BASES, EmbeddedVocoderSpec

if TYPE_CHECKING:
    from distill_app.training.run.process_group import SingleProcess
    from distill_app.vocoders.embedded.vocoder import EmbeddedVocoder

MINUTES = EmbeddedVocoderSpec.minutes


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
    parser.add_argument("--from", dest="base", choices=BASES, help=base)
    add_programs(parser)


def run(options: argparse.Namespace) -> Report:
    spec = _spec(options, _checked_corpora(options))
    from distill_app.training.run.process_group import process_group

    use_hardware(spec.threads, spec.background)
    with process_group(options.device) as processes:
        if processes.world_size > 1:
            raise WrongUseError("A model's own vocoder is trained by one process; start it without torchrun.")
        return train(replace(spec, device=processes.device.type), monitor_of(options), processes)


def _checked_corpora(options: argparse.Namespace) -> tuple[CorpusSpec, ...]:
    """Corpora of the options.

    Raises WrongUseError, ProjectError, ModelFileError or OutputError before anything heavy is loaded.
    """
    if not (options.sources or options.takes or options.corpora):
        raise WrongUseError("Say what it learns from: either --corpus FOLDER or --corpora FILE.")
    corpora = parse_corpora(options)
    header = read_header(options.model)
    is_resumed = options.resume and vocoder_checkpoint_path(options.model).is_file()
    if header.vocoder is not None and not (options.overwrite or is_resumed):
        raise OutputError(f"“{options.model.name}” carries a vocoder already; add --overwrite to replace it.")
    return corpora


def _spec(options: argparse.Namespace, corpora: tuple[CorpusSpec, ...]) -> EmbeddedVocoderSpec:
    return EmbeddedVocoderSpec(
        corpora,
        options.model,
        minutes=MINUTES if options.minutes is None else options.minutes,
        seed=options.seed,
        device=options.device or "cpu",
        threads=options.threads,
        background=options.background,
        resume=options.resume,
        base=options.base or BASES[0],
        steps=options.steps,
    )


def train(spec: EmbeddedVocoderSpec, monitor: TrainingMonitor, processes: "SingleProcess") -> Report:
    """Report of a training of an embedded vocoder, which is shown while it runs."""
    from distill_app.training.vocoder.finetune import train_embedded_vocoder

    started = time.monotonic()
    with ending_handler(monitor.end_early):
        vocoder = monitor.follow(train_embedded_vocoder(spec, processes, monitor.control))
    return _report(spec, vocoder, monitor, time.monotonic() - started)


def _report(spec: EmbeddedVocoderSpec, vocoder: "EmbeddedVocoder", monitor: TrainingMonitor, elapsed: float) -> Report:
    values: dict[str, Any] = {
        "file": str(spec.out),
        "stopped": monitor.control.stopped,
        "preferred": vocoder.gate.passed,
        "verdict": vocoder.gate.verdict,
        "gate": vocoder.gate.to_dict(),
        "training": dict(vocoder.training),
        "config": vocoder.config.to_dict(),
        "skipped": [{"name": name, "reason": reason} for name, reason in monitor.skipped.items()],
        "notes": monitor.notes,
        "elapsed_seconds": round(elapsed, 1),
    }
    learned = (
        f"{vocoder.training['files']} recordings, {vocoder.training['steps']} steps in all, "
        f"{duration(elapsed)} of this run"
    )
    plays = "Auto plays it" if vocoder.gate.passed else "Auto goes on with the built-in one"
    verdict = vocoder.gate.verdict[:1].upper() + vocoder.gate.verdict[1:]
    return Report(values, f"Wrote {spec.out}: {learned}.\n{verdict}; {plays}.\n\n{gate_table(vocoder.gate)}")
