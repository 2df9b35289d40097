"""Which characters of a text no font of a document can draw: asked about every name before a document is issued."""

import unicodedata
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from .fonts import FALLBACKS, font_files

INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")  # line feeds, joiners, spaces
VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def missing_glyphs(text: str) -> set[str]:
    """Characters that neither the body font nor the fallback has."""
    drawn = drawable_characters()
    return {character for character in set(text) if ord(character) not in drawn and _is_visible(character)}


def drawable_characters() -> frozenset[int]:
    files = font_files()
    return frozenset().union(*(_characters_of(files[name]) for name in FALLBACKS))


@lru_cache(maxsize=16)
def _characters_of(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _is_visible(character: str) -> bool:
    if any(ord(character) in selectors for selectors in VARIATION_SELECTORS):
        return False
    return unicodedata.category(character) not in INVISIBLE
