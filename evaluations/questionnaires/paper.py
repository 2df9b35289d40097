"""The same questionnaire on paper, for a class without telephones. Drawn by `reports`, which lays out papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluations.models import Questionnaire
from evaluations.questionnaires.answering import Item, paper_of
from evaluations.questionnaires.slips import NotPrinted

SHORT = 5  # so many questions fit on half a page, in one language


@dataclass(frozen=True)
class Paper:
    """All that is on the sheets: one sheet for each class, to be copied."""

    school: str
    heading: str
    introduction: str
    introduction_other: str
    language: str
    has_faces: bool
    items: Sequence[Item]
    classes: Sequence[tuple[str, int]]  # name, and how many they are

    @property
    def is_short(self) -> bool:
        """Two to a page."""
        return len(self.items) <= SHORT and not any(item.is_text or item.text_other for item in self.items)


Printer = Callable[[Paper], bytes]
_printers: list[Printer] = []


def set_printer(printer: Printer) -> None:
    """`printer(paper)` gives a PDF."""
    _printers[:] = [printer]


def heading_of(questionnaire: Questionnaire) -> str:
    """Whom it is about, in words a child knows: 说说沈若兰老师."""
    if questionnaire.secondment is not None and questionnaire.question_set.is_about_teacher:
        return f"说说{questionnaire.secondment.teacher.name}老师"
    return str(questionnaire.question_set.title)


def paper_for(questionnaire: Questionnaire, classes: Sequence[tuple[str, int]]) -> Paper:
    asked = questionnaire.question_set
    return Paper(
        school=questionnaire.school.name, heading=heading_of(questionnaire),
        introduction=asked.introduction, introduction_other=asked.introduction_other, language=asked.other_language,
        has_faces=asked.has_faces, items=paper_of(asked.pk), classes=classes,
    )  # fmt: skip


def printed(paper: Paper) -> bytes:
    """The PDF."""
    if not _printers:
        raise NotPrinted("这里不能生成 PDF")
    return _printers[0](paper)
