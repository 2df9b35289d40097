"""How a report's sentences are put together: what has no figure or no record is left out, and the marks close up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from assignments.periods import Period
from reports.documents.numbering import chinese_numeral
from reports.documents.tree import Block, Inline, Paragraph, Section
from zhijiao.dates import ApproximateDate, Precision

Clause = tuple[Inline, ...]
Part = Inline | Clause | None


def clause(*parts: Part) -> Clause:
    """The parts one after another; nothing at all where one of them is missing."""
    found: list[Inline] = []
    for part in parts:
        if part is None or part == "" or part == ():
            return ()
        found.extend(part if isinstance(part, tuple) else (part,))
    return tuple(found)


def joined(clauses: Iterable[Part], mark: str = "，") -> Clause:
    """Those that have something to tell, with the mark between them."""
    found: list[Inline] = []
    for part in clauses:
        made = clause(part)
        if made:
            found.extend((mark, *made) if found else made)
    return tuple(found)


def sentence(*clauses: Part, mark: str = "，", end: str = "。") -> Clause:
    """A whole sentence, or nothing."""
    made = joined(clauses, mark)
    return (*made, end) if made else ()


def led(head: str, *clauses: Part, mark: str = "，", end: str = "。") -> Clause:
    """A sentence with an opening that says nothing alone."""
    made = joined(clauses, mark)
    return (head, *made, end) if made else ()


def paragraph(*sentences: Part) -> Paragraph:
    return Paragraph(*joined(sentences, ""))


def parted(title: str, *parts: tuple[str, Iterable[Block]]) -> Section:
    """A section in parts with headings; where only one part has something to tell, it needs no heading."""
    full = [(head, tuple(block for block in blocks if not block.is_empty)) for head, blocks in parts]
    full = [(head, blocks) for head, blocks in full if blocks]
    if len(full) == 1 or all(not head for head, _ in full):
        return Section(title, tuple(block for _, blocks in full for block in blocks))
    blocks: list[Block] = []
    for head, inside in full:
        blocks.extend((Section(head, inside),) if head else inside)
    return Section(title, tuple(blocks))


def listed(words: Iterable[str], most: int = 0) -> str:
    """语文、数学、英语; of more than `most` the first, and 等."""
    every = [word for word in words if word]
    if most and len(every) > most:
        return "、".join(every[:most]) + "等"
    return "、".join(every)


def in_turn(items: list[Clause], mark: str = "；") -> Clause:
    """一是…；二是…. One alone is told without a number."""
    if len(items) == 1:
        return sentence(items[0])
    numbered = [
        clause(f"{chinese_numeral(n)}是" if n < 100 else f"{n}.", item) for n, item in enumerate(items, start=1)
    ]
    return sentence(*numbered, mark=mark)


def how_many(number: int) -> str:
    """Before a measure word: 一、两、三 … and from eleven on in digits."""
    return "两" if number == 2 else chinese_numeral(number) if 1 <= number <= 10 else str(number)


def bare(text: str) -> str:
    """A recorded sentence as part of one of ours: without its own full stop."""
    return text.strip().rstrip("。；;，,.、 ")


def quoted(text: str) -> str:
    """“…”, unless it has marks of its own."""
    if text[:1] in "“《「":
        return text
    return f"“{text.replace('“', '‘').replace('”', '’')}”"


def titles(named: Iterable[str]) -> str:
    """《…》《…》: between 》 and 《 there is no mark (GB/T 15834)."""
    return "、".join(named).replace("》、《", "》《")


class Dates:
    """Dates as a text tells them: the year where it begins and where it changes; a calendar year's not at all."""

    def __init__(self, period: Period) -> None:
        self._period = period
        self._year = int(period.code) if period.is_calendar_year else 0

    def told(self, when: ApproximateDate | dt.date | None) -> str:
        """ "" where the date says no more than the period does."""
        when = ApproximateDate.day(when) if isinstance(when, dt.date) else when
        if not when or when.start is None:
            return ""
        if when.precision in (Precision.YEAR, Precision.SCHOOL_YEAR):
            return "" if self._covers(when) else when.told()
        is_known, self._year = self._year == when.start.year, (when.end or when.start).year
        return when.told(year_known=is_known)

    def _covers(self, when: ApproximateDate) -> bool:
        """Is it the period itself, or something that only surrounds it?"""
        start, end = when.start, when.end
        return bool(start and end and start <= self._period.start and end >= self._period.end) or (
            bool(start and end) and self._period.start <= start and end <= self._period.end  # type: ignore[operator]
        )
