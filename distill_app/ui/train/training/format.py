"""A training as a musician reads about it: how it stands, how long it takes, what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from distill_app.common.units import file_size
from distill_app.models.header import ModelHeader
from distill_app.training.run.spec import EmbeddedVocoderSpec, ModelSpec
from distill_app.training.run.status import TrainingStatus
from distill_app.ui.style.format import MINUS, decibels
from distill_app.ui.train.training.history import TrainingHistory

_BETWEEN = " · "
DEVICES: Mapping[str, str] = {"cpu": "Processor", "cuda": "Graphics card", "mps": "Apple graphics"}

PLATEAU = "Little is still being learned. Stop and keep it?"


def clock_of(seconds: float) -> str:
    """`0:07`, `12:30`, `1:02:05`: whole seconds, cut."""
    whole = max(0, int(seconds + 1e-6))
    minutes, rest = divmod(whole, 60)
    return f"{minutes}:{rest:02d}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def time_left(line: TrainingStatus | None) -> str:
    """`3:12 left`; the share where only that is known."""
    if line is None or line.stage in ("", "save"):
        return ""
    if line.remaining_seconds is not None and line.stage == "train":
        return f"{clock_of(line.remaining_seconds + 0.5)} left"
    return f"{round(100 * line.fraction)} %"


def loss_in_words(loss: float | None) -> str:
    """`loss 5,210`, digits as far as they say something."""
    if loss is None:
        return ""
    size = f"{loss:,.0f}" if abs(loss) >= 100 else f"{loss:.3g}"
    return f"loss {size.replace('-', MINUS)}"


def read_out(seconds: float, error_db: float | None, loss: float | None) -> str:
    error = "" if error_db is None else f"error {decibels2(error_db)}"
    return _BETWEEN.join(filter(None, (clock_of(seconds), error, loss_in_words(loss))))


def decibels2(value: float) -> str:
    """`4.81 dB`: errors differ in the second place."""
    return f"{value:.2f} dB".replace("-", MINUS)


def machine_facts(setup: TrainingStatus | None) -> list[str]:
    """`Processor · 1 core · 0.9 GB`; nothing before it is told."""
    if setup is None or setup.device is None:
        return []
    cores = [cores_in_words(setup.threads)] if setup.threads else []
    memory = [f"about {file_size(setup.memory_bytes)} of memory"] if setup.memory_bytes else []
    return [DEVICES.get(setup.device, setup.device), *cores, *memory]


def cores_in_words(count: int) -> str:
    return f"{count} core" if count == 1 else f"{count} cores"


def learned_facts(history: TrainingHistory) -> list[str]:
    """Where the learning stands: `3:12 learned · epoch 12 · error 4.81 dB, best 4.79 dB · loss 5,210`."""
    line = history.line
    if not history.seconds:
        return []
    epoch = [f"epoch {line.epoch}"] if line is not None and line.epoch else []
    loss = [loss_in_words(line.loss)] if line is not None and line.loss is not None else []
    return [f"{clock_of(history.seconds)} learned", *epoch, *_errors(history), *loss]


def _errors(history: TrainingHistory) -> list[str]:
    if history.best is None:
        return []
    return [f"error {decibels2(history.errors.points[-1][1])}", f"best {decibels2(history.best[1])}"]


def subject_of(spec: ModelSpec | EmbeddedVocoderSpec | None) -> str:
    """What is trained, in the title: `“Forest”`, `A vocoder for “Forest”`."""
    if spec is None:
        return ""
    name = f"“{spec.out.stem}”"
    return name if isinstance(spec, ModelSpec) else f"A vocoder for {name}"


def skipped_in_words(skipped: Mapping[str, str]) -> str:
    """`2 files skipped`, "" for none."""
    if not skipped:
        return ""
    return "1 file skipped" if len(skipped) == 1 else f"{len(skipped)} files skipped"


def skipped_in_full(skipped: Mapping[str, str]) -> str:
    return "\n".join(reason or name for name, reason in skipped.items())


def result_facts(header: ModelHeader) -> list[str]:
    """What a trained model is worth, as far as its file says: `held-out error 4.81 dB · 20 recordings, 1:15 min`."""
    error = _number(header.training, "held_out_error_db")
    learned = recordings_in_words(len(header.corpus), sum(file.seconds for file in header.corpus))
    return [*([f"held-out error {decibels2(error)}"] if error is not None else []), learned]


def novelty_in_words(header: ModelHeader) -> str:
    """How new its random sounds are, "" where its file does not say."""
    found = header.training.get("novelty")
    values = found if isinstance(found, Mapping) else {}
    near, apart = _number(values, "random_db"), _number(values, "another_db", "elsewhere_db")
    if near is None:
        return ""
    beside = "" if apart is None else f"; recordings {decibels(apart)} from each other"
    return f"Random sounds lie {decibels(near)} from the nearest recorded one{beside}."


def recordings_in_words(count: int, seconds: float) -> str:
    """`20 recordings, 1:15 min`."""
    what = "1 recording" if count == 1 else f"{count} recordings"
    return f"{what}, {clock_of(seconds)} min"


def _number(values: Mapping[str, Any], *names: str) -> float | None:
    found = (values.get(name) for name in names)
    return next((float(value) for value in found if isinstance(value, int | float)), None)


def sliders_in_words(names: Sequence[str]) -> str:
    """`6 sliders: Brightness, Attack, …`."""
    count = "1 slider" if len(names) == 1 else f"{len(names)} sliders"
    return f"{count}: {', '.join(names)}"


def verdict_in_words(report: Mapping[str, Any]) -> str:
    """How a model's own vocoder compares with the built-in one, and what Auto does; "" where nobody said."""
    verdict = str(report.get("verdict", ""))
    if not verdict:
        return ""
    plays = "Auto plays it" if report.get("preferred") else "Auto goes on with the built-in one"
    return f"{verdict[:1].upper()}{verdict[1:]}; {plays}."
