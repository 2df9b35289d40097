"""反馈意见书: the letter to the inspected school after an inspection, in the layout of a 公文."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch

from assignments.access import within
from evaluations.choices import PUBLISHED_STATES, InspectionState
from evaluations.letters import NAME, Letter, letter_of
from evaluations.models import Feedback, Finding, Inspection
from reports.documents.tree import Addressee, Block, Document, Paragraph, Section, Signature, bound
from reports.papers.paper import Choice, Making, Paper, Wanted
from reports.papers.words import day

ACTION = "feedback.view"


def find(wanted: Wanted) -> list[Choice]:
    """Inspections that were carried out; the letter is of those that were issued one."""
    mine = within(Inspection.objects.all(), wanted.user, ACTION).values("pk")
    rows = Inspection.objects.visible_to(wanted.user).filter(pk__in=mine)
    rows = rows.filter(state__in=(InspectionState.FEEDBACK, *PUBLISHED_STATES))
    if wanted.year:
        rows = rows.filter(school_year__code=wanted.year)
    if wanted.school:
        rows = rows.filter(school=wanted.school)
    if wanted.only is not None:
        rows = rows.filter(pk__in=[int(key) for key in wanted.only if key.isdecimal() and len(key) < 19])
    found = Finding.objects.select_related("teacher").order_by("pk")
    rows = rows.select_related("school", "county", "inspecting_school", "feedback").prefetch_related(
        Prefetch("findings", found, to_attr="points_made")
    )
    return [_choice(row) for row in rows.order_by("-start", "pk")]


def _choice(row: Inspection) -> Choice:
    letter = _letter(row)
    why_not = "" if letter else _why_not(row)
    detail = "　".join(part for part in (row.when.told(), letter.number if letter else "") if part)
    return Choice(str(row.pk), row, str(row.school), detail, why_not)


def _letter(row: Inspection) -> Letter | None:
    sheet: Feedback | None = getattr(row, "feedback", None)
    return letter_of(row, sheet, row.points_made)  # type: ignore[attr-defined]  # prefetched


def _why_not(row: Inspection) -> str:
    return "还没有印发" if row.state == InspectionState.FEEDBACK else "没有逐条登记反馈意见"


def feedback_letters(rows: Sequence[Inspection], making: Making) -> Document:
    made = [letter for row in rows if (letter := _letter(row))]
    return bound(NAME, [feedback_letter(letter) for letter in made], layout="gongwen")


def feedback_letter(letter: Letter) -> Document:
    sections = tuple(
        Section(heading, tuple(Paragraph(_numbered(number, line, len(lines))) for number, line in enumerate(lines, 1)))
        for heading, lines in letter.groups
    )
    blocks: tuple[Block, ...] = (
        Addressee(f"{letter.school}："),
        Paragraph(letter.opening),
        *sections,
        Paragraph(letter.closing),
        Signature(letter.organisation, letter.given_on, is_dated_by_hand=True),
    )
    subject = f"{letter.inspected}督导检查{NAME}" + (f"，{day(letter.given_on)}" if letter.given_on else "")
    return Document(
        f"{letter.school}\n支教工作督导检查{NAME}", blocks, letter.organisation, letter.given_on, byline="", number=letter.number, subject=subject
    )  # fmt: skip


def _numbered(number: int, line: str, of: int) -> str:
    return f"{number}. {line}" if of > 1 else line


FEEDBACK = Paper(
    "feedback", NAME, "督导检查以后给受检学校的反馈意见。", find, feedback_letters, actions=(ACTION,), asks=("year", "school"), unit="份"
)  # fmt: skip
