"""The whole year in one folder that can be read without the product: reports, papers, the workbook, attachments, an index."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from html import escape
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from django.apps import apps

from assignments import closing
from assignments.attendance import told_month
from assignments.models import AllowanceSheet, AttendanceMonth, District
from assignments.periods import Period
from reports.annual_report import annual_report, is_empty
from reports.documents.pdf import RenderingError, render_pdf
from reports.documents.word import render_word
from reports.figures import Asked, Viewpoint
from reports.models import IssuedFile, Report, ReportState
from reports.papers import PAPERS
from reports.papers.paper import MOST, Making, Paper, Wanted
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.attachments import storing
from zhijiao.attachments.models import Attachment
from zhijiao.dates import school_year_span
from zhijiao.workbook.exporting import export_workbook

INDEX, LIST, SUMS = "目录.html", "清单.csv", "SHA256SUMS.txt"
VERIFYING = (
    "要核对文件有没有被改动：在 Windows 里打开这个文件夹，在地址栏输入 powershell 回车，再输入 Get-FileHash 和文件名，"
    f"得到的一串和 {LIST} 里的 SHA-256 相同（不分大小写）就没有改动；在 Linux 和 macOS 里用 sha256sum -c {SUMS} 一次核对全部。"
)
_KEPT = ("public_notice", "roster", "dispatch", "letter", "inspection_notice", "feedback", "appraisal_form", "appraisal_summary", "certificate")  # fmt: skip
_ISSUED = (ReportState.ISSUED, ReportState.SUPERSEDED)
# Papers of a month: the paper, its folder, and the records whose months there are.
_MONTHLY = (("attendance", "考勤", AttendanceMonth), ("allowance", "补助", AllowanceSheet))
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
    _record(county, period, by)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        archive = Archive(book)
        for _ in _written(archive, county, period, by, reader):
            pass
    return archive.files


def stream_archive(county: District, period: Period, *, by: Any) -> Iterator[bytes]:
    """The same in pieces, file by file: a download that begins at once and of which no more than a file is in memory."""
    _record(county, period, by)
    return _pieces(county, period, by)


def _record(county: District, period: Period, by: Any) -> None:
    """When it is begun: what was sent until a line broke has left the house as well."""
    audit.record(by, "导出学年档案", county, after={"学年": period.code})


class _Pipe(io.RawIOBase):
    """Where a zip is written whose pieces go out as they come; nothing in it is gone back to."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        return len(data)

    def taken(self) -> bytes:
        piece, self._waiting = bytes(self._waiting), bytearray()
        return piece


def _pieces(county: District, period: Period, by: Any) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as book:
        for _ in _written(Archive(book), county, period, by, None):
            yield pipe.taken()
    yield pipe.taken()


def _written(archive: Archive, county: District, period: Period, by: Any, reader: Any) -> Iterator[None]:
    """Writes the archive, and stops after every file."""
    user = by or reader
    yield from _reports(archive, county, period)
    yield from _papers(archive, county, period, user)
    yield from _monthly(archive, county, period, user)
    _workbook(archive, county, period, by)
    yield
    yield from _attachments(archive, county, period)
    _index(archive, county, period)
    yield


def _reports(archive: Archive, county: District, period: Period) -> Iterator[None]:
    """What was issued, byte for byte; of the county the report of today where none was issued."""
    rows = Report.objects.filter(county=county, period=period.code)
    files = IssuedFile.objects.filter(report__in=rows).select_related("report__school").order_by("report", "kind")
    for one in files.defer("bytes"):
        content = files.values_list("bytes", flat=True).get(pk=one.pk)  # not kept beyond this turn
        whose = str(one.report.school or county)
        told = f"{whose}工作总结（{one.report.get_state_display()}）"
        archive.add("总结", f"{whose}{period.title}工作总结.{one.kind}", told, bytes(content))
        yield
    if files.filter(report__school=None, report__state__in=_ISSUED).exists():
        return
    document = annual_report(Asked(period, Viewpoint(county)))
    if not is_empty(document):
        name = f"{county}{period.title}工作总结"
        told = f"{name}（按记录生成，没有印发）"
        _made(archive, "总结", f"{name}.pdf", told, lambda: render_pdf(document))
        yield
        _made(archive, "总结", f"{name}.docx", told, lambda: render_word(document))
        yield


def _made(archive: Archive, folder: str, name: str, told: str, make: Callable[[], bytes]) -> None:
    """One document that cannot be drawn leaves the others as they are; the index tells it."""
    try:
        content = make()
    except RenderingError as problem:
        archive.missing.append(f"{told}：没有生成，{problem}")
        return
    archive.add(folder, name, told, content)


def _papers(archive: Archive, county: District, period: Period, user: Any) -> Iterator[None]:
    wanted = Wanted(user=user, year=period.school_year)
    for key in _KEPT:
        yield from _paper(archive, county, "文件", PAPERS[key], wanted)


def _monthly(archive: Archive, county: District, period: Period, user: Any) -> Iterator[None]:
    """考勤表 and 补助发放表, a file for each month of which there is something."""
    span = school_year_span(int(period.code[:4]))
    for key, folder, model in _MONTHLY:
        known = model.objects.filter(county=county, month__range=span).order_by("month")
        for month in known.values_list("month", flat=True).distinct():
            wanted = Wanted(user=user, year=period.school_year, month=month)
            yield from _paper(archive, county, folder, PAPERS[key], wanted, told_month(month))


def _paper(
    archive: Archive, county: District, folder: str, paper: Paper, wanted: Wanted, of: str = ""
) -> Iterator[None]:
    """All of a kind in one file, or in several of `MOST`; nothing where the reader may not have this paper."""
    if not paper.is_open_to(wanted.user):
        return
    making = Making(wanted.user, wanted=wanted)
    rows = [choice.row for choice in paper.find(wanted) if not choice.why_not and _is_of(choice.row, county)]
    for number, some in enumerate(_chunks(rows), start=1):
        name = f"{of}{paper.title}{number if len(rows) > MOST else ''}"
        told, document = f"{name}（{len(some)} {paper.unit}）", paper.build(some, making)
        is_kept = not paper.is_secret(making.user)
        _made(archive, folder, f"{name}.pdf", told, partial(render_pdf, document, is_kept=is_kept))
        yield
        if paper.excel and "xlsx" in paper.formats:
            archive.add(folder, f"{name}.xlsx", told, paper.excel(some, making))
            yield


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


def _attachments(archive: Archive, county: District, period: Period) -> Iterator[None]:
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
                yield


def _attachment(archive: Archive, one: Attachment, row: Any) -> None:
    kind, told = str(row._meta.verbose_name), f"{row._meta.verbose_name}“{row}”：{one.name}"
    try:
        content = storing.path_of(one).read_bytes()
    except OSError:
        archive.missing.append(f"{told}：服务器上找不到的附件")
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
        parts.append(f"<h2>没能放进来的</h2><ul>{lines}</ul>")
    today = clock.today()
    about = f"{today.year}年{today.month}月{today.day}日生成，共 {len(archive.files)} 个文件。每个文件的校验码在 {LIST} 和 {SUMS} 里。"
    return (
        f'<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_CSS}</style></head><body><h1>{escape(title)}</h1><p>{escape(about)}</p><p>{escape(VERIFYING)}</p>"
        f"{''.join(parts)}</body></html>"
    )


def _line(one: Kept) -> str:
    ending = one.path.rpartition(".")[2].upper()
    return f'<li><a href="{quote(one.path)}">{escape(one.told)}</a> <small>{escape(ending)}</small></li>'
