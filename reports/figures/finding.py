"""Finding a figure by what people call it: its name, the initials of its name, words of its meaning."""

from __future__ import annotations

from functools import cache

from pypinyin import Style, lazy_pinyin

from reports.figures.registry import REGISTRY, Definition


def found(words: str, most: int = 12) -> list[Definition]:
    """Those that fit, the nearest first; of no words the first of all."""
    asked = words.strip().lower()
    if not asked:
        return list(REGISTRY.values())[:most]
    ranked = [(rank, place, one) for place, one in enumerate(REGISTRY.values()) if (rank := _rank(one, asked)) < 4]
    return [one for _, _, one in sorted(ranked, key=lambda item: item[:2])][:most]


def _rank(definition: Definition, asked: str) -> int:
    """0: so it begins, up to 3: its meaning holds the words; 4: no."""
    label = definition.label.lower()
    if label.startswith(asked):
        return 0
    if asked in label or asked == definition.key:
        return 1
    if _initials(definition.label).startswith(asked):
        return 2
    return 3 if asked in definition.definition or asked in _initials(definition.label) else 4


@cache
def _initials(label: str) -> str:
    return "".join(lazy_pinyin(label, style=Style.FIRST_LETTER)).lower()
