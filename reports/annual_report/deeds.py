"""典型事迹: who, and what they did."""

from __future__ import annotations

from collections import defaultdict

from evaluations.models import Deed
from reports.annual_report.sentences import Clause, bare, clause, listed, paragraph, sentence
from reports.annual_report.year import Year
from reports.documents.tree import Section

MOST_TOLD = 30


def section(year: Year) -> Section:
    rows = year.events(Deed, "teacher", "school")
    whose: dict[str, list[Deed]] = defaultdict(list)
    for row in rows[:MOST_TOLD]:
        whose[str(row.teacher) if row.teacher else year.place(row.school)].append(row)
    more = ("以上为其中一部分。",) if len(rows) > MOST_TOLD else ()
    head = clause("涌现出典型事迹", year.fig("deeds", "个"), "。") if len(whose) > 3 else ()
    if not rows:
        return Section("典型事迹")
    told = (paragraph(_of(name, deeds)) for name, deeds in whose.items())
    return Section("典型事迹", (paragraph(head), *told, paragraph(more)))


def _of(name: str, deeds: list[Deed]) -> Clause:
    texts = [bare(deed.text) for deed in deeds]
    told_in = listed(dict.fromkeys(deed.told_in for deed in deeds if deed.told_in))
    opening = texts[0] if texts[0].startswith(name) else f"{name}{texts[0]}"
    return sentence(opening, *texts[1:], clause("事迹由", told_in, "宣传报道"))
