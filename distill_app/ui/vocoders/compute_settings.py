"""Where and with what vocoders compute: the person's choice, and what the worker found on this computer."""

from importlib.util import find_spec

from PySide6.QtCore import QObject, Signal

from distill_app.ui.common.protocols import RenderWorkerProtocol
from distill_app.ui.vocoders.preferences_page import ComputePreferences
from distill_app.vocoders.runtime.compute_config import ComputeConfig, DeviceName


class ComputeSettings(QObject):
    """Takes a choice to the worker at once. Which devices there are only torch knows, and torch is the worker's."""

    changed = Signal()
    """The person chose otherwise."""
    found = Signal(object)
    """The names of the devices of this computer."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.choice = ComputeConfig()
        self._devices: tuple[DeviceName, ...] | None = None
        self._worker: RenderWorkerProtocol | None = None

    def use(self, worker: RenderWorkerProtocol, choice: ComputeConfig) -> None:
        """From now on `worker` computes as chosen."""
        self._worker, self.choice = worker, choice
        worker.devices_found.connect(self._on_found)
        worker.compute_with(choice)

    @property
    def devices(self) -> tuple[DeviceName, ...]:
        """Of this computer, as far as they are known."""
        return self._devices or ()

    def page(self) -> ComputePreferences:
        """For the Preferences."""
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
