"""Choice of the vocoder, and its download, import and removal."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from distill_app.common.paths import vocoder_folder
from distill_app.ui.app.embedded_vocoder_controller import EmbeddedVocoderController
from distill_app.ui.common.protocols import DownloadsProtocol
from distill_app.ui.dialogs.prompts import ConfirmDialog
from distill_app.ui.play.session import Session
from distill_app.ui.play.source_panel import SourcePanel
from distill_app.ui.style.format import file_size
from distill_app.ui.translation import tr
from distill_app.ui.vocoders.compute_settings import ComputeSettings
from distill_app.ui.vocoders.downloads import DownloadController
from distill_app.ui.vocoders.license_agreement import LicenseAgreementDialog, download_offer
from distill_app.ui.widgets.menu_caption import MenuCaption
from distill_app.ui.widgets.toast import Message
from distill_app.vocoders.embedded.vocoder import AUTO, OF_MODEL
from distill_app.vocoders.registry import VocoderEntry
from distill_app.workers.rendering.messages import RENDERING, RenderRequest
from distill_app.workers.rendering.vocoder_speeds import read_speeds

ReadVocoders = Callable[[], Sequence[VocoderEntry]]
"""Lists the vocoders that are installed or can be."""


class VocoderController(QObject):
    """Binds the vocoder selector, its menu and the downloads to the session.

    Args:
        read: lists the vocoders that are installed or can be, as the disk has them now.
        window: parent of dialogs.
    """

    notified = Signal(object)
    """Message to show."""

    def __init__(
        self,
        session: Session,
        source: SourcePanel,
        compute_settings: ComputeSettings,
        read: ReadVocoders,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._source, self._window = session, source, window
        self._compute_settings, self._read = compute_settings, read
        self._entries: dict[str, VocoderEntry] = {}
        self._titles: dict[str, str] = {}
        self._wanted = ""
        """Id of the vocoder to switch to once it is installed; "" for none."""
        self._download_service: DownloadsProtocol | None = None
        self.downloads: DownloadController | None = None
        self.menu = QMenu(tr("Vocoder"), window)
        self._facts = [MenuCaption(self.menu) for _ in range(2)]
        self.menu.addActions(self._facts)
        self.menu.addSeparator()
        self._removal = QMenu(tr("Remove"), self.menu)
        self._import = self.menu.addAction(tr("Import from folder…"))
        self.menu.addMenu(self._removal)
        self.embedded = EmbeddedVocoderController(session, self.menu, window)
        self._bind()
        self.refresh()

    def _bind(self) -> None:
        self._source.vocoder_chosen.connect(self.choose)
        self._source.vocoder.opened.connect(self.refresh)
        self._source.more.setMenu(self.menu)
        self.menu.aboutToShow.connect(self.refresh)
        self._import.triggered.connect(self.ask_for_folder)
        self._compute_settings.changed.connect(self.refresh)
        self._session.is_ready = self.is_ready
        self._session.model_changed.connect(self.refresh)
        self._session.vocoder_unavailable.connect(self._on_unavailable)
        self.embedded.notified.connect(self.notified)
        self.embedded.changed.connect(self.refresh)

    def use(self, service: DownloadsProtocol) -> None:
        """Connects the service that downloads, imports and removes vocoders."""
        self._download_service = service
        self.downloads = DownloadController(service, self._source.download, self)
        self.downloads.notified.connect(self.notified)
        self.downloads.installed.connect(self._on_installed)
        service.removed.connect(self._on_removed)

    # Available vocoders

    def refresh(self) -> None:
        """Reads the list of vocoders again."""
        embedded_changed = self.embedded.refresh()
        entries = (*self.embedded.entries, *self._read())
        self._entries = {entry.info.id: entry for entry in entries}
        self._titles |= {entry.info.id: entry.info.title for entry in entries}
        self.refresh_speeds()
        self._fill_removal([entry for entry in entries if entry.folder == vocoder_folder() / entry.info.id])
        self._show_chosen()
        if embedded_changed:
            self._session.model_renewed.emit()

    def refresh_speeds(self) -> None:
        """Shows the vocoders known so far with the speeds saved last."""
        speeds, compute, entries = read_speeds(), self._compute_settings.choice, tuple(self._entries.values())
        self._source.show_vocoders(entries, {entry.info.id: speeds.factor_of(entry, compute) for entry in entries})

    def is_ready(self, request: RenderRequest) -> bool:
        """Whether the vocoder of the request can be used now."""
        name = request.vocoder
        if name in OF_MODEL:
            return self.embedded.is_ready(request)
        return name in self._entries and self._entries[name].ready

    def title_of(self, name: str) -> str:
        """Title of a vocoder by its id, also of one that was removed."""
        return self._titles.get(name, name)

    @property
    def rendering_words(self) -> str:
        """Progress text of a render; names a vocoder that is slow."""
        request = self._session.request
        entry = None if request is None else self._entries.get(request.vocoder)
        if entry is None or entry.info.live:
            return RENDERING
        return tr("Rendering with {vocoder}…").format(vocoder=entry.info.title)

    def _show_chosen(self) -> None:
        request = self._session.request
        self._source.show_vocoder(AUTO if request is None else request.vocoder)
        for action, line in zip(self._facts, self._source.facts or ["", ""], strict=True):
            action.show_text(line)

    # Choice, download, import and removal

    def choose(self, name: str) -> None:
        """Switches to a vocoder that is installed; otherwise offers its download or reports why it cannot be used."""
        self._wanted = ""
        self.refresh()
        entry = self._entries.get(name)
        if entry is None:
            return
        if entry.ready:
            self._session.set_vocoder(name)
        elif self.downloads is not None and self.downloads.busy:
            self._choose_during_download(self.downloads, name)
        elif entry.download_bytes:
            self._offer(entry)
        else:
            self.notified.emit(Message("error", entry.reason))

    def _choose_during_download(self, downloads: DownloadController, name: str) -> None:
        if downloads.is_downloading(name):
            self._wanted = name
            sentence = tr("{vocoder} is being downloaded and plays once it is installed.")
            title = self.title_of(name)
        else:
            sentence = tr("{vocoder} is still being downloaded; let it finish or cancel it first.")
            title = downloads.title
        self.notified.emit(Message("info", sentence.format(vocoder=title)))

    def _offer(self, entry: VocoderEntry) -> None:
        offer = download_offer(entry, read_speeds().factor_of(entry, self._compute_settings.choice))
        dialog = LicenseAgreementDialog(offer, self._window)
        dialog.accepted.connect(lambda: self._download(entry))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _download(self, entry: VocoderEntry) -> None:
        if self.downloads is not None:
            self._wanted = entry.info.id
            self.downloads.start(entry)

    def ask_for_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self._window, tr("Import a vocoder from its folder"))
        if name:
            self.import_folder(Path(name))

    def import_folder(self, folder: Path) -> None:
        """Copies a published vocoder's folder into the folder of vocoders."""
        if self.downloads is None:
            return
        if self.downloads.busy:
            self._choose_during_download(self.downloads, folder.name)
        else:
            self.downloads.import_folder(folder)

    def ask_to_remove(self, entry: VocoderEntry) -> None:
        frees = tr("Frees {size}.").format(size=file_size(entry.info.size_bytes))
        again = tr("It can be downloaded again.") if entry.download_bytes else tr("To have it again, import it again.")
        question = tr("Remove {vocoder}?").format(vocoder=entry.info.title)
        dialog = ConfirmDialog(question, f"{frees} {again}", tr("Remove"), self._window)
        dialog.accepted.connect(lambda: self._remove(entry.info.id))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _remove(self, name: str) -> None:
        """Removes an installed vocoder; where it is the chosen one, the automatic choice takes over first."""
        request = self._session.request
        if request is not None and request.vocoder == name:
            self._session.set_vocoder(AUTO)
        if self._download_service is not None:
            self._download_service.remove(name)

    def _fill_removal(self, installed: Sequence[VocoderEntry]) -> None:
        """Lists the vocoders that Distill installed; folders shared with other programs are not removed from here."""
        self._removal.clear()
        self._removal.setEnabled(bool(installed))
        for entry in installed:
            action = QAction(f"{entry.info.title}…", self._removal)
            action.triggered.connect(lambda _=False, entry=entry: self.ask_to_remove(entry))
            self._removal.addAction(action)

    # Results

    def _on_installed(self, name: str) -> None:
        self.refresh()
        title = self.title_of(name)
        if self._wanted == name:
            self._wanted = ""
            self._session.set_vocoder(name)
            self.notified.emit(Message("done", tr("{vocoder} is installed and takes over.").format(vocoder=title)))
        else:
            sentence = tr("{vocoder} is installed.").format(vocoder=title)
            self.notified.emit(Message("done", sentence, tr("Use it"), lambda: self.choose(name)))

    def _on_removed(self, name: str) -> None:
        self.refresh()
        sentence = tr("{vocoder} was removed.").format(vocoder=self.title_of(name))
        self.notified.emit(Message("done", sentence))

    def _on_unavailable(self, name: str, instead: str) -> None:
        """Reports that another vocoder plays than the one that a sound asks for."""
        other = self.title_of(instead)
        if name in OF_MODEL:
            self.notified.emit(self.embedded.unavailable_message(name, other))
            return
        entry = self._entries.get(name)
        if entry is not None and entry.download_bytes:
            sentence = tr(
                "{vocoder} is not on this computer; choose it in the list to get it again. {other} plays instead."
            )
        else:
            sentence = tr("{vocoder} is not on this computer. {other} plays instead.")
        self.notified.emit(Message("info", sentence.format(vocoder=self.title_of(name), other=other)))
