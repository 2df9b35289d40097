"""The kinds of notices there are, with the words that stand until the bureau writes its own.

A text may hold the placeholders of its kind, written in braces: {学校}. There is nothing else to it: no conditions, no loops,
nothing that is looked up. A text that holds anything else in braces is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

TITLE_MAX = 60
TEXT_MAX = 500
_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_ANY_BRACE = re.compile(r"[{}｛｝]")


@dataclass(frozen=True)
class Placeholder:
    """`name` is what the sender gives, `word` what stands in braces in the text, `sample` what the preview shows."""

    name: str
    word: str
    sample: str

    @property
    def braced(self) -> str:
        """As it is written in a text."""
        return f"{{{self.word}}}"


@dataclass(frozen=True)
class Kind:
    """One kind of notice. `told_when` says to the bureau's officer on which occasion it goes out, and to whom."""

    name: str
    label: str
    told_when: str
    title: str
    text: str
    placeholders: tuple[Placeholder, ...]

    @property
    def samples(self) -> dict[str, str]:
        return {one.name: one.sample for one in self.placeholders}

    def told(self, text: str, values: Mapping[str, Any]) -> str:
        """The text with the values in their places. One that nobody gave is left empty."""
        known = {one.word: str(values.get(one.name, "")) for one in self.placeholders}
        return _IN_BRACES.sub(lambda found: known.get(found[1].strip(), ""), text)

    def problem_of(self, text: str) -> str:
        """What is wrong with the braces of a text, in words; "" where nothing is."""
        words = [one.word for one in self.placeholders]
        offered = "、".join(one.braced for one in self.placeholders) or "（这种通知没有占位符）"
        for found in _IN_BRACES.finditer(text):
            if found[1].strip() not in words:
                return f"不认识“{found[0]}”，可以用的占位符是：{offered}"
        left = _ANY_BRACE.search(_IN_BRACES.sub("", text))
        if left:
            return f"“{left[0]}”要成对，用半角的花括号把占位符括起来，例如：{offered}"
        return ""


_kinds: dict[str, Kind] = {}
_counties: list[Callable[[Any], Iterable[Any]]] = []


def register(*kinds: Kind) -> None:
    """Make kinds known. Called while Django starts."""
    for kind in kinds:
        if kind.name in _kinds and _kinds[kind.name] != kind:
            raise ValueError(f"notice kind {kind.name} is registered twice")
        for text in (kind.title, kind.text):
            if problem := kind.problem_of(text):
                raise ValueError(f"notice kind {kind.name}: {problem}")
        _kinds[kind.name] = kind


def kinds() -> list[Kind]:
    return list(_kinds.values())


def kind(name: str) -> Kind:
    """KeyError where nobody registered it."""
    return _kinds[name]


def set_county_finder(find: Callable[[Any], Iterable[Any]]) -> None:
    """`find(user)` gives the counties whose words this person may write."""
    _counties[:] = [find]


def counties_of(user: Any) -> list[Any]:
    return [county for find in _counties for county in find(user)]
