"""Parsing of typed numbers with the decimal separators, signs and digits of any locale."""

import re
import unicodedata

_MINUS = str.maketrans("−–﹣－", "----")
_ARABIC = str.maketrans("٫٬", ".'")  # decimal separator and group separator
_NUMBER = re.compile(r"([+-]?)\s*([\d.,' ]+)(e[+-]?\d{1,3})?", re.IGNORECASE)
_PLAIN = re.compile(r"\d+[.,]?\d*|[.,]\d+")
_SPACED = re.compile(r"\d{1,3}(?:( |')\d{3})(?:\1\d{3})*(?:[.,]\d*)?")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:,\d{3})+\.\d*|\d{1,3}(?:\.\d{3})+,\d*")


def parse_number(text: str, *units: str) -> float | None:
    """Number in `text`; None if there is none or it is ambiguous.

    A single point or comma is the decimal separator. Groups of three digits are accepted if unambiguous: `1.234,5`,
    `1,234.5`, `1 234,5`, `1,234,567`. Digits of any script and any minus sign are accepted.

    Args:
        units: units that may follow the number, in any case.
    """
    plain = unicodedata.normalize("NFKC", text.translate(_ARABIC)).translate(_MINUS).replace("’", "'").strip()
    match = _NUMBER.fullmatch(_strip_unit(plain, units))
    digits = None if match is None else _normalize_digits(match[2])
    if match is None or digits is None:
        return None
    return float(f"{match[1]}{digits}{match[3] or ''}")


def _strip_unit(text: str, units: tuple[str, ...]) -> str:
    for unit in units:
        if text.casefold().endswith(unit.casefold()):
            return text[: -len(unit)].rstrip()
    return text


def _normalize_digits(text: str) -> str | None:
    """Digits with a point as decimal separator; None if the separators are contradictory."""
    if _SPACED.fullmatch(text):
        text = re.sub("[ ']", "", text)
    if _PLAIN.fullmatch(text):
        return text.replace(",", ".")
    return _remove_grouping(text) if _GROUPED.fullmatch(text) else None


def _remove_grouping(text: str) -> str:
    """`1234.5` for `1,234.5`; a separator that occurs once is the decimal one."""
    last = text[max(text.rfind(","), text.rfind("."))]
    whole, _, rest = text.rpartition(last) if text.count(last) == 1 else (text, "", "")
    return f"{re.sub('[.,]', '', whole)}.{rest}"
