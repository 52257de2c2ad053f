"""Which vocoder plays: what the hand picked is taken, fetched after a word about size and licence, or explained."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

from distill_app.common.paths import vocoder_folder
from distill_app.ui.app.embedded_vocoder_controller import EmbeddedVocoderController
from distill_app.ui.app.main_window import MainWindow
from distill_app.ui.common.protocols import DownloadsProtocol
from distill_app.ui.dialogs.prompts import ConfirmDialog
from distill_app.ui.play.session import Session
from distill_app.ui.style.format import file_size
from distill_app.ui.vocoders.compute_settings import ComputeSettings
from distill_app.ui.vocoders.downloads import DownloadController
from distill_app.ui.vocoders.license_agreement import LicenseAgreementDialog
from distill_app.ui.vocoders.offer import offer_of
from distill_app.ui.widgets.menu_caption import MenuCaption
from distill_app.ui.widgets.toast import Message
from distill_app.vocoders.embedded.vocoder import AUTO, OWN
from distill_app.vocoders.registry import VocoderEntry
from distill_app.workers.rendering.messages import RENDERING, RenderRequest
from distill_app.workers.rendering.vocoder_speeds import read_speeds

Read = Callable[[], Sequence[VocoderEntry]]


class VocoderController(QObject):
    """Binds the selector, its menu and the downloads to the session.

    Args:
        read: the vocoders there are or that can be had, as the disk has them now.
    """

    notified = Signal(object)
    """A Message."""

    def __init__(self, session: Session, window: MainWindow, computing: ComputeSettings, read: Read) -> None:
        super().__init__(window)
        self._session, self._window, self._computing, self._read = session, window, computing, read
        self._listings: dict[str, VocoderEntry] = {}
        self._titles: dict[str, str] = {}
        self._wanted = ""
        """What is switched to when it has come, unless the hand takes another meanwhile."""
        self._downloads: DownloadsProtocol | None = None
        self.fetching: DownloadController | None = None
        self.menu = QMenu("Vocoder", window)
        self._facts = [MenuCaption(self.menu) for _ in range(2)]
        self.menu.addActions(self._facts)
        self.menu.addSeparator()
        self._removal = QMenu("Remove", self.menu)
        self._import = self.menu.addAction("Import from folder…")
        self.menu.addMenu(self._removal)
        self.own = EmbeddedVocoderController(session, window, self.menu)
        self._bind()
        self.refresh()

    def _bind(self) -> None:
        source = self._window.play.source
        source.vocoder_chosen.connect(self.choose)
        source.vocoder.opened.connect(self.refresh)
        source.more.setMenu(self.menu)
        self.menu.aboutToShow.connect(self.refresh)
        self._import.triggered.connect(self.ask_for_folder)
        self._computing.changed.connect(self.refresh)
        self._session.is_ready = self.is_ready
        self._session.model_changed.connect(self.refresh)
        self.own.notified.connect(self.notified)
        self.own.changed.connect(self.refresh)
        self._session.vocoder_missed.connect(self._on_missed)

    def use(self, downloads: DownloadsProtocol) -> None:
        """From now on vocoders can be fetched, imported and removed."""
        self._downloads = downloads
        self.fetching = DownloadController(downloads, self._window.play.source.download, self)
        self.fetching.notified.connect(self.notified)
        self.fetching.arrived.connect(self._on_arrived)
        downloads.removed.connect(self._on_removed)

    # What there is

    def refresh(self) -> None:
        """Looks at the disk again."""
        changed = self.own.look()
        listings = (*self.own.listings, *self._read())
        self._listings = {listing.info.id: listing for listing in listings}
        self._titles |= {listing.info.id: listing.info.title for listing in listings}
        speeds, compute = read_speeds(), self._computing.choice
        factors = {listing.info.id: speeds.of(listing, compute) for listing in listings}
        self._window.play.source.show_listings(listings, factors)
        self._fill_removal([listing for listing in listings if listing.folder == vocoder_folder() / listing.info.id])
        self._show_chosen()
        if changed:
            self._session.model_renewed.emit()

    def is_ready(self, request: RenderRequest) -> bool:
        """Whether its vocoder can be used now."""
        name = request.vocoder
        if name in (AUTO, OWN):
            return self.own.is_ready(request)
        return name in self._listings and self._listings[name].ready

    def title_of(self, name: str) -> str:
        """Also of one that was there before."""
        return self._titles.get(name, name)

    @property
    def rendering_words(self) -> str:
        """What is under way: with a slow vocoder its name tells why it takes so long."""
        request = self._session.request
        listing = None if request is None else self._listings.get(request.vocoder)
        if listing is None or listing.info.live:
            return RENDERING
        return f"Rendering with {listing.info.title}…"

    def _show_chosen(self) -> None:
        request = self._session.request
        source = self._window.play.source
        source.show_vocoder(AUTO if request is None else request.vocoder)
        for action, line in zip(self._facts, source.facts or ["", ""], strict=True):
            action.show_text(line)

    # What the hand may ask for

    def choose(self, name: str) -> None:
        """Switches to it where it is there; else offers to fetch it, or says why it cannot be used."""
        self._wanted = ""
        self.refresh()
        listing = self._listings.get(name)
        if listing is None:
            return
        if listing.ready:
            self._session.set_vocoder(name)
        elif self.fetching is not None and self.fetching.busy:
            self._while_another_comes(name)
        elif listing.download_bytes:
            self._offer(listing)
        else:
            self.notified.emit(Message("error", listing.reason))

    def _while_another_comes(self, name: str) -> None:
        assert self.fetching is not None
        if self.fetching.is_fetching(name):
            self._wanted = name
            words = f"{self.title_of(name)} is on its way and plays as soon as it is here."
        else:
            words = f"{self.fetching.title} is still being downloaded; let it finish or cancel it first."
        self.notified.emit(Message("info", words))

    def _offer(self, listing: VocoderEntry) -> None:
        dialog = LicenseAgreementDialog(
            offer_of(listing, read_speeds().of(listing, self._computing.choice)), self._window
        )
        dialog.accepted.connect(lambda: self._fetch(listing))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _fetch(self, listing: VocoderEntry) -> None:
        if self.fetching is not None:
            self._wanted = listing.info.id
            self.fetching.start(listing)

    def ask_for_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self._window, "Import a vocoder from its folder")
        if name:
            self.import_folder(Path(name))

    def import_folder(self, folder: Path) -> None:
        """A folder as its publisher made it: it is copied."""
        if self.fetching is None:
            return
        if self.fetching.busy:
            self._while_another_comes(folder.name)
        else:
            self.fetching.import_folder(folder)

    def ask_to_remove(self, listing: VocoderEntry) -> None:
        size, title = file_size(listing.info.size_bytes), listing.info.title
        again = "It can be downloaded again." if listing.download_bytes else "To have it again, import it again."
        dialog = ConfirmDialog(f"Remove {title}?", f"Frees {size}. {again}", "Remove", self._window)
        dialog.accepted.connect(lambda: self._remove(listing.info.id))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _remove(self, name: str) -> None:
        """What plays is let go of first."""
        request = self._session.request
        if request is not None and request.vocoder == name:
            self._session.set_vocoder(AUTO)
        if self._downloads is not None:
            self._downloads.remove(name)

    def _fill_removal(self, installed: Sequence[VocoderEntry]) -> None:
        """Only what Distill put there: a folder that others share is not emptied from here."""
        self._removal.clear()
        self._removal.setEnabled(bool(installed))
        for listing in installed:
            action = QAction(f"{listing.info.title}…", self._removal)
            action.triggered.connect(lambda _=False, listing=listing: self.ask_to_remove(listing))
            self._removal.addAction(action)

    # What becomes of it

    def _on_arrived(self, name: str) -> None:
        self.refresh()
        title = self.title_of(name)
        if self._wanted == name:
            self._wanted = ""
            self._session.set_vocoder(name)
            self.notified.emit(Message("done", f"{title} is installed and takes over."))
        else:
            self.notified.emit(Message("done", f"{title} is installed.", "Use it", lambda: self.choose(name)))

    def _on_removed(self, name: str) -> None:
        self.refresh()
        self.notified.emit(Message("done", f"{self.title_of(name)} was removed."))

    def _on_missed(self, name: str, kept: str) -> None:
        if name == OWN:
            self.notified.emit(self.own.missed(self.title_of(kept)))
            return
        known = self._listings.get(name)
        way = "; choose it in the list to get it again" if known is not None and known.download_bytes else ""
        words = f"{self.title_of(name)} is not on this computer{way}. {self.title_of(kept)} plays instead."
        self.notified.emit(Message("info", words))
