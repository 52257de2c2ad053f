"""Run by test_output: plays a second of noise once through the real player, and prints its status."""

import json
import sys
import time

import numpy as np

from distill_app.audio.format import PLAYBACK_RATE
from distill_app.audio.loop_source import LoopSource
from distill_app.audio.player import Player
from distill_app.dsp.sound import Samples, Sound


def noise(frames: int) -> Sound:
    """Stereo noise in which no frame is silent."""
    samples = np.random.default_rng(0).uniform(0.1, 0.9, (2, frames)).astype(np.float32)
    return Sound(samples, PLAYBACK_RATE)


def expected(frames: int) -> Samples:
    """Samples that the player should send, from the first frame that is not silent."""
    source = LoopSource(PLAYBACK_RATE, looping=False)
    source.set_loop(noise(frames))
    source.play()
    block = source.next_block(frames)
    return block[block.any(axis=1)]


def main(frames: int) -> None:
    player = Player()
    player.looping = False
    player.live.set_loop(noise(frames))
    player.open()
    time.sleep(0.5)  # a sound server may drop what comes while the stream is being set up
    player.play()
    begun = time.monotonic()
    while player.playing:
        time.sleep(0.005)
    took = time.monotonic() - begun
    status = player.status
    player.close()
    shown = {"device": status.device, "rate": status.sample_rate, "callback": status.callback}
    print(json.dumps(shown | {"underflows": status.underflows, "latency": status.latency_seconds, "took": took}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
