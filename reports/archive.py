"""The whole year in one folder that can be read without the product: reports, papers, the workbook, attachments, an index."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from django.apps import apps

from assignments import closing
from assignments.models import District
from assignments.periods import Period
from reports.annual_report import annual_report, is_empty
from reports.documents.pdf import render_pdf
from reports.documents.word import render_word
from reports.figures import Asked, Viewpoint
from reports.models import IssuedFile, Report, ReportState
from reports.papers import PAPERS
from reports.papers.paper import MOST, Making, Paper, Wanted
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.attachments import storing
from zhijiao.attachments.models import Attachment
from zhijiao.workbook.exporting import export_workbook

INDEX, LIST, SUMS = "目录.html", "清单.csv", "SHA256SUMS.txt"
_KEPT = ("public_notice", "roster", "dispatch", "letter", "inspection_notice", "feedback", "appraisal_form", "appraisal_summary")  # fmt: skip
_ISSUED = (ReportState.ISSUED, ReportState.SUPERSEDED)
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_LONGEST = 60
_ENDING = 4  # letters after the dot
_CSS = "body{font:16px/1.7 'Noto Serif SC',SimSun,serif;max-width:50rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}li{margin:.2rem 0}small{color:#555}"


@dataclass(frozen=True)
class Kept:
    """A file of the archive, as the index and the list tell it."""

    path: str
    told: str
    size: int
    sha256: str


@dataclass
class Archive:
    """What is being written, and what is already in it."""

    book: zipfile.ZipFile
    files: list[Kept] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    def add(self, folder: str, name: str, told: str, content: bytes) -> None:
        """Under a name that no file system minds, and that no other file has."""
        path = self._free("/".join(part for part in (folder, safe(name)) if part))
        self.book.writestr(path, content)
        self.files.append(Kept(path, told, len(content), hashlib.sha256(content).hexdigest()))

    def _free(self, path: str) -> str:
        stem, dot, ending = path.rpartition(".")
        free, number = path, 1
        while free.casefold() in self._taken:  # some file systems do not tell A from a
            number += 1
            free = f"{stem}（{number}）{dot}{ending}"
        self._taken.add(free.casefold())
        return free


def safe(name: str) -> str:
    """Of whatever somebody called it, a file name that Windows takes too; never a way out of the folder."""
    plain = _UNSAFE.sub("_", name).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot or not ending.isalnum() or len(ending) > _ENDING:
        stem, ending = plain, ""
    return (stem[:_LONGEST].strip(" .") or "未命名") + (f".{ending}" if ending else "")


def write_archive(target: IO[bytes], county: District, period: Period, *, by: Any, reader: Any = None) -> list[Kept]:
    """The year of a county as a zip. `reader`: for whom the papers are made, where a command of the server asks (`by` None)."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        archive = Archive(book)
        _reports(archive, county, period)
        _papers(archive, county, period, by or reader)
        _workbook(archive, county, period, by)
        _attachments(archive, county, period)
        _index(archive, county, period)
        audit.record(
            by,
            "导出学年档案",
            county,
            after={"学年": period.code, "文件": len(archive.files), "缺": len(archive.missing)},
        )
    return archive.files


def _reports(archive: Archive, county: District, period: Period) -> None:
    """What was issued, byte for byte; of the county the report of today where none was issued."""
    rows = Report.objects.filter(county=county, period=period.code).select_related("school")
    files = IssuedFile.objects.filter(report__in=rows).select_related("report__school").order_by("report", "kind")
    for one in files:
        whose = str(one.report.school or county)
        told = f"{whose}工作总结（{one.report.get_state_display()}）"
        archive.add("总结", f"{whose}{period.title}工作总结.{one.kind}", told, bytes(one.bytes))
    if files.filter(report__school=None, report__state__in=_ISSUED).exists():
        return
    document = annual_report(Asked(period, Viewpoint(county)))
    if not is_empty(document):
        name = f"{county}{period.title}工作总结"
        archive.add("总结", f"{name}.pdf", f"{name}（按记录生成，没有印发）", render_pdf(document))
        archive.add("总结", f"{name}.docx", f"{name}（按记录生成，没有印发）", render_word(document))


