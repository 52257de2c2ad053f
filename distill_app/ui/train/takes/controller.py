"""Controller of the takes: sounds kept from the Play page, to preview, to open again and to train on."""

import os
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.common.errors import SettingsError
from distill_app.dsp.sound import Sound
from distill_app.generation.export_format import ExportFormat
from distill_app.generation.preset import parse_preset, preset_values
from distill_app.project.paths import file_name
from distill_app.project.project import Take
from distill_app.project.serialization import TAKES
from distill_app.ui.train.project import edits
from distill_app.ui.train.project.document import ProjectDocument
from distill_app.ui.train.project.item_list import ItemList
from distill_app.ui.train.project.item_row import Item, ItemAction
from distill_app.ui.train.takes.trash import TakeTrash
from distill_app.ui.translation import tr
from distill_app.ui.widgets.toast import Message
from distill_app.workers.background_job import BackgroundJobs
from distill_app.workers.rendering.messages import RenderRequest

WriteTake = Callable[[Path, Callable[[object], object], Callable[[str], object]], object]
"""Writes a file, and calls the first function once it is there, or the second one with a sentence."""


class TakesController(QObject):
    """Shows the takes of the document and writes new ones in a thread."""

    notified = Signal(object)
    """Carries a Message."""
    preview_asked = Signal(Path)
    """The user wants to play or stop this file."""
    preset_asked = Signal(object)
    """The user wants to open the sound of a take on the Play page; carries a RenderRequest."""

    def __init__(self, document: ProjectDocument, shown: ItemList) -> None:
        super().__init__(shown)
        self._document, self._list = document, shown
        self._playing: Path | None = None
        self._pending: set[Path] = set()
        """Files that are being written and may not exist yet."""
        self._jobs = BackgroundJobs("distill-takes", self)
        document.changed.connect(self.show)
        document.opened.connect(self._on_opened)
        shown.check_asked.connect(self._on_check)

    # Keeping

    def keep(self, request: RenderRequest, title: str, write: WriteTake) -> None:
        """Has a sound written as a take together with its preset; creates a project where none is open."""
        if self._document.project is None and not self._document.create_named(title):
            return
        if self._document.read_only:
            self.notified.emit(Message("error", self._document.read_only))
            return
        path, preset = self._free_path(title), preset_values(request.config, request.vocoder)
        take = Take(path, request.model, preset, datetime.now(UTC))
        self._pending.add(path)
        write(path, partial(self._on_written, take), partial(self._on_failed, path))

    def write(
        self, sound: Sound, path: Path, written: Callable[[object], object], failed: Callable[[str], object]
    ) -> None:
        """Writes a rendered sound in a thread."""
        self._jobs.add(_write(sound, path), written, failed)

    @property
    def is_keeping(self) -> bool:
        """Whether a take is being written."""
        return bool(self._pending)

    def _on_written(self, take: Take, _result: object) -> None:
        self._pending.discard(take.file)
        if take.file.parent.parent == self._document.folder:  # another project may be open by now
            self._add(take)

    def _on_failed(self, file: Path, sentence: str) -> None:
        self._pending.discard(file)
        self.notified.emit(Message("error", sentence))

    def _add(self, take: Take) -> None:
        act, revert = partial(self._trash.restore, take.file), partial(self._trash.put, take.file)
        self._document.apply(tr("keep take"), lambda project: project.with_take(take), act, revert)
        sentence = tr("“{take}” is kept as a take of “{project}”.").format(take=take.file.stem, project=self._title)
        preview = partial(self.preview_asked.emit, take.file)
        self.notified.emit(Message("done", sentence, tr("Preview"), preview))

    @property
    def _title(self) -> str:
        return "" if self._document.project is None else self._document.project.name

    def _free_path(self, title: str) -> Path:
        """Path that no take has, also none in the trash."""
        number, folder = 1, self._folder
        clean = file_name(title, tr("Take"))
        while self._is_taken(path := folder / f"{clean} {number}.wav"):
            number += 1
        return path

    def _is_taken(self, path: Path) -> bool:
        return path in self._pending or os.path.lexists(path) or self._trash.holds(path.name)

    @property
    def _folder(self) -> Path:
        assert self._document.folder is not None
        return self._document.folder / TAKES

    @property
    def _trash(self) -> TakeTrash:
        return TakeTrash(self._folder)

    # Display

    def show(self) -> None:
        project = self._document.project
        included = frozenset() if project is None else edits.included_takes(project)
        takes = () if project is None else project.takes
        self._list.show_items([self._item(take, take.file in included) for take in reversed(takes)])

    def show_playing(self, path: Path | None) -> None:
        self._playing = path
        self.show()

    def _item(self, take: Take, included: bool) -> Item:
        exists = take.file.exists()
        fact = tr("missing") if not exists else take.when.astimezone().strftime("%H:%M") if take.when else ""
        actions = [*([self._preview_action(take)] if exists else []), *self._other_actions(take)]
        checked = included if exists and not self._document.read_only else None
        tip = tr("Train on it, as part of a sound set of takes")
        return Item(take.file, take.file.stem, fact, str(take.file), checked, tip, not exists, actions)

    def _preview_action(self, take: Take) -> ItemAction:
        preview = partial(self.preview_asked.emit, take.file)
        if take.file == self._playing:
            return ItemAction(tr("Stop"), preview, "stop")
        return ItemAction(tr("Preview"), preview, "play")

    def _other_actions(self, take: Take) -> list[ItemAction]:
        open_preset = ItemAction(tr("Open in Play"), partial(self._open_preset, take))
        delete = ItemAction(tr("Delete"), partial(self._delete, take), removes=True)
        return [*([open_preset] if take.preset else []), *([] if self._document.read_only else [delete])]

    # Actions of the user

    def _on_check(self, file: Path, included: bool) -> None:
        title = tr("include take") if included else tr("exclude take")
        self._document.apply(title, lambda project: edits.with_take_included(project, file, included))

    def _open_preset(self, take: Take) -> None:
        try:
            config, vocoder = parse_preset(take.preset)
        except SettingsError as error:
            self.notified.emit(Message("error", str(error)))
            return
        if take.model is not None:
            self.preset_asked.emit(RenderRequest(take.model, vocoder, config))

    def _delete(self, take: Take) -> None:
        act, revert = partial(self._trash.put, take.file), partial(self._trash.restore, take.file)
        self._document.apply(tr("delete take"), lambda project: edits.without_take(project, take.file), act, revert)

    def _on_opened(self) -> None:
        """Empties the trash, whose undo steps ended with the last window."""
        if not self._document.read_only:
            self._trash.empty()

    def close(self) -> None:
        """Waits for takes that are being written, lists them, and empties the trash; the project must still be open."""
        self._jobs.wait()
        if self._document.folder is not None and not self._document.read_only:
            self._trash.empty()


def _write(sound: Sound, path: Path) -> Generator[None, None, None]:
    """Writes a take block by block, so that the interpreter lock is released for the output thread in between."""
    from distill_app.generation.export import export_sound

    export_format = ExportFormat(sound.sample_rate, 24)
    for _ in export_sound(path, [sound.samples], sound.sample_rate, export_format, title=path.stem):
        yield
