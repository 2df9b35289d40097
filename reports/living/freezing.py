"""What is kept of a report that was handed in or issued: its text, its figures, the records they counted, its files.

Later changes of the data alter nothing in it; `differences` lists them beside it.
"""

from __future__ import annotations

import hashlib
import html
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.apps import apps
from django.utils.safestring import SafeString

from reports.annual_report.page import standalone_page
from reports.documents.excel import render_excel
from reports.documents.keeping import packed
from reports.documents.pdf import render_pdf
from reports.documents.tree import Document
from reports.documents.word import render_word
from reports.figures import Asked, Counted
from reports.living import reading, tokens
from reports.models import FrozenFigure, FrozenRecord, IssuedFile, PassageKind, Report
from reports.records import columns_of, with_related
from zhijiao.detail import Table, Teller
from zhijiao.refusals import Refused

BATCH = 500


def files_of(document: Document) -> dict[str, bytes]:
    """The document in every format that goes out, made before the report is locked."""
    return {
        "pdf": render_pdf(document),
        "docx": render_word(document),
        "xlsx": render_excel(document),
        "html": standalone_page(document).encode(),
    }


def freeze(report: Report, document: Document, asked: Asked, files: dict[str, bytes] | None = None) -> None:
    """Keeps the document with its digest, and what its figures counted. The report is saved by who calls."""
    report.content, report.digest = packed(document), document.digest()
    thaw(report)
    kept: dict[str, set[int]] = defaultdict(set)
    figures, records = [], []
    for order, token in enumerate(_tokens(report), start=1):
        counted = tokens.counted(token, asked)
        figure = _frozen(report, order, token, counted, tokens.figure_in(token, asked).name)
        records += _records(report, figure, counted, set(figure.keys) - kept[figure.model])
        kept[figure.model].update(figure.keys)
        figures.append(figure)
    FrozenFigure.objects.bulk_create(figures, batch_size=BATCH)
    FrozenRecord.objects.bulk_create(records, batch_size=BATCH)
    for kind, content in (files or {}).items():
        IssuedFile.objects.create(report=report, kind=kind, sha256=hashlib.sha256(content).hexdigest(), bytes=content)


def thaw(report: Report) -> None:
    """What was kept of an earlier handing-in goes; of what was accepted or issued the database refuses it."""
    report.figures.all().delete()
    report.records.all().delete()
    report.files.all().delete()


def _tokens(report: Report) -> list[tokens.Token]:
    """The figures of the text that is written, each once, in their order."""
    passages = reading.passages_of(report)
    left_out = reading.is_within_left_out(passages)
    found: dict[str, tokens.Token] = {}
    for passage in passages:
        if passage.pk not in left_out and passage.kind in (PassageKind.PARAGRAPH, PassageKind.HEADING):
            for token in tokens.tokens_of(passage.text):
                found.setdefault(token.markup, token)
    return list(found.values())


def _frozen(report: Report, order: int, token: tokens.Token, counted: Counted, name: str) -> FrozenFigure:
    rows = counted.rows()
    definition = counted.definition
    return FrozenFigure(
        report=report, order=order, token=token.markup, label=name[:120], definition=definition.definition,
        text=counted.told, value=Decimal(counted.value).quantize(Decimal("0.000001")), model=rows.model._meta.label_lower,
        keys=sorted(rows.order_by().values_list("pk", flat=True).distinct()),
    )  # fmt: skip


def _records(report: Report, figure: FrozenFigure, counted: Counted, keys: set[int]) -> list[FrozenRecord]:
    """Rows as the figure counted them, some hundreds at a time, because a database takes only so many parameters."""
    rows = counted.rows()
    columns, teller, ordered = columns_of(rows.model), Teller(), sorted(keys)
    made = []
    for first in range(0, len(ordered), BATCH):
        some = with_related(rows.filter(pk__in=ordered[first : first + BATCH])).order_by("pk").distinct()
        for row in some:
            cells = [_plain(teller.table([row], column)) for column in columns]
            made.append(FrozenRecord(report=report, model=figure.model, key=row.pk, cells=cells))
    return made


def _plain(table: Table) -> str:
    """One value as words, without markup."""
    shown = table.rows[0][0].html if table.heads else ""
    return html.unescape(shown) if isinstance(shown, SafeString) else str(shown)


def heads_of(model: str) -> list[str]:
    """The names of the columns of kept records."""
    kind = apps.get_model(model)
    return [column.named(kind) for column in columns_of(kind)]


# --- what has changed since --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """A figure that was frozen and would now read otherwise, or counts other records."""

    figure: FrozenFigure
    now: str
    added: int
    gone: int

    @property
    def is_changed(self) -> bool:
        return self.now != self.figure.text or bool(self.added or self.gone)


def differences(report: Report) -> list[Difference]:
    """Of the kept figures those that the data have left behind. A figure that is no more is told as such."""
    asked = reading.asked_for(report)
    found = []
    for figure in report.figures.all():
        one = _compared(figure, asked)
        if one.is_changed:
            found.append(one)
    return found


def _compared(figure: FrozenFigure, asked: Asked) -> Difference:
    try:
        token = tokens.parse(figure.token.strip(tokens.OPEN + tokens.CLOSE))
        counted = tokens.counted(token, asked)
    except Refused:
        return Difference(figure, "已取消", 0, 0)
    keys = set(counted.rows().order_by().values_list("pk", flat=True))
    before = set(figure.keys)
    return Difference(figure, counted.told, len(keys - before), len(before - keys))


def is_whole(report: Report) -> bool:
    """Whether what is kept is still what was handed in or issued, and its files too."""
    if report.content is None:
        return False
    files = all(hashlib.sha256(bytes(one.bytes)).hexdigest() == one.sha256 for one in report.files.all())
    return files and reading.document_of(report).digest() == report.digest
