"""Two versions of a whole report beside each other: passage by passage what stayed, went, came, moved or is not written."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from reports.living.points import DRAWN, Row, Version
from reports.models import PassageKind

Parts = tuple[tuple[str, str], ...]
ALIKE = 0.5  # so much of a text must have stayed for it to be the same passage written anew
MARKED = 0.25  # below this the two texts stand whole: marks sign by sign would be unreadable


@dataclass(frozen=True)
class Line:
    """One passage in both versions. `marks`: what became of it, in words."""

    kind: str
    level: int
    before: Parts
    after: Parts
    whole: Parts  # both as one text
    marks: tuple[str, ...] = ()

    @property
    def is_changed(self) -> bool:
        return bool(self.marks)

    @property
    def is_heading(self) -> bool:
        return self.kind == PassageKind.HEADING


@dataclass(frozen=True)
class Part:
    """A section with its lines; the first may be its heading."""

    lines: tuple[Line, ...]

    @property
    def is_changed(self) -> bool:
        return any(one.is_changed for one in self.lines)

    @property
    def shown(self) -> tuple[Line, ...]:
        """What changed, under its heading."""
        return tuple(one for place, one in enumerate(self.lines) if one.is_changed or (place == 0 and one.is_heading))


def marked(before: str, after: str) -> list[tuple[str, str]]:
    """The two texts as one: words that stay, that went ("del") and that came ("ins")."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if before and after and matcher.quick_ratio() < MARKED:
        return [("del", before), ("ins", after)]
    found: list[tuple[str, str]] = []
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            found.append(("", before[first:last]))
            continue
        if before[first:last]:
            found.append(("del", before[first:last]))
        if after[start:end]:
            found.append(("ins", after[start:end]))
    return found


def compared(old: Version, new: Version) -> list[Part]:
    """The newer one's passages in their order, with what went where it stood."""
    befores, afters = old.rows, new.rows
    pairs = _pairs(befores, afters, old.report.pk == new.report.pk)
    moved = _moved(befores, afters, pairs)
    lines: list[tuple[Row, Line]] = [(_head_row(), one) for one in _heads(old, new)]
    gone = _gone(befores, set(pairs.values()), {before: after for after, before in pairs.items()})
    for row in gone.get(-1, ()):
        _append(lines, row, _line(row, None, False))
    for place, row in enumerate(afters):
        before = befores[pairs[place]] if place in pairs else None
        _append(lines, row, _line(before, row, place in moved))
        for lost in gone.get(place, ()):
            _append(lines, lost, _line(lost, None, False))
    return _parts(lines)


def _append(lines: list[tuple[Row, Line]], row: Row, line: Line | None) -> None:
    if line is not None:
        lines.append((row, line))


def _head_row() -> Row:
    return {"kind": "", "level": 0}


def _heads(old: Version, new: Version) -> Iterable[Line]:
    for before, after in ((old.title, new.title), (old.signs, new.signs), (old.dated, new.dated)):
        if before != after:
            yield _texts("", 0, "".join(before.splitlines()), "".join(after.splitlines()), ["标题和落款改了"])


def _parts(lines: list[tuple[Row, Line]]) -> list[Part]:
    groups: list[list[Line]] = [[]]
    for row, line in lines:
        if row["kind"] == PassageKind.HEADING and row["level"] == 1:
            groups.append([])
        groups[-1].append(line)
    return [Part(tuple(some)) for some in groups if some]


# --- which passage is which --------------------------------------------------------------------------------------------


def _pairs(befores: Sequence[Row], afters: Sequence[Row], is_same_report: bool) -> dict[int, int]:
    """Place of each passage of the new version that the old one had → its place there."""
    found: dict[int, int] = {}
    taken: set[int] = set()

    def by(key: Callable[[Row], Any]) -> None:
        known: dict[Any, int] = {}
        for place, row in enumerate(befores):
            if place not in taken and (of := key(row)):
                known.setdefault(of, place)
        for place, row in enumerate(afters):
            of = key(row)
            if place not in found and of in known and known[of] not in taken:
                found[place] = known[of]
                taken.add(known[of])

    if is_same_report:
        by(lambda row: row["key"])
    by(lambda row: row["source"])
    by(lambda row: (row["kind"], row["words"]))
    _by_likeness(befores, afters, found, taken)
    return found


