"""Expected errors. Each message is one sentence that a musician can act on."""


class DistillError(Exception):
    """Base class of the expected errors; `str(error)` is the sentence shown to the user."""


class AudioFileError(DistillError):
    """A sound file cannot be read or written."""


class CorpusError(DistillError):
    """A folder of recordings contains nothing to train on."""


class ModelFileError(DistillError):
    """A .distillgan file cannot be read or written."""


class VocoderError(DistillError):
    """A vocoder is unknown, not installed or cannot be used with this mel."""


class VocoderOutputError(VocoderError):
    """A vocoder returned values that are not finite."""


class SettingsError(DistillError):
    """A requested value is out of range or unknown."""


class AudioDeviceError(DistillError):
    """No sound device can be opened."""


class TrainingError(DistillError):
    """A training cannot continue."""


class ProjectError(DistillError):
    """A project cannot be read or written."""
