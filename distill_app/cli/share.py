"""`distill share`: a copy of a model for others, without the recordings it was trained on."""

import argparse
from pathlib import Path

from distill_app.cli.arguments import Commands, add_command, add_json, add_overwrite, check_output, model_path
from distill_app.cli.grain_summary import grain_text, grain_values
from distill_app.cli.report import Report, WrongUseError
from distill_app.models.header import SUFFIX, read_header


def add_to(commands: Commands) -> None:
    more = (
        "The copy plays as the model does without its recordings. It holds neither their sound nor their file names; "
        "sliders that were named after files are called Character 1, Character 2 and so on. Recordings keep their own "
        "licence, and many sample packs forbid to pass them on."
    )
    parser = add_command(commands, "share", run, "copy a model without its recordings, for others", more)
    parser.add_argument("model", metavar="starter|FILE", help="a .distillgan file, or the starter model")
    parser.add_argument("out", type=Path, metavar=f"OUT{SUFFIX}", help="the copy to write")
    everything = "leave the recordings' sound, file names and slider names in the copy"
    parser.add_argument("--with-recordings", action="store_true", help=everything)
    add_overwrite(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> Report:
    path = model_path(options.model)
    read_header(path)
    if options.out.exists() and options.out.samefile(path):
        raise WrongUseError("A copy needs another name than the model.")
    check_output(options.out, SUFFIX, options.overwrite)
    from distill_app.models.model_file import load_model, save_model
    from distill_app.models.sharing import without_recordings

    model = load_model(path)
    save_model(model if options.with_recordings else without_recordings(model), options.out)
    return _report(options.out)


def _report(out: Path) -> Report:
    header = read_header(out)
    grain = grain_values(header, out)
    values = {"file": str(out), "bytes": out.stat().st_size, "grain": grain}
    carried = (
        "It carries no recordings" if grain is None else f"It carries {grain_text(grain)}, under their own licence"
    )
    return Report(values | {"sliders": [axis.name for axis in header.axes]}, f"Wrote {out}. {carried}.")