def _by_likeness(befores: Sequence[Row], afters: Sequence[Row], found: dict[int, int], taken: set[int]) -> None:
    """Paragraphs that somebody wrote and then wrote anew, in two reports of which one replaced the other."""
    left = [place for place in range(len(befores)) if place not in taken]
    for place, row in enumerate(afters):
        if place in found:
            continue
        for other in left:
            if befores[other]["kind"] == row["kind"] and _are_alike(befores[other]["words"], row["words"]):
                found[place] = other
                left.remove(other)
                break


def _are_alike(before: str, after: str) -> bool:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return matcher.real_quick_ratio() > ALIKE and matcher.quick_ratio() > ALIKE and matcher.ratio() > ALIKE


def _gone(befores: Sequence[Row], taken: set[int], after_of: dict[int, int]) -> dict[int, list[Row]]:
    """What the new version has no more, by the place in it behind which it would stand."""
    found: dict[int, list[Row]] = {}
    at = -1
    for place, row in enumerate(befores):
        if place in taken:
            at = after_of[place]
        else:
            found.setdefault(at, []).append(row)
    return found


# --- what moved --------------------------------------------------------------------------------------------------------


def _moved(befores: Sequence[Row], afters: Sequence[Row], pairs: dict[int, int]) -> set[int]:
    """Places in the new version of what stands elsewhere than it did. A section that moved is told once, at its heading."""
    old_section, new_section = _sections(befores), _sections(afters)
    heads = [place for place in pairs if _is_section(afters[place])]
    moved = _out_of_order([(place, pairs[place]) for place in sorted(heads)])
    same = {new: pairs.get(new) for new in set(new_section) if new >= 0} | {-1: -1}
    inside: dict[int, list[tuple[int, int]]] = {}
    for place in sorted(pairs):
        if _is_section(afters[place]):
            continue
        if same.get(new_section[place]) == old_section[pairs[place]] or same.get(new_section[place]) is None:
            inside.setdefault(new_section[place], []).append((place, pairs[place]))
        else:
            moved.add(place)
    for some in inside.values():
        moved |= _out_of_order(some)
    return moved


def _is_section(row: Row) -> bool:
    return row["kind"] == PassageKind.HEADING and row["level"] == 1


def _sections(rows: Sequence[Row]) -> list[int]:
    """For each passage the place of the heading that it stands under; -1 before the first."""
    found, at = [], -1
    for place, row in enumerate(rows):
        if _is_section(row):
            at = place
        found.append(at)
    return found


def _out_of_order(pairs: list[tuple[int, int]]) -> set[int]:
    """The fewest that must have moved: those outside the longest run that kept its order."""
    ends: list[int] = []
    chain: list[list[int]] = []
    for place, before in pairs:
        at = bisect_left(ends, before)
        run = [*(chain[at - 1] if at else []), place]
        if at == len(ends):
            ends.append(before)
            chain.append(run)
        else:
            ends[at], chain[at] = before, run
    stayed = set(chain[-1]) if chain else set()
    return {place for place, _ in pairs if place not in stayed}


# --- what became of it -------------------------------------------------------------------------------------------------


def _line(before: Row | None, after: Row | None, is_moved: bool) -> Line | None:
    """None where neither version writes it."""
    was, now = before is not None and not before["out"], after is not None and not after["out"]
    if not was and not now:
        return None
    row: Row = after or before  # type: ignore[assignment]
    marks = []
    if not was:
        marks.append("重新写入" if before is not None else "新加的")
    elif not now:
        marks.append("不写入了" if after is not None else "去掉了")
    elif is_moved:
        marks.append("整节移动了" if row["kind"] == PassageKind.HEADING else "移动了")
    first, second = before["words"] if was and before else "", after["words"] if now and after else ""
    if was and now and before and after:
        if first != second:
            marks.append("改了")
        elif row["kind"] in DRAWN and before["drawn"] and after["drawn"] and before["drawn"] != after["drawn"]:
            marks.append("里面的数变了")
    return _texts(row["kind"], row["level"], first, second, marks)


def _texts(kind: str, level: int, before: str, after: str, marks: list[str]) -> Line:
    parts = marked(before, after) if before != after else [("", before)] if before else []
    return Line(
        kind,
        level,
        tuple(one for one in parts if one[0] != "ins"),
        tuple(one for one in parts if one[0] != "del"),
        tuple(parts),
        tuple(marks),
    )
