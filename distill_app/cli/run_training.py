"""`distill run-training`: runs the training whose specification is the first line of standard input; for the window."""

import argparse
import sys

from distill_app.cli import train, train_embedded_vocoder
from distill_app.cli.arguments import Commands, add_json
from distill_app.cli.report import Report, WrongUseError
from distill_app.cli.stdin_commands import listen
from distill_app.cli.training_progress import TrainingMonitor
from distill_app.training.run.spec import EmbeddedVocoderSpec, ModelSpec, spec_from_json

NAME = "run-training"


def add_to(commands: Commands) -> None:
    """Adds the command without a line in the list of commands."""
    parser = commands.add_parser(NAME, description=__doc__)
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> Report:
    """Report of the training; progress is written as JSON, and the further lines of standard input are commands."""
    spec = _read_spec()
    monitor = TrainingMonitor(as_json=True)
    listen(sys.stdin, monitor.control)
    train.use_hardware(spec.threads, spec.background)
    from distill_app.training.run.process_group import process_group

    with process_group(spec.device) as processes:
        if isinstance(spec, ModelSpec):
            return train.train(spec, monitor, processes)
        return train_embedded_vocoder.train(spec, monitor, processes)


def _read_spec() -> ModelSpec | EmbeddedVocoderSpec:
    try:
        return spec_from_json(sys.stdin.readline())
    except (KeyError, ValueError) as error:
        raise WrongUseError("The first line of standard input is no specification of a training.") from error
