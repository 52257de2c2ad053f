"""Fake training program: `fake_training_cli.py SCENARIO run-training` reports like a training and trains nothing.

It obeys the commands of a training and writes its files. It imports nothing large, because each test starts it.
"""

import array
import json
import math
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PACE_SECONDS = 0.015
MINUTES = 5.0
FRAMES = 32
FIRST_ERROR_DB = 5.0
STARTER = Path(__file__).parents[3] / "resources" / "starter.distillgan"


class FakeTraining:
    """One run of the program."""

    def __init__(self, scenario: str) -> None:
        self.scenario = scenario
        self.spec: dict[str, Any] = json.loads(sys.stdin.readline())["training"]
        self.out = Path("/", self.spec["out"])
        self.folder = self.out.with_suffix(".training")
        self.commands: list[str] = []
        self.seconds = 0.0
        self.demo: str | None = None
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self.commands.append(json.loads(line)["command"])
        self.commands.append("leave")

    def report(self, **values: Any) -> None:
        base = {"stage": "train", "message": "Training", "fraction": 0.0}
        print(json.dumps(base | values), file=sys.stderr, flush=True)

    def write_checkpoint(self, saved: bool = False) -> None:
        self.folder.mkdir(exist_ok=True)
        curve = [(second, error(second)) for second in range(0, int(self.seconds) + 1, 5)]
        values = {"seconds": self.seconds, "curve": curve, "saved": saved}
        write_tensors(self.folder / "checkpoint.safetensors", {}, {"distill": json.dumps(values)})

    def write_demo(self) -> None:
        self.folder.mkdir(exist_ok=True)
        path = self.folder / f"demo-{round(self.seconds):05}.wav"
        write_tensors(path.with_suffix(".safetensors"), mels(self.seconds), {})
        path.write_bytes(b"")
        (self.folder / "original.wav").write_bytes(b"")
        self.demo = str(path)

    def scan(self) -> None:
        skipped = [["a.txt", "“a.txt” is no sound file."], ["b.wav", "“b.wav” is shorter than 10 ms."]]
        for number in range(5):
            reported = skipped if number == 3 else []
            self.report(stage="scan", message=f"Reading “drum {number}.wav”", fraction=number / 5, skipped=reported)
            time.sleep(PACE_SECONDS)

    def train(self) -> Iterator[float]:
        """Yields the seconds of training, 2.5 more at each step."""
        whole = 60 * float(self.spec["minutes"])
        self.report(message="Learning begins", device="cpu", threads=1, memory_bytes=905_000_000)
        if self.scenario == "first":
            self.write_first_model()
        if self.spec["resume"] and (self.folder / "checkpoint.safetensors").is_file():
            self.seconds = 100.0
        while self.seconds < whole:
            self.seconds += 2.5
            if self.seconds % 50 == 0 or self.seconds == 10:
                self.write_demo()
            yield self.seconds
            self.report(**self.figures(whole))
            time.sleep(PACE_SECONDS)

    def write_first_model(self) -> None:
        shutil.copyfile(STARTER, self.out)
        self.report(files=20, sound_seconds=75.0, first_error_db=FIRST_ERROR_DB)
        self.report(first_model=str(self.out), grain_seconds=74.0, first_error_db=FIRST_ERROR_DB, seconds=2.0)

    def figures(self, whole: float) -> dict[str, Any]:
        seconds = self.seconds
        validated = seconds - seconds % 5
        return {
            "message": f"Learning: epoch {int(seconds // 6)}, error {error(validated):.1f} dB on sounds held out",
            "fraction": seconds / whole,
            "epoch": int(seconds // 6),
            "step": int(9 * seconds),
            "seconds": seconds,
            "remaining_seconds": whole - seconds,
            "loss": 4200 + 9000 * math.exp(-seconds / 20) + 150 * math.sin(seconds),
            "error_db": error(validated),
            "best_error_db": min(error(second) for second in range(0, int(validated) + 1, 5)),
            "plateau": self.scenario == "plateau" and seconds > 60,
            "trouble": TROUBLE if self.scenario == "trouble" and seconds > 60 else "",
            "demo": self.demo,
        } | ({"first_error_db": FIRST_ERROR_DB} if self.scenario == "first" else {})

    def obey(self, pausing: bool) -> str:
        """Newest command that ends the training, after a pause if one was requested."""
        if pausing:
            self.write_checkpoint()
            self.report(**self.figures(300.0) | {"paused": True, "message": "Pausing"})
        while pausing and not {"continue", "stop", "leave"} & set(self.commands):
            time.sleep(PACE_SECONDS)
        self.commands = [command for command in self.commands if command in ("stop", "leave")]
        return self.commands[-1] if self.commands else ""

    def run(self) -> int:
        if self.scenario == "failed":
            return answer(1, error="The disk is full; free some space or choose another place.")
        if self.scenario == "others":
            return answer(1, error="The recordings are others; put them back, or start anew without --resume.")
        if self.scenario == "stuck":
            time.sleep(60)
        self.scan()
        ended = ""
        for seconds in self.train():
            if self.scenario == "died" and seconds > 100:
                self.write_checkpoint()
                return 3
            while self.scenario in ("hold", "held analysis", "first") and seconds > 100 and not self.commands:
                time.sleep(PACE_SECONDS)
            if self.scenario == "flood":
                for _ in range(500):
                    self.report(**self.figures(300.0))
            ended = self.obey("pause" in self.commands)
            if ended:
                break
        if ended == "leave":
            self.write_checkpoint()
            return answer(1, error="The training is suspended.")
        return self.finish(stopped=ended == "stop")

    def finish(self, stopped: bool) -> int:
        if stopped:
            self.write_checkpoint()
        for number in range(1, 6):
            message = f"Analysing: slider {number} of 5"
            self.report(stage="analyse", message=message, fraction=number / 5, demo=self.demo)
            time.sleep(4 * PACE_SECONDS)
            while self.scenario == "held analysis" and not (self.folder / "go").exists():
                time.sleep(PACE_SECONDS)
            while self.scenario == "analysing" and "leave" not in self.commands:
                time.sleep(PACE_SECONDS)
            if "leave" in self.commands:
                self.write_checkpoint()
                return answer(1, error="The training is suspended.")
        self.report(stage="save", message=f"Saving “{self.out.name}”", fraction=1.0)
        shutil.copyfile(STARTER, self.out)
        if stopped:
            self.write_checkpoint(saved=True)
        return answer(0, stopped=stopped, file=str(self.out), verdict="8.1 % nearer than built-in", preferred=True)


TROUBLE = "There is no room on the disk for “checkpoint.safetensors”; free some space or choose another place."


def error(seconds: float) -> float:
    """Validation error in dB."""
    return 4.3 + 14 * math.exp(-seconds / 25) + 0.12 * math.sin(seconds) * math.exp(-seconds / 200)


def mels(seconds: float) -> dict[str, list[float]]:
    """Log-mels of a falling tone with partials, and of a softer one that approaches it: 128 bands, FRAMES frames."""
    blur = math.exp(-seconds / 60)
    places = [(band, 128 / FRAMES * frame) for band in range(128) for frame in range(FRAMES)]
    original = [tone(band, frame) for band, frame in places]
    return {"original": original, "rebuilt": [(1 - blur) * level + blur * (level / 2 - 4) for level in original]}


def tone(band: int, frame: float) -> float:
    partials = [-((band - 10 * partial + frame / 12) ** 2) / 3 - partial / 3 for partial in range(1, 9)]
    return max(-9.0, max(partials) - frame / 40)


def write_tensors(path: Path, tensors: dict[str, list[float]], metadata: dict[str, str]) -> None:
    """Write a safetensors file of `[128, FRAMES]` floats."""
    size = 4 * 128 * FRAMES
    header: dict[str, Any] = {"__metadata__": metadata}
    for place, name in enumerate(tensors):
        offsets = [place * size, (place + 1) * size]
        header[name] = {"dtype": "F32", "shape": [128, FRAMES], "data_offsets": offsets}
    text = json.dumps(header).encode()
    body = b"".join(array.array("f", values).tobytes() for values in tensors.values())
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)


def answer(status: int, **values: Any) -> int:
    print(json.dumps(values))
    return status


if __name__ == "__main__":
    sys.exit(FakeTraining(sys.argv[1]).run())
