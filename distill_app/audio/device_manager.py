"""Keeps a sound device open: the chosen one where it is there, the system's default one where it is not.

Devices come and go; a thread looks after the open one, a few times a second, so that neither the window nor the feeder
waits for a device.
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
Look = Callable[[], tuple[OutputDevice, ...]]
_WATCH_SECONDS = 0.25
_LOOK_SECONDS = 3.0  # between looks for a device that is away
_STALLED_SECONDS = 3.0  # a device that has taken nothing for so long is dead, whatever it says

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class OpenStream:
    """An open device and the thread that feeds it."""

    output: Output
    feeder: OutputThread
    fallen_back: bool

    @property
    def fed(self) -> bool:
        return self.output.alive and self.feeder.is_alive()


class DeviceManager:
    """`open` and `choose` may be called from any thread; `line` is what plays now.

    Args:
        mix: what is to be heard.
        open_device: opens a device while no other is open. Raises AudioDeviceError.
        look: lists what can play now, while one is open. Raises AudioDeviceError.
    """

    def __init__(self, mix: Mixer, open_device: OpenDevice, look: Look) -> None:
        self._mix, self._open_device, self._look = mix, open_device, look
        self.choice = DeviceChoice()
        self.notice = ""
        """A sentence about the last change of device."""
        self.outputs: tuple[OutputDevice, ...] = ()
        """What could play when it was last looked for."""
        self.line: OpenStream | None = None
        self._lock = threading.RLock()
        self._woken = threading.Event()
        self._closing = self._asked_to_look = False
        self._thread: threading.Thread | None = None
        self._next_look = 0.0
        self._progress = _Progress()

    @property
    def fed(self) -> bool:
        """Whether a device is open, there, and kept fed."""
        line = self.line
        return line is not None and line.fed

    def open(self) -> None:
        """Opens a device where none is open, or where the one there was is gone. Raises AudioDeviceError."""
        with self._lock:
            if not self.fed:
                self._watch()
                self._reopen()

    def choose(self, choice: DeviceChoice) -> None:
        """From now on another device, or the same in another way. Returns at once."""
        self.choice = choice
        self._woken.set()

    def rescan(self) -> None:
        """Looks for devices soon."""
        self._asked_to_look = True
        self._watch()
        self._woken.set()

    def close(self) -> None:
        """Fades out, closes the device and ends the thread."""
        self._closing = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
        with self._lock:
            self._shut()
        self._thread, self._closing = None, False

    # How it is done

    def _watch(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="distill-devices", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        done = self.choice
        while not self._closing:
            self._woken.wait(_WATCH_SECONDS)
            self._woken.clear()
            if not self._closing:
                done = self._look_after(done)

    def _look_after(self, done: DeviceChoice) -> DeviceChoice:
        """One look; `done` is the choice that was opened last, and so is the answer."""
        choice, line = self.choice, self.line
        if self._asked_to_look:
            self._asked_to_look = False
            self._refresh()
        if choice != done and line is not None:
            self._try_again(line, "")
        elif line is not None and (not line.fed or self._progress.stalled(line)):
            self._try_again(line, "The sound device changed")
        elif time.monotonic() >= self._next_look and self._is_back(line):
            self._try_again(line, "")
        return choice

    def _is_back(self, line: OpenStream | None) -> bool:
        """Whether what is missing might be there again."""
        self._next_look = time.monotonic() + _LOOK_SECONDS
        if line is None:
            return True
        if not line.fallen_back:
            return False
        self._refresh()
        return any(self.choice.names(device) for device in self.outputs)

    def _refresh(self) -> None:
        try:
            self.outputs = self._look()
        except AudioDeviceError as error:
            _log.warning("%s", error)

    def _try_again(self, before: OpenStream | None, reason: str) -> None:
        """Opens what can be opened, unless the window has done so meanwhile; the notice tells what came of it."""
        with self._lock:
            if self.line is not before:
                return
            try:
                self._reopen()
            except AudioDeviceError as error:
                if before is not None:
                    self.notice = "The sound device is gone; the sound goes on as soon as there is one."
                _log.info("%s", error)
                return
            self.notice = self._words(before, reason)

    def _reopen(self) -> None:
        """Raises AudioDeviceError."""
        self._shut()
        self._next_look = time.monotonic() + _LOOK_SECONDS
        try:
            output, fallen_back = self._open_device(self.choice), False
        except AudioDeviceError:
            if self.choice.name is None:
                raise
            output, fallen_back = self._open_device(self.choice.default), True
        feeder = OutputThread(output, self._mix)
        self.line = OpenStream(output, feeder, fallen_back)
        self._progress = _Progress()
        feeder.start()
        if fallen_back:
            self.notice = self._words(None, "")

    def _words(self, before: OpenStream | None, reason: str) -> str:
        line = self.line
        assert line is not None
        if line.fallen_back:
            return f"“{self.choice.name}” is away; playing through “{line.output.device}” until it returns."
        if before is not None and before.fallen_back:
            return f"“{line.output.device}” is back; playing through it again."
        if before is None:
            return f"Playing through “{line.output.device}”."
        return f"{reason}; playing through “{line.output.device}”." if reason else self.notice

    def _shut(self) -> None:
        if self.line is not None:
            self.line.feeder.finish()
            self.line.output.close()
            self.line = None


class _Progress:
    """Whether a device takes what it is given: after a computer has slept some say they are alive and are not."""

    def __init__(self) -> None:
        self._taken, self._since = -1.0, time.monotonic()

    def stalled(self, line: OpenStream) -> bool:
        taken, now = line.feeder.taken_seconds(), time.monotonic()
        if taken != self._taken:
            self._taken, self._since = taken, now
        return now - self._since > _STALLED_SECONDS
