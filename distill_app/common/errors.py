"""The failures we expect: each message is one sentence that a musician can act on."""


class DistillError(Exception):
    """Base of every expected failure; `str(error)` is the sentence shown to the person."""


class AudioFileError(DistillError):
    """A sound file cannot be read or written."""


class CorpusError(DistillError):
    """A folder of recordings gives nothing to learn from."""


class ModelFileError(DistillError):
    """A .distillgan file cannot be read or written."""


class VocoderError(DistillError):
    """A vocoder is unknown, not installed or cannot be used with this mel."""


class VocoderOutputError(VocoderError):
    """A vocoder gave values that are no sound: not a number, or infinite."""


class SettingsError(DistillError):
    """A value asked for is out of its range or unknown."""


class AudioDeviceError(DistillError):
    """No sound device can be opened."""


class TrainingError(DistillError):
    """A training cannot go on."""


class ProjectError(DistillError):
    """A project cannot be read or written."""
