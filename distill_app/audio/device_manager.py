"""Keeps a sound device open: the chosen one if it is available, else the system's default.

A thread checks the device a few times a second, so that neither the window nor the output thread waits for it.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from distill_app.audio.devices import DeviceChoice, OutputDevice
from distill_app.audio.output import Output
from distill_app.audio.output_thread import Mixer, OutputThread
from distill_app.common.errors import AudioDeviceError

OpenDevice = Callable[[DeviceChoice], Output]
ScanOutputs = Callable[[], tuple[OutputDevice, ...]]
_WATCH_SECONDS = 0.25
_RESCAN_SECONDS = 3.0  # between scans for an unavailable device
_STALLED_SECONDS = 3.0  # a device that has read nothing for so long is dead, even if it reports to be active

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class OpenStream:
    """An open device and the thread that writes to it."""

    output: Output
    thread: OutputThread
    fallen_back: bool

    @property
    def running(self) -> bool:
        return self.output.alive and self.thread.is_alive()


class DeviceManager:
    """Opens, watches and replaces the output device. `open` and `choose` may be called from any thread.

    Args:
        mixer: makes the blocks to be played.
        open_device: opens a device while no other is open. Raises AudioDeviceError.
        scan_outputs: lists the present devices, also while one is open. Raises AudioDeviceError.
    """

    def __init__(self, mixer: Mixer, open_device: OpenDevice, scan_outputs: ScanOutputs) -> None:
        self._mixer, self._open_device, self._scan_outputs = mixer, open_device, scan_outputs
        self.choice = DeviceChoice()
        self.notice = ""
        """Sentence about the last change of device, "" where there was none."""
        self.outputs: tuple[OutputDevice, ...] = ()
        """Devices found by the last scan."""
        self.stream: OpenStream | None = None
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._closing = self._rescan_requested = False
        self._thread: threading.Thread | None = None
        self._next_scan = 0.0
        self._stall_detector = _StallDetector()

    @property
    def running(self) -> bool:
        """Whether a device is open, alive and being written to."""
        stream = self.stream
        return stream is not None and stream.running

    def open(self) -> None:
        """Opens a device unless one is running. Raises AudioDeviceError."""
        with self._lock:
            if not self.running:
                self._start_watching()
                self._reopen()

    def choose(self, choice: DeviceChoice) -> None:
        """Changes to another device or other settings of it. Returns at once."""
        self.choice = choice
        self._wake.set()

    def rescan(self) -> None:
        """Updates `outputs` soon. Returns at once."""
        self._rescan_requested = True
        self._start_watching()
        self._wake.set()

    def close(self) -> None:
        """Fades out, closes the device and ends the threads."""
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        with self._lock:
            self._close_stream()
        self._thread, self._closing = None, False

    def _start_watching(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="distill-devices", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        opened = self.choice
        while not self._closing:
            self._wake.wait(_WATCH_SECONDS)
            self._wake.clear()
            if not self._closing:
                opened = self._check_device(opened)

    def _check_device(self, opened: DeviceChoice) -> DeviceChoice:
        """Reopens the device where it has to be; takes and returns the choice opened last."""
        choice, stream = self.choice, self.stream
        if self._rescan_requested:
            self._rescan_requested = False
            self._refresh()
        if choice != opened and stream is not None:
            self._reopen_and_notify(stream, "")
        elif stream is not None and (not stream.running or self._stall_detector.is_stalled(stream)):
            self._reopen_and_notify(stream, "The sound device changed")
        elif time.monotonic() >= self._next_scan and self._may_be_back(stream):
            self._reopen_and_notify(stream, "")
        return choice

    def _may_be_back(self, stream: OpenStream | None) -> bool:
        """Whether a missing device might be available again."""
        self._next_scan = time.monotonic() + _RESCAN_SECONDS
        if stream is None:
            return True
        if not stream.fallen_back:
            return False
        self._refresh()
        return any(self.choice.matches(device) for device in self.outputs)

    def _refresh(self) -> None:
        try:
            self.outputs = self._scan_outputs()
        except AudioDeviceError as error:
            _log.warning("%s", error)

    def _reopen_and_notify(self, before: OpenStream | None, reason: str) -> None:
        """Opens the chosen or the default device and sets `notice`, unless another thread has reopened it already."""
        with self._lock:
            if self.stream is not before:
                return
            try:
                self._reopen()
            except AudioDeviceError as error:
                if before is not None:
                    self.notice = "The sound device is gone; the sound continues as soon as there is one."
                _log.info("%s", error)
                return
            self.notice = self._change_notice(before, reason)

    def _reopen(self) -> None:
        """Closes the device and opens the chosen one, or the default one. Raises AudioDeviceError."""
        self._close_stream()
        self._next_scan = time.monotonic() + _RESCAN_SECONDS
        try:
            output, fallen_back = self._open_device(self.choice), False
        except AudioDeviceError:
            if self.choice.name is None:
                raise
            output, fallen_back = self._open_device(self.choice.default), True
        thread = OutputThread(output, self._mixer)
        thread.start()  # before `stream` is set, or the watching thread would take it for a dead one
        self._stall_detector = _StallDetector()
        self.stream = OpenStream(output, thread, fallen_back)
        if fallen_back:
            self.notice = self._change_notice(None, "")

    def _change_notice(self, before: OpenStream | None, reason: str) -> str:
        stream = self.stream
        assert stream is not None
        if stream.fallen_back:
            return f"“{self.choice.name}” is unavailable; playing through “{stream.output.device}” until it returns."
        if before is not None and before.fallen_back:
            return f"“{stream.output.device}” is back; playing through it again."
        if before is None:
            return f"Playing through “{stream.output.device}”."
        return f"{reason}; playing through “{stream.output.device}”." if reason else self.notice

    def _close_stream(self) -> None:
        if self.stream is not None:
            self.stream.thread.finish()
            self.stream.output.close()
            self.stream = None


class _StallDetector:
    """Detects a device that stopped reading; after the computer slept, some report to be active but are not."""

    def __init__(self) -> None:
        self._taken, self._since = -1.0, time.monotonic()

    def is_stalled(self, stream: OpenStream) -> bool:
        taken, now = stream.thread.taken_seconds(), time.monotonic()
        if taken != self._taken:
            self._taken, self._since = taken, now
        return now - self._since > _STALLED_SECONDS