def _papers(archive: Archive, county: District, period: Period, user: Any) -> None:
    wanted = Wanted(user=user, year=period.school_year)
    for key in _KEPT:
        paper = PAPERS[key]
        if not paper.is_open_to(user):
            continue
        rows = [choice.row for choice in paper.find(wanted) if not choice.why_not and _is_of(choice.row, county)]
        for number, some in enumerate(_chunks(rows), start=1):
            _paper(archive, paper, some, Making(user, wanted=wanted), str(number) if len(rows) > MOST else "")


def _paper(archive: Archive, paper: Paper, rows: list[Any], making: Making, number: str) -> None:
    name, told = f"{paper.title}{number}", f"{paper.title}{number}（{len(rows)} {paper.unit}）"
    document = paper.build(rows, making)
    archive.add("文件", f"{name}.pdf", told, render_pdf(document, is_kept=not paper.is_secret(making.user)))
    if paper.excel and "xlsx" in paper.formats:
        archive.add("文件", f"{name}.xlsx", told, paper.excel(rows, making))


def _is_of(row: Any, county: District) -> bool:
    """Somebody of a prefecture finds the papers of several counties."""
    first = row[0] if isinstance(row, list | tuple) else row
    return bool(first.county_id == county.pk)


def _chunks(rows: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), MOST):
        yield rows[start : start + MOST]


def _workbook(archive: Archive, county: District, period: Period, by: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        export_workbook(path, county=county, period=period, by=by)
        told = f"{period.title}工作簿（能导入回系统；有完整的身份证号，请保管好）"
        archive.add("工作簿", f"{county}{period.title}工作簿.xlsx", told, path.read_bytes())


def _attachments(archive: Archive, county: District, period: Period) -> None:
    groups: dict[str, list[Attachment]] = defaultdict(list)
    for one in Attachment.objects.present().filter(county_id=county.pk).order_by("subject_type", "subject_id", "pk"):
        groups[one.subject_type].append(one)
    for label, files in groups.items():
        model = apps.get_model(label)
        if model not in closing.YEAR_OF:
            continue
        rows = model._base_manager.in_bulk([int(one.subject_id) for one in files])
        for one in files:
            row = rows.get(int(one.subject_id))
            if row is not None and closing.year_of(row) == (county.pk, period.school_year):
                _attachment(archive, one, row)


def _attachment(archive: Archive, one: Attachment, row: Any) -> None:
    kind, told = str(row._meta.verbose_name), f"{row._meta.verbose_name}“{row}”：{one.name}"
    try:
        content = storing.path_of(one).read_bytes()
    except OSError:
        archive.missing.append(told)
        return
    archive.add(f"附件/{safe(kind)}/{safe(f'{row}'.replace('.', '_'))}-{row.pk}", one.name, told, content)


def _index(archive: Archive, county: District, period: Period) -> None:
    """The index, the list for a spreadsheet, and the sums that `sha256sum -c` reads; each with all that came before it."""
    title = f"{county}{period.title}支教工作档案"
    page = _page(title, archive)
    listed = io.StringIO()
    rows = csv.writer(listed)
    rows.writerow(("文件", "说明", "大小（字节）", "SHA-256"))
    archive.add("", INDEX, "目录", page.encode())
    rows.writerows((one.path, one.told, one.size, one.sha256) for one in archive.files)
    archive.add("", LIST, "清单", listed.getvalue().encode("utf-8-sig"))
    archive.book.writestr(SUMS, "".join(f"{one.sha256}  {one.path}\n" for one in archive.files))


def _page(title: str, archive: Archive) -> str:
    groups: dict[str, list[Kept]] = defaultdict(list)
    for one in archive.files:
        groups[one.path.split("/")[0]].append(one)
    parts = [f"<h2>{escape(name)}</h2><ul>{''.join(map(_line, files))}</ul>" for name, files in groups.items()]
    if archive.missing:
        lines = "".join(f"<li>{escape(told)}</li>" for told in archive.missing)
        parts.append(f"<h2>登记了、但服务器上找不到的附件</h2><ul>{lines}</ul>")
    today = clock.today()
    about = f"{today.year}年{today.month}月{today.day}日生成，共 {len(archive.files)} 个文件。每个文件的校验码在 {LIST} 和 {SUMS} 里。"
    return (
        f'<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_CSS}</style></head><body><h1>{escape(title)}</h1><p>{escape(about)}</p>{''.join(parts)}</body></html>"
    )


def _line(one: Kept) -> str:
    ending = one.path.rpartition(".")[2].upper()
    return f'<li><a href="{quote(one.path)}">{escape(one.told)}</a> <small>{escape(ending)}</small></li>'
