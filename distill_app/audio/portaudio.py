"""Lists and opens output devices. The only file that imports sounddevice and rtmixer.

PortAudio lists devices when it is initialized, and can be initialized again only while no stream is open. While one is
open, another process lists the present devices.
"""

import multiprocessing
import sys
import threading
from multiprocessing.connection import Connection
from typing import Any

from distill_app.audio.devices import DeviceChoice, OutputDevice
from distill_app.audio.format import CHANNELS, PLAYBACK_RATE
from distill_app.audio.output import BUFFERING, MixerOutput, Output, PythonOutput, StreamPlan
from distill_app.common.errors import AudioDeviceError

_SCAN_SECONDS_MAX = 10.0
_initializing = threading.Lock()
"""Held from the initialization until the device is open: PortAudio is the same for the whole process."""


def open_output(choice: DeviceChoice) -> Output:
    """Opens the chosen device at the chosen rate or the playback rate if it supports it, else at its default rate.

    No other stream may be open. Raises AudioDeviceError where PortAudio is missing or the device cannot be opened.
    """
    sd = _sounddevice()
    with _initializing:
        plan = _plan(sd, choice)
        try:
            return _open(sd, plan)
        except sd.PortAudioError as error:
            raise AudioDeviceError(
                f"The sound output “{plan.device}” cannot be opened ({_reason(error)}); "
                "choose another one in the Preferences or close the program that uses it."
            ) from error


def list_outputs() -> tuple[OutputDevice, ...]:
    """Devices present when PortAudio was initialized, the default one first. Raises AudioDeviceError."""
    sd = _sounddevice()
    return tuple(device for _, device in _outputs(sd))


def scan_outputs() -> tuple[OutputDevice, ...]:
    """Devices present now, listed by another process in about half a second. Raises AudioDeviceError."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_send_outputs, args=(sending,), daemon=True)
    process.start()
    sending.close()
    try:
        found = receiving.recv() if receiving.poll(_SCAN_SECONDS_MAX) else ()
    except EOFError as error:
        raise AudioDeviceError("The sound devices of this computer cannot be listed.") from error
    finally:
        process.kill()
        process.join()
    return tuple(found)


def _send_outputs(sending: Connection) -> None:
    """Lists the outputs; runs in the other process."""
    sending.send(list_outputs())


def _outputs(sd: Any) -> list[tuple[int, OutputDevice]]:
    """Output devices with PortAudio's numbers, the default one first."""
    default, hosts = sd.default.device[1], sd.query_hostapis()
    found = [
        (index, OutputDevice(d["name"], hosts[d["hostapi"]]["name"], d["max_output_channels"], int(rate), is_default))
        for index, d in enumerate(sd.query_devices())
        if d["max_output_channels"] > 0
        for rate, is_default in [(d["default_samplerate"], index == default)]
    ]
    return sorted(found, key=lambda item: not item[1].is_default)


def _sounddevice() -> Any:
    try:
        import sounddevice
    except (OSError, ImportError) as error:
        cure = "install libportaudio2" if sys.platform.startswith("linux") else "install Distill anew"
        raise AudioDeviceError(
            f"Sound cannot be played because PortAudio is missing; {cure}, then start Distill again."
        ) from error
    return sounddevice


def _plan(sd: Any, choice: DeviceChoice) -> StreamPlan:
    """Stream for the chosen device, as the devices are now. Raises AudioDeviceError."""
    try:
        sd._terminate()
        sd._initialize()
        index, device = _find_device(sd, choice)
    except sd.PortAudioError as error:
        raise AudioDeviceError(f"The sound devices of this computer cannot be listed ({_reason(error)}).") from error
    channels = min(CHANNELS, device.channels)
    rate = _usable_rate(sd, index, device, choice.sample_rate or PLAYBACK_RATE, channels)
    return StreamPlan(index, device.name, device.host_api, rate, channels, BUFFERING[choice.latency])


def _find_device(sd: Any, choice: DeviceChoice) -> tuple[int, OutputDevice]:
    for index, device in _outputs(sd):
        if choice.matches(device):
            return index, device
    if choice.name is not None:
        raise AudioDeviceError(f"The sound output “{choice.name}” was not found; connect it or choose another one.")
    raise AudioDeviceError("No sound output was found; connect or switch on a sound device, then press Play again.")


def _usable_rate(sd: Any, index: int, device: OutputDevice, wanted: int, channels: int) -> int:
    try:
        sd.check_output_settings(device=index, channels=channels, dtype="float32", samplerate=wanted)
    except sd.PortAudioError:
        return device.sample_rate
    return wanted


def _reason(error: Exception) -> str:
    return str(error.args[0]).removeprefix("Error opening OutputStream: ").removeprefix("Error opening _StreamBase: ")


def _open(sd: Any, plan: StreamPlan) -> Output:
    try:
        import rtmixer
    except (OSError, ImportError):
        return PythonOutput(sd, plan)
    return MixerOutput(rtmixer, plan)
