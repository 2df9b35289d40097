"""All the figures in the order of the report, and how they are found by what somebody types."""

from __future__ import annotations

from functools import cache

from assignments.pinyin import initials, syllables
from reports.figures.registry import REGISTRY, Definition

# By the module that a figure is defined in.
GROUPS = (
    ("选派", "selection"), ("组织领导", "organisation"), ("后勤保障与关怀", "care"), ("教学工作与专项档案", "work"), ("督导检查", "inspection"),
    ("帮扶活动与捐赠", "aid"), ("考核、荣誉、典型事迹", "appraisal"),
)  # fmt: skip


def groups(words: str = "") -> list[tuple[str, list[Definition]]]:
    """The catalogue by parts of the report; of those found only where words are given."""
    found = find(words) if words else list(REGISTRY.values())
    divided = [(title, [one for one in found if _module(one) == module]) for title, module in GROUPS]
    return [(title, some) for title, some in divided if some]


def _module(definition: Definition) -> str:
    """Of a ratio, that of what it divides."""
    of = definition
    while of.ratio:
        of = REGISTRY[of.ratio[0]]
    return of.rows.__module__.rpartition(".")[2] if of.rows else ""


def find(words: str) -> list[Definition]:
    """By label, pinyin, its first letters, key, or the definition; those that begin so first."""
    typed = words.strip().lower()
    ranked = [(rank, definition) for definition in REGISTRY.values() if (rank := _rank(definition, typed)) is not None]
    return [definition for _, definition in sorted(ranked, key=lambda pair: pair[0])]


def _rank(definition: Definition, typed: str) -> int | None:
    label, (first, whole) = definition.label.lower(), _readings(definition.label)
    if label.startswith(typed):
        return 0
    if typed in label:
        return 1
    bare = typed.replace(" ", "")
    if first.startswith(bare) or whole.startswith(bare) or definition.key.startswith(bare):
        return 2
    if bare and bare.isascii() and (bare in first or bare in definition.key):
        return 3
    return 4 if typed in definition.definition else None


@cache
def _readings(label: str) -> tuple[str, str]:
    return initials(label), "".join(syllables(label))
