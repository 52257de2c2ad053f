"""Formatting of quantities."""


def file_size(octets: float) -> str:
    """File size in powers of ten, as file managers show it: `705 kB`, `10.6 MB`, `1.21 GB`."""
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if octets >= size:
            return f"{octets / size:.3g} {unit}"
    return f"{octets / 1e3:.0f} kB"
