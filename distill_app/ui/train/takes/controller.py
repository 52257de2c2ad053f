"""Takes: sounds that were played and kept, to hear again, to go back to, and to learn from."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThreadPool, Signal

from distill_app.common.errors import AudioFileError, SettingsError
from distill_app.dsp.sound import Sound
from distill_app.generation.export_format import ExportFormat
from distill_app.generation.preset import preset_from, preset_values
from distill_app.project.paths import file_name
from distill_app.project.project import Take
from distill_app.project.serialization import TAKES
from distill_app.ui.train.project import edits
from distill_app.ui.train.project.document import ProjectDocument
from distill_app.ui.train.project.item_list import ItemList
from distill_app.ui.train.project.item_row import Item, ItemAction
from distill_app.ui.train.takes.trash import TakeTrash
from distill_app.ui.widgets.toast import Message
from distill_app.workers.rendering.messages import RenderRequest, RenderResult

_LEARN_TIP = "Whether it is learned from, as a corpus of its own"


@dataclass(frozen=True)
class _Written:
    """A take on the disk, or a sentence why it is not."""

    take: Take
    trouble: str = ""


class TakesController(QObject):
    """Binds the list of takes to the desk; writes new ones from a thread."""

    notified = Signal(object)
    """A Message."""
    preview_asked = Signal(Path)
    preset_asked = Signal(object)
    """A RenderRequest: the sound of a take, to play on."""
    _written = Signal(object)

    def __init__(self, document: ProjectDocument, shown: ItemList) -> None:
        super().__init__(shown)
        self._document, self._list = document, shown
        self._playing: Path | None = None
        self._begun: set[Path] = set()
        """Those that are being written, and may not be on the disk yet."""
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._written.connect(self._on_written)
        document.changed.connect(self.show)
        document.opened.connect(self._on_opened)
        shown.check_asked.connect(self._on_check)

    # Keeping

    def keep(self, result: RenderResult, title: str) -> None:
        """The sound that is heard, with how it was made; into a new project where there is none."""
        if self._document.project is None and not self._document.create_named(title):
            return
        if self._document.read_only:
            self.notified.emit(Message("error", self._document.read_only))
            return
        request = result.request
        path, preset = self._free_path(title), preset_values(request.config, request.vocoder)
        take = Take(path, request.model, preset, datetime.now(UTC))
        self._begun.add(path)
        self._pool.start(lambda: self._written.emit(_write(result.sound, take)))

    @property
    def is_keeping(self) -> bool:
        """Whether one is being written."""
        return bool(self._begun)

    def _on_written(self, written: _Written) -> None:
        take = written.take
        self._begun.discard(take.file)
        if written.trouble:
            self.notified.emit(Message("error", written.trouble))
        elif take.file.parent.parent == self._document.folder:  # another project may be open by now
            keep = self._trash.restore, self._trash.put
            self._document.apply("keep take", lambda project: project.with_take(take), *_on(take.file, *keep))
            words = f"“{take.file.stem}” is kept as a take of “{self._title}”."
            self.notified.emit(Message("done", words, "Listen", partial(self.preview_asked.emit, take.file)))

    @property
    def _title(self) -> str:
        return "" if self._document.project is None else self._document.project.name

    def _free_path(self, title: str) -> Path:
        """One that no take has, nor had."""
        number, folder = 1, self._folder
        clean = file_name(title, "Take")
        while self._is_taken(path := folder / f"{clean} {number}.wav"):
            number += 1
        return path

    def _is_taken(self, path: Path) -> bool:
        return path in self._begun or os.path.lexists(path) or self._trash.holds(path.name)

    @property
    def _folder(self) -> Path:
        assert self._document.folder is not None
        return self._document.folder / TAKES

    @property
    def _trash(self) -> TakeTrash:
        return TakeTrash(self._folder)

    # What is shown

    def show(self) -> None:
        """Silently."""
        project = self._document.project
        learned = frozenset() if project is None else edits.learned_takes(project)
        takes = () if project is None else project.takes
        self._list.show_items([self._item(take, take.file in learned) for take in reversed(takes)])

    def show_playing(self, path: Path | None) -> None:
        self._playing = path
        self.show()

    def _item(self, take: Take, learned: bool) -> Item:
        there = take.file.exists()
        fact = "missing" if not there else take.when.astimezone().strftime("%H:%M") if take.when else ""
        actions = [*(self._preview_actions(take) if there else ()), *self._rest(take)]
        checked = learned if there and not self._document.read_only else None
        return Item(take.file, take.file.stem, fact, str(take.file), checked, _LEARN_TIP, not there, actions)

    def _preview_actions(self, take: Take) -> list[ItemAction]:
        heard = take.file == self._playing
        return [
            ItemAction(
                "Stop" if heard else "Listen", partial(self.preview_asked.emit, take.file), "stop" if heard else "play"
            )
        ]

    def _rest(self, take: Take) -> list[ItemAction]:
        back = [ItemAction("Open its sound on the Play page", partial(self._open_preset, take))] if take.preset else []
        delete = [] if self._document.read_only else [ItemAction("Delete", partial(self._delete, take), removes=True)]
        return back + delete

    # What the hand asks for

    def _on_check(self, file: Path, learned: bool) -> None:
        words = "learn from a take" if learned else "learn no more from a take"
        self._document.apply(words, lambda project: edits.with_take_learned(project, file, learned))

    def _open_preset(self, take: Take) -> None:
        try:
            config, vocoder = preset_from(take.preset)
        except SettingsError as error:
            self.notified.emit(Message("error", str(error)))
            return
        if take.model is not None:
            self.preset_asked.emit(RenderRequest(take.model, vocoder, config))

    def _delete(self, take: Take) -> None:
        delete = self._trash.put, self._trash.restore
        self._document.apply(
            "delete take", lambda project: edits.without_take(project, take.file), *_on(take.file, *delete)
        )

    def _on_opened(self) -> None:
        """What the last window deleted is deleted for good."""
        if not self._document.read_only:
            self._trash.empty()

    def close(self) -> None:
        """Waits for what is being written and lists it, and empties the bin; the project is still open."""
        self._pool.waitForDone()
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall)  # the word of a take just written
        if self._document.folder is not None and not self._document.read_only:
            self._trash.empty()


def _on(file: Path, *actions: Callable[[Path], None]) -> Iterator[Callable[[], None]]:
    return (partial(act, file) for act in actions)


def _write(sound: Sound, take: Take) -> _Written:
    """Block by block: what takes long at once would keep the sound's feeder waiting."""
    from distill_app.generation.export import export_wav

    wanted = ExportFormat(sound.sample_rate, 24)
    try:
        for _ in export_wav(take.file, [sound.mono()], sound.sample_rate, wanted, title=take.file.stem):
            pass
    except AudioFileError as error:
        return _Written(take, str(error))
    return _Written(take)
