"""Recordings of the starter models: which files, how tuned, how long, how loud."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tools.starter_voices import SUNG, WHISPERED, Choir, Voice

PITCHES_HZ = {
    "ambi_choir": 106.8,
    "ambi_drone": 132.4,
    "ambi_glass_hum": 110.2,
    "ambi_haunted_hum": 71.9,
    "ambi_soft_buzz": 47.8,
    "bass_dnb_f": 43.4,
    "bass_drop_c": 64.4,
    "bass_hard_c": 65.1,
    "bass_thick_c": 65.1,
    "bass_trance_c": 65.2,
    "bass_voxy_c": 65.5,
    "bass_woodsy_c": 65.1,
    "guit_e_fifths": 41.1,
    "guit_harmonics": 164.6,
}
"""Measured pitch of each recording of “starter”: the strongest period in its first two seconds."""


@dataclass(frozen=True)
class Sample:
    """File of Debian's package sonic-pi-samples.

    Args:
        pitch_hz: measured pitch, moved to the nearest C; None to keep the speed.
        octaves: moved up by so many octaves on top.
        seconds: kept at most, with a fade at the end.
        peak_dbfs: peak to which it is brought; None to keep its level.
        compressed: what decays is brought up.
        stereo: keeps its two channels, which the bank pays for with twice the bytes.
    """

    name: str
    pitch_hz: float | None = None
    octaves: int = 0
    seconds: float = 60.0
    peak_dbfs: float | None = None
    compressed: bool = False
    stereo: bool = False


@dataclass(frozen=True)
class StarterSet:
    """Recordings of one starter model.

    Args:
        what: its sounds, as a phrase.
        one_shots: trained from the beginnings of the sounds.
    """

    what: str
    samples: tuple[Sample, ...] = ()
    voices: tuple[Choir | Voice, ...] = ()
    one_shots: bool = False


def _hits(names: str, peak_dbfs: float, seconds: float = 1.0) -> tuple[Sample, ...]:
    return tuple(Sample(name, seconds=seconds, peak_dbfs=peak_dbfs) for name in names.split())


_BRIGHT = (
    Sample("ambi_glass_rub", 735.0, 0, 3.0, stereo=True),
    Sample("ambi_glass_hum", 110.2, 1, 4.5),
    Sample("ambi_choir", 106.8, 0, 1.3, stereo=True),
    Sample("ambi_drone", 132.4, 1, 2.2, stereo=True),
    Sample("bass_voxy_c", 65.5, 1, 2.5),
    Sample("bass_trance_c", 65.2, 1, 1.8, stereo=True),
    Sample("guit_em9", 82.4, 1, 5.0),
    Sample("guit_e_fifths", 82.2, 1, 3.0),
    Sample("guit_harmonics", 164.6, 1, 2.0),
    Sample("perc_bell", 164.6, 0, 2.2),
    Sample("perc_till", 250.5, 0, 1.5),
    Sample("elec_chime", 72.2, 0, 1.4),
    Sample("tabla_tun1", 315.0, 0, 1.2),
    Sample("tabla_na_o", 312.0, 1, 1.0),
    Sample("ambi_lunar_land", seconds=1.6, stereo=True),
    Sample("drum_splash_soft", seconds=1.6),
)
_KIT = (
    *_hits("bd_haus bd_klub bd_tek bd_808 bd_gas bd_fat drum_heavy_kick drum_bass_hard drum_bass_soft", -5.0, 0.6),
    *_hits("drum_snare_hard drum_snare_soft sn_dolf sn_dub sn_zome elec_hi_snare elec_mid_snare elec_snare", -6.0, 0.5),
    *_hits(
        "drum_tom_hi_hard drum_tom_hi_soft drum_tom_mid_hard drum_tom_mid_soft drum_tom_lo_hard elec_fuzz_tom",
        -7.0,
        0.7,
    ),
    *_hits("drum_cymbal_closed drum_cymbal_pedal elec_cymbal perc_swash elec_tick elec_pop", -11.0, 0.3),
    *_hits("drum_cymbal_open drum_cymbal_soft drum_splash_soft", -12.0, 1.1),
    *_hits(
        "perc_snap perc_snap2 drum_cowbell elec_wood elec_triangle elec_ping elec_blip elec_bell elec_twip", -9.0, 0.4
    ),
    *_hits("tabla_ghe1 tabla_ghe4 tabla_ghe8 tabla_na tabla_na_s tabla_re tabla_te1 tabla_te2 tabla_te_m", -7.0, 0.6),
    *_hits("tabla_tas1 tabla_tun3 tabla_ke1 tabla_ke3 elec_bong elec_plip elec_blup elec_twang", -8.0, 0.7),
)
_VOICES = (
    Sample("ambi_choir", 106.8, 0, 1.3, stereo=True),
    Sample("bass_voxy_c", 65.5, 0, 2.5),
    Sample("misc_crow", seconds=0.5),
    Sample("misc_burp", seconds=0.8),
)
_CHOIRS = tuple(
    Choir(program, pitch, seconds)
    for program, pitch, seconds in (
        (52, 48, 2.0),
        (52, 60, 2.0),
        (52, 67, 1.8),
        (52, 72, 1.8),
        (53, 48, 1.8),
        (53, 60, 1.8),
        (53, 72, 1.5),
        (85, 60, 1.8),
        (54, 55, 1.5),
    )
)
STARTERS: Mapping[str, StarterSet] = {
    "starter": StarterSet(
        "basses, drones, glass, voices and guitar",
        tuple(Sample(name, pitch_hz) for name, pitch_hz in PITCHES_HZ.items()),
    ),
    "bright": StarterSet(
        "glass, bells, guitars, bright synthesisers, tabla and wind",
        tuple(replace(each, peak_dbfs=-1.0, compressed=True) for each in _BRIGHT),
    ),
    "kit": StarterSet("acoustic and electronic drums, percussion and tabla", _KIT, one_shots=True),
    "voices": StarterSet(
        "choirs, sung vowels, whispers and other voices",
        tuple(replace(each, peak_dbfs=-1.0) for each in _VOICES),
        (*_CHOIRS, *SUNG, *WHISPERED),
    ),
}
