"""Device and runtime of the vocoders: the user's choice, and the devices that the worker found."""

from importlib.util import find_spec

from PySide6.QtCore import QObject, Signal

from distill_app.ui.common.protocols import RenderWorkerProtocol
from distill_app.ui.vocoders.preferences_page import ComputePreferences
from distill_app.vocoders.runtime.compute_config import ComputeConfig, DeviceName


class ComputeSettings(QObject):
    """Passes the choice to the worker, which alone knows torch and so the devices."""

    changed = Signal()
    """Emitted when the user changed the choice."""
    found = Signal(object)
    """Names of the devices of this computer."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.choice = ComputeConfig()
        self._devices: tuple[DeviceName, ...] | None = None
        self._worker: RenderWorkerProtocol | None = None

    def use(self, worker: RenderWorkerProtocol, choice: ComputeConfig) -> None:
        """Connects the worker and sets the choice."""
        self._worker, self.choice = worker, choice
        worker.devices_found.connect(self._on_found)
        worker.compute_with(choice)

    @property
    def devices(self) -> tuple[DeviceName, ...]:
        """Devices of this computer; none until the worker found them."""
        return self._devices or ()

    def page(self) -> ComputePreferences:
        """New page for the Preferences."""
        page = ComputePreferences(self.choice, onnx=all(map(find_spec, ("onnx", "onnxruntime"))))
        page.show_devices(self._devices)
        page.chosen.connect(self._on_chosen)
        self.found.connect(page.show_devices)
        return page

    def _on_chosen(self, choice: ComputeConfig) -> None:
        self.choice = choice
        if self._worker is not None:
            self._worker.compute_with(choice)
        self.changed.emit()

    def _on_found(self, devices: tuple[DeviceName, ...]) -> None:
        self._devices = devices
        self.found.emit(devices)
