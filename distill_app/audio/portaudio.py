"""Which devices there are, and the way to open one. The only file that imports sounddevice and rtmixer.

PortAudio knows the devices there were when it started, and starts anew only while no stream is open. Whoever wants to
know what has changed while one plays asks a process of its own.
"""

import multiprocessing
import sys
from multiprocessing.connection import Connection
from typing import Any

from distill_app.audio.devices import DeviceChoice, OutputDevice
from distill_app.audio.format import CHANNELS, PLAYBACK_RATE
from distill_app.audio.output import BUFFERING, MixerOutput, Output, PythonOutput, StreamPlan
from distill_app.common.errors import AudioDeviceError

_LOOK_SECONDS_MAX = 10.0


def open_output(choice: DeviceChoice) -> Output:
    """The chosen device as it is now, at the chosen rate or that of the sounds where it can, else at its own.

    No other stream may be open. Raises AudioDeviceError where PortAudio is missing or the device cannot be opened.
    """
    sd = _sounddevice()
    sd._terminate()
    sd._initialize()
    plan = _plan(sd, choice)
    try:
        return _open(sd, plan)
    except sd.PortAudioError as error:
        raise AudioDeviceError(
            f"The sound output “{plan.device}” cannot be opened ({_reason(error)}); "
            "choose another one in the Preferences or close the program that uses it."
        ) from error


def list_outputs() -> tuple[OutputDevice, ...]:
    """What can play, the default one first, as it was when PortAudio started. Raises AudioDeviceError."""
    sd = _sounddevice()
    return tuple(device for _, device in _outputs(sd))


def look_for_outputs() -> tuple[OutputDevice, ...]:
    """What can play now; takes about half a second. Raises AudioDeviceError."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sending,), daemon=True)
    process.start()
    sending.close()
    try:
        found = receiving.recv() if receiving.poll(_LOOK_SECONDS_MAX) else ()
    except EOFError as error:
        raise AudioDeviceError("The sound devices of this computer cannot be listed.") from error
    finally:
        process.kill()
        process.join()
    return tuple(found)


def _answer(sending: Connection) -> None:
    """The other process's work."""
    sending.send(list_outputs())


def _outputs(sd: Any) -> list[tuple[int, OutputDevice]]:
    """With PortAudio's numbers."""
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
    index, device = _found(sd, choice)
    channels = min(CHANNELS, device.channels)
    rate = _rate(sd, index, device, choice.sample_rate or PLAYBACK_RATE, channels)
    return StreamPlan(index, device.name, device.host_api, rate, channels, BUFFERING[choice.latency])


def _found(sd: Any, choice: DeviceChoice) -> tuple[int, OutputDevice]:
    for index, device in _outputs(sd):
        if choice.names(device):
            return index, device
    if choice.name is not None:
        raise AudioDeviceError(f"The sound output “{choice.name}” was not found; connect it or choose another one.")
    raise AudioDeviceError("No sound output was found; connect or switch on a sound device, then press Play again.")


def _rate(sd: Any, index: int, device: OutputDevice, wanted: int, channels: int) -> int:
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
