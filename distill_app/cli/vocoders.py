"""`distill vocoders`: list, download, import and remove vocoders."""

import argparse
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distill_app.cli.arguments import Commands, add_command, add_json
from distill_app.cli.progress import TerminalProgressBar, drain_with, progress_bar
from distill_app.cli.report import Report, WrongUseError, note, table
from distill_app.common.errors import VocoderError
from distill_app.common.units import file_size
from distill_app.vocoders.built_in import BUILT_IN
from distill_app.vocoders.registry import VocoderEntry, vocoder_entries

if TYPE_CHECKING:
    from distill_app.vocoders.weights.manager import WeightManager
    from distill_app.vocoders.weights.manifest import ManifestEntry
    from distill_app.vocoders.weights.transfer import TransferProgress

_YES = ("y", "yes")


def add_to(commands: Commands) -> None:
    more = "Some are built in; others are published elsewhere and are downloaded when you ask for them."
    parser = add_command(commands, "vocoders", run, "list, download, import or remove vocoders", more)
    add_json(parser)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", help="list if nothing is said")
    add_json(add_command(actions, "list", run, "list the vocoders there are"), again=True)
    _add_get(actions)
    imports = add_command(actions, "import", run_import, "install a vocoder from a folder, without internet")
    imports.add_argument(
        "folder", type=Path, metavar="FOLDER", help="a config and weights as their authors publish them"
    )
    add_json(imports, again=True)
    remove = add_command(actions, "remove", run_remove, "delete a vocoder that was downloaded or imported")
    remove.add_argument("name", metavar="NAME", help="one of `distill vocoders`")
    add_json(remove, again=True)


def _add_get(actions: Commands) -> None:
    more = "You are asked before anything is fetched. What breaks off goes on from there the next time."
    parser = add_command(actions, "get", run_get, "download a vocoder", more)
    parser.add_argument("name", metavar="NAME", help="one of `distill vocoders`")
    parser.add_argument("--yes", action="store_true", help="agree to its size and licence without being asked")
    add_json(parser, again=True)


def run(_: argparse.Namespace) -> Report:
    known = vocoder_entries()
    rows = [("NAME", "TITLE", "STATE", "SIZE", "UP TO", "LICENCE", ""), *map(_row, known)]
    return Report({"vocoders": [_values(entry) for entry in known]}, table(rows))


def run_get(options: argparse.Namespace) -> Report:
    from distill_app.vocoders.weights.manager import WeightManager, is_installed

    manager = WeightManager()
    entry = manager.entry(options.name)
    if is_installed(entry):
        return _installed(options.name, "is here already")
    _ask_consent(entry, options.yes)
    _download(manager, entry)
    return _installed(options.name, "is installed")


def run_import(options: argparse.Namespace) -> Report:
    from distill_app.vocoders.published.loader import load_published
    from distill_app.vocoders.weights.manager import WeightManager

    with progress_bar() as console, closing(WeightManager().import_folder(options.folder, load_published)) as job:
        name = drain_with(job, lambda amount: _show_transfer(console, "Copying", amount))
    return _installed(name, "is installed")


def run_remove(options: argparse.Namespace) -> Report:
    from distill_app.vocoders.weights.manager import WeightManager

    WeightManager().remove(options.name)
    return Report({"id": options.name, "removed": True}, f"Removed {options.name}.")


def _ask_consent(entry: "ManifestEntry", yes: bool) -> None:
    """Ask the user to agree to a download. Raises WrongUseError without a terminal, VocoderError if refused."""
    text = f" ({entry.licence_path})" if entry.licence_path else ""
    about = f"{entry.title}: {file_size(entry.size_bytes)} from {entry.repository}, under {entry.licence}{text}."
    note(about)
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise WrongUseError("Nobody is there to agree to that; add --yes to agree beforehand.")
    sys.stderr.write("Download it? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in _YES:
        raise VocoderError("Nothing was downloaded.")


def _download(manager: "WeightManager", entry: "ManifestEntry") -> None:
    try:
        with progress_bar() as console, closing(manager.download(entry.id, agreed=True)) as job:
            drain_with(job, lambda amount: _show_transfer(console, "Downloading", amount))
    except KeyboardInterrupt:
        note(f"What has come is kept: `distill vocoders get {entry.id}` goes on from there.")
        raise


def _show_transfer(console: TerminalProgressBar, word: str, amount: "TransferProgress") -> None:
    words = f"{word} {file_size(amount.done_bytes)} of {file_size(amount.total_bytes)}"
    console.show(words, amount.done_bytes / amount.total_bytes)


def _installed(name: str, words: str) -> Report:
    entry = _find_entry(name, vocoder_entries())
    size, folder = file_size(entry.info.size_bytes), entry.folder
    sentence = f"{entry.info.title} {words}: {size} in {folder}. Use it with `--vocoder {name}`."
    return Report(_values(entry), sentence)


def _find_entry(name: str, known: Iterable[VocoderEntry]) -> VocoderEntry:
    return next(entry for entry in known if entry.info.id == name)


def _row(entry: VocoderEntry) -> tuple[str, ...]:
    info = entry.info
    size = file_size(info.size_bytes) if info.size_bytes else ""
    words = entry.reason or info.summary
    return info.id, info.title, entry.state, size, f"{entry.top_hz / 1000:.3g} kHz", info.licence, words


def _values(entry: VocoderEntry) -> dict[str, Any]:
    info = entry.info
    return {
        "id": info.id,
        "title": info.title,
        "summary": info.summary,
        "default": info.id == BUILT_IN.id,
        "state": entry.state,
        "ready": entry.ready,
        "reason": entry.reason,
        "sample_rate": info.mel_format.sample_rate,
        "top_hz": entry.top_hz,
        "mel_format": info.mel_format.to_dict(),
        "features": list(info.features),
        "live": info.live,
        "parameters": info.parameters,
        "gmac_per_second": entry.gmac_per_second,
        "size_bytes": info.size_bytes,
        "download_bytes": entry.download_bytes,
        "licence": info.licence,
        "repository": entry.repository,
        "folder": str(entry.folder) if entry.folder else None,
    }
