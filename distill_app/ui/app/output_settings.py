"""Device, host API, latency and sample rate of the sound output."""

from dataclasses import replace
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from distill_app.audio.devices import LATENCIES, DeviceChoice, Latency, OutputDevice
from distill_app.audio.output import BUFFERING
from distill_app.ui.style.theme import CONTROL_HEIGHT, GRID
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import labelled, tight
from distill_app.ui.widgets.input_fields import ComboBox

_RATES_HZ = (44_100, 48_000, 88_200, 96_000, 192_000)


def latency_name(latency: Latency) -> str:
    """Name of a latency within a sentence."""
    return {"low": tr("low"), "normal": tr("normal"), "safe": tr("safe")}[latency]


def _latency_entry(latency: Latency) -> str:
    entries = {
        "low": tr("Low, answers soonest"),
        "normal": tr("Normal"),
        "safe": tr("Safe, for a busy computer"),
    }
    return f"{entries[latency]} · {1000 * BUFFERING[latency].ring_seconds:.0f} ms"


class OutputSettings(QWidget):
    """Combo boxes for the sound output; `chosen` is emitted for choices of the user only."""

    chosen = Signal(object)
    """The new `DeviceChoice`."""

    def __init__(self) -> None:
        super().__init__()
        self.device, self.host_api, self.latency, self.rate = ComboBox(), ComboBox(), ComboBox(), ComboBox()
        self._outputs: tuple[OutputDevice, ...] = ()
        self._choice = DeviceChoice()
        self._host_api: str | None = None
        """Host API whose devices are listed; None for all."""
        self._build()
        self._connect()

    def _build(self) -> None:
        self.setFixedHeight(2 * (16 + GRID // 2 + CONTROL_HEIGHT) + 2 * GRID)
        column = tight(QVBoxLayout(self), 2 * GRID)
        for left, right in (
            ((tr("Device"), self.device), (tr("Host API"), self.host_api)),
            ((tr("Latency"), self.latency), (tr("Sample rate"), self.rate)),
        ):
            row = tight(QHBoxLayout(), 2 * GRID)
            row.addLayout(labelled(*left), 3)
            row.addLayout(labelled(*right), 2)
            column.addLayout(row)
        for latency in LATENCIES:
            self.latency.addItem(_latency_entry(latency), latency)
        self.latency.setToolTip(tr("How far ahead of the device the sound is written"))
        self.rate.setToolTip(tr("Sounds have 44.1 kHz and are converted to any other rate"))
        self.host_api.setToolTip(tr("The system's audio interface whose devices are listed"))

    def _connect(self) -> None:
        self.device.chosen.connect(self._on_device)
        self.host_api.chosen.connect(self._on_host_api)
        self.latency.chosen.connect(lambda latency: self._choose(latency=cast(Latency, latency)))
        self.rate.chosen.connect(lambda rate: self._choose(sample_rate=rate))

    def _choose(self, **values: object) -> None:
        self._choice = replace(self._choice, **values)  # type: ignore[arg-type]
        self.chosen.emit(self._choice)

    def _on_device(self, device: object) -> None:
        """Chooses a device; None is the system's default."""
        if isinstance(device, OutputDevice):
            self._choose(name=device.name, host_api=device.host_api)
        elif device is None:
            self._choose(name=None, host_api=None)

    def _on_host_api(self, host_api: object) -> None:
        """Lists the devices of a host API; chooses the first where the chosen one is not among them."""
        self._host_api = host_api if isinstance(host_api, str) else None
        listed = self._listed()
        if self._host_api is not None and listed and not any(self._choice.matches(device) for device in listed):
            self._on_device(listed[0])
        self.show_outputs(self._outputs, self._choice)

    def _listed(self) -> list[OutputDevice]:
        return [device for device in self._outputs if self._host_api in (None, device.host_api)]

    def show_outputs(self, outputs: tuple[OutputDevice, ...], choice: DeviceChoice) -> None:
        """Shows the available devices and the choice, without emitting `chosen`."""
        self._outputs, self._choice = outputs, choice
        self._show_host_apis()
        self._show_devices()
        self._show_rates()
        self.latency.show_data(choice.latency)
        for widget in (self.device, self.host_api, self.rate):
            widget.setEnabled(bool(outputs))

    def _show_host_apis(self) -> None:
        matches = sorted({device.host_api for device in self._outputs})
        if self._host_api not in matches:
            self._host_api = None
        self.host_api.clear()
        self.host_api.addItem(tr("All"), None)
        for name in matches:
            self.host_api.addItem(name, name)
        self.host_api.show_data(self._host_api)

    def _show_devices(self) -> None:
        choice = self._choice
        self.device.clear()
        default = next((device.name for device in self._outputs if device.is_default), "")
        text = tr("System default ({device})").format(device=default) if default else tr("System default")
        self.device.addItem(text, None)
        for device in self._listed():
            self.device.addItem(device.name, device)
        if choice.name is None:
            return
        if not any(choice.matches(device) for device in self._outputs):
            self.device.addItem(tr("{device} (not connected)").format(device=choice.name), choice.name)
            self.device.show_data(choice.name)
        for device in self._listed():
            if choice.matches(device):
                self.device.show_data(device)

    def _show_rates(self) -> None:
        self.rate.clear()
        self.rate.addItem(tr("Automatic"), None)
        for rate_hz in _RATES_HZ:
            self.rate.addItem(f"{rate_hz / 1000:g} kHz", rate_hz)
        self.rate.show_data(self._choice.sample_rate)
