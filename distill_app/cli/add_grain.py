"""`distill add-grain`: gives a model the sound of recordings, and trains nothing."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from distill_app.cli.arguments import Commands, add_command, add_json, add_overwrite, check_output, decimal, model_path
from distill_app.cli.grain_summary import grain_text, grain_values
from distill_app.cli.report import Report, WrongUseError
from distill_app.cli.training_progress import TrainingMonitor
from distill_app.models.header import SUFFIX, ModelHeader, read_header
from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.spec import GRAIN_MINUTES, GRAIN_MINUTES_MAX

if TYPE_CHECKING:
    from distill_app.models.model import DistillModel
    from distill_app.training.run.runner import Training


def add_to(commands: Commands) -> None:
    more = (
        "Network and sliders stay as they are. For models that were trained with --no-grain, that carry too little or "
        "too much, or that are older than this; what such a model carries of other recordings is kept."
    )
    parser = add_command(commands, "add-grain", run, "give a model the sound of its recordings", more)
    parser.add_argument("model", metavar="starter|FILE", help="a .distillgan file, or the starter model")
    recordings = "the recordings that it was trained on: files, or folders of them"
    parser.add_argument("sources", type=Path, nargs="+", metavar="FOLDER", help=recordings)
    parser.add_argument("--out", type=Path, required=True, metavar=f"FILE{SUFFIX}", help="the model to write")
    minutes = (
        f"how much of the recordings' sound the model carries at most, up to {GRAIN_MINUTES_MAX:g}; of longer ones the "
        f"parts that cover them best (default: {GRAIN_MINUTES:g})"
    )
    parser.add_argument("--grain-minutes", type=decimal, default=GRAIN_MINUTES, metavar="M", help=minutes)
    add_overwrite(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> Report:
    path = model_path(options.model)
    header = read_header(path)
    if not 0 < options.grain_minutes <= GRAIN_MINUTES_MAX:
        raise WrongUseError(f"A model carries more than 0 and at most {GRAIN_MINUTES_MAX:g} minutes.")
    check_output(options.out, SUFFIX, options.overwrite)
    from distill_app.models.model_file import save_model

    monitor = TrainingMonitor()
    model = monitor.follow(_with_grain(path, _corpus(header, options.sources), options.grain_minutes))
    save_model(model, options.out)
    return _report(options.out, monitor)


def _corpus(header: ModelHeader, sources: list[Path]) -> CorpusSpec:
    """Recordings in the way in which the model was trained on its own."""
    return CorpusSpec.of(*sources, mode="one-shots" if header.lead_frames else "textures")


def _with_grain(path: Path, corpus: CorpusSpec, minutes: float) -> "Training[DistillModel]":
    from distill_app.common.generators import map_steps
    from distill_app.corpus.scan import scan_files
    from distill_app.training.run.runner import scan_status
    from distill_app.training.vae.base_model import BaseModel
    from distill_app.training.vae.grain_bank import add_grain_bank

    read = yield from map_steps(scan_files([corpus]), scan_status)
    base = BaseModel.load(path, read)
    return (yield from add_grain_bank(base.model, read, minutes, base))


def _report(out: Path, monitor: TrainingMonitor) -> Report:
    header = read_header(out)
    grain = grain_values(header, out)
    skipped = [{"name": name, "reason": reason} for name, reason in monitor.skipped.items()]
    values = {"file": str(out), "bytes": out.stat().st_size, "grain": grain, "skipped": skipped, "notes": monitor.notes}
    carried = "no sound" if grain is None else f"{grain_text(grain)}, under their own licence"
    return Report(values, f"Wrote {out}. It carries {carried}.")
