"""支教电子档案袋: everything that is kept of one secondment's work, in one PDF with contents and bookmarks.

Gathered from the work record as it stands; nothing is asked of anybody again. The number of queries does not grow with
what there is in it.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string

from assignments.access import within
from assignments.choices import LeaveState
from assignments.models import AttendanceMonth, Leave, Placement, Secondment
from evaluations import work
from evaluations.choices import RECORD_UNITS, AppraisalState
from evaluations.duties import Duty, archive_of, duties_of
from evaluations.models import Appraisal, AppraisalScore, Finding, Honour, MentorshipStep
from evaluations.views.contributions import found_during, is_issued
from evaluations.views.work import HAD_A_POST, told
from reports.documents.fonts import font_css
from reports.documents.html import UNBROKEN_DOT
from reports.documents.pdf import run_worker
from zhijiao import clock
from zhijiao.attachments import storing
from zhijiao.attachments.models import Attachment
from zhijiao.attachments.refusals import told_size
from zhijiao.dates import told as day_told
from zhijiao.quantities import plain

NAME = "支教电子档案袋"
MOST_PICTURES = 150  # printed; of more, the others are told by name
HEADINGS = {"record": "专项档案", "lesson": "课例", "lecture": "讲座", "mentorship": "师徒结对"}
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Grid:
    """A table: its heads, its rows; `css` of each column, where it is not plain."""

    heads: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    widths: tuple[int, ...] = ()  # per cent
    caption: str = ""

    @property
    def is_filled(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True)
class Picture:
    """A photo, small, with its name."""

    source: str
    caption: str


@dataclass(frozen=True)
class Piece:
    """One thing that has more to show than its line in the table: a text, photos, files, steps."""

    title: str
    remark: str = ""
    text: str = ""
    pictures: tuple[Picture, ...] = ()
    files: tuple[str, ...] = ()
    grid: Grid | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """A chapter of the archive; one with nothing in it is left out."""

    title: str
    remark: str = ""
    duties: Sequence[Duty] = ()
    grids: Sequence[Grid] = ()
    pieces: Sequence[Piece] = ()

    @property
    def is_filled(self) -> bool:
        return bool(self.duties or self.pieces or any(grid.is_filled for grid in self.grids))


@dataclass
class Files:
    """What hangs on the records; so many pictures are drawn, the others told."""

    by_row: dict[tuple[str, str], list[Attachment]]
    left: int = MOST_PICTURES
    drawn: int = field(default=0)

    @classmethod
    def of(cls, rows: Iterable[Any]) -> Files:
        keys = [str(row.pk) for row in rows]
        types = [model._meta.label_lower for model in work.KINDS.values()]
        by_row: dict[tuple[str, str], list[Attachment]] = defaultdict(list)
        for one in Attachment.objects.present().filter(subject_type__in=types, subject_id__in=keys).order_by("pk"):
            by_row[one.subject_type, one.subject_id].append(one)
        return cls(by_row)

    def on(self, row: Any) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
        """Pictures and the words for the other files."""
        pictures, files = [], []
        for one in self.by_row.get((row._meta.label_lower, str(row.pk)), []):
            picture = self._picture(one)
            if picture:
                pictures.append(picture)
            else:
                files.append(f"{one.name}（{told_size(one.size)}）")
        return tuple(pictures), tuple(files)

    def number_on(self, row: Any) -> str:
        number = len(self.by_row.get((row._meta.label_lower, str(row.pk)), []))
        return f"{number} 个" if number else ""

    def _picture(self, one: Attachment) -> Picture | None:
        path = storing.preview_of(one)
        if not one.is_picture or not self.left or not path.is_file():
            return None
        self.left -= 1
        return Picture(f"data:image/jpeg;base64,{base64.b64encode(path.read_bytes()).decode()}", one.name)


# --- what there is -----------------------------------------------------------------------------------------------------


def secondment_for(user: Any, pk: int) -> Secondment:
    """The one whose work this person may look at; 404 for any other."""
    rows = within(Secondment.objects.all(), user, "worklog.view").values("pk")
    placements = Placement.objects.select_related("receiving_school").order_by("order")
    found: Secondment = get_object_or_404(
        Secondment.objects.visible_to(user)
        .filter(pk__in=rows, state__in=HAD_A_POST)
        .select_related("county", "teacher__school", "programme", "sending_school", "school_year")
        .prefetch_related(Prefetch("placements", placements)),
        pk=pk,
    )
    return found


def name_of(secondment: Secondment) -> str:
    """The file's name."""
    year = f" {secondment.school_year.title}" if secondment.school_year else ""
    return f"{NAME} {secondment.teacher.name}{year}.pdf"


def chapters(secondment: Any, user: Any) -> list[Chapter]:
    """Those with something in them, in the order in which an archive has them."""
    steps = Prefetch("steps", MentorshipStep.objects.visible_to(user).order_by("start", "pk"))
    records = list(secondment.work_records.visible_to(user).order_by("category", "start", "pk"))
    lessons = list(secondment.lessons.visible_to(user).select_related("school").order_by("start", "pk"))
    lectures = list(secondment.lectures.visible_to(user).order_by("start", "pk"))
    pairs = list(
        secondment.mentorships.visible_to(user).select_related("apprentice").prefetch_related(steps).order_by("start", "pk")
    )  # fmt: skip
    files = Files.of([*records, *lessons, *lectures, *pairs])
    duties = duties_of(secondment.programme, archive_of(records, lessons, lectures, pairs))
    found = (
        Chapter("项目要求完成情况", f"{secondment.programme}，一学年", duties=duties),
        _records(records, files),
        _lessons(lessons, files),
        _lectures(lectures, files),
        _pairs(pairs, files),
        _attendance(secondment, user),
        _findings(secondment, user),
        _appraisals(secondment, user),
        _honours(secondment, user),
    )
    return [chapter for chapter in found if chapter.is_filled]


def _confirmed(row: Any) -> str:
    """吴校长，2023年11月6日; 未确认."""
    if not work.is_confirmed(row):
        return "退回待改" if row.return_reason else "未确认"
    return "，".join(
        part for part in (row.confirmed_by, day_told(row.confirmed_on) if row.confirmed_on else "") if part
    )


def _pieces(rows: Iterable[Any], files: Files) -> list[Piece]:
    """Those that have a text, photos or files."""
    found = []
    for row in rows:
        pictures, others = files.on(row)
        text = getattr(row, "text", "")
        if text or pictures or others:
            found.append(Piece(told(row), _remark(row), text, pictures, others))
    return found


def _remark(row: Any) -> str:
    return "　".join(part for part in (row.when.told() if row.when else "", f"确认：{_confirmed(row)}") if part)


def _records(rows: list[Any], files: Files) -> Chapter:
    totals: dict[str, int] = defaultdict(int)
    confirmed: dict[str, int] = defaultdict(int)
    for row in rows:
        totals[row.category] += row.number
        confirmed[row.category] += row.number if work.is_confirmed(row) else 0
    order = {name: number for number, name in enumerate(RECORD_UNITS)}
    names = sorted(totals, key=lambda name: (order.get(name, len(order)), name))
    unit = {name: RECORD_UNITS.get(name, "份") for name in names}
    by_kind = Grid(
        ("档案类别", "数量", "学校已确认"),
        [(name, f"{totals[name]} {unit[name]}", f"{confirmed[name]} {unit[name]}" if confirmed[name] else "") for name in names],
        (50, 25, 25), "按类别",
    )  # fmt: skip
    one_by_one = Grid(
        ("日期", "内容", "附件", "确认"),
        [(row.when.told(), told(row), files.number_on(row), _confirmed(row)) for row in rows],
        (22, 43, 9, 26), "逐条",
    )  # fmt: skip
    total = f"共 {sum(totals.values())} 份，{len(rows)} 条" if rows else ""
    return Chapter(HEADINGS["record"], total, grids=(by_kind, one_by_one), pieces=_pieces(rows, files))


def _lessons(rows: list[Any], files: Files) -> Chapter:
    grid = Grid(
        ("日期", "课型", "课题", "节数", "班级、学校", "评课", "确认"),
        [
            (row.when.told(), row.get_kind_display(), row.topic, str(row.number), "，".join(part for part in (row.class_name, str(row.school or "")) if part),
             "，".join(part for part in (f"授课 {row.taught_by}" if row.taught_by else "", f"{row.audience} 人听课" if row.audience else "", f"{plain(row.score)} 分" if row.score is not None else "", row.organiser) if part), _confirmed(row))
            for row in rows
        ],
        (15, 10, 20, 7, 17, 14, 17),
    )  # fmt: skip
    total = f"共 {sum(row.number for row in rows)} 节" if rows else ""
    return Chapter(HEADINGS["lesson"], total, grids=(grid,), pieces=_pieces(rows, files))


def _lectures(rows: list[Any], files: Files) -> Chapter:
    grid = Grid(
        ("日期", "题目", "地点", "时长", "参加人数", "确认"),
        [
            (row.when.told(), row.title, row.place, f"{plain(row.hours)} 小时" if row.hours is not None else "", row.people.told("人") if row.people else "", _confirmed(row))
            for row in rows
        ],
        (17, 28, 15, 10, 12, 18),
    )  # fmt: skip
    return Chapter(
        HEADINGS["lecture"], f"共 {len(rows)} 场" if rows else "", grids=(grid,), pieces=_pieces(rows, files)
    )


def _pairs(rows: list[Any], files: Files) -> Chapter:
    pieces = []
    for row in rows:
        pictures, others = files.on(row)
        steps = Grid(
            ("日期", "做了什么", "内容"),
            [(step.when.told(), step.get_kind_display(), step.text) for step in row.steps.all()],
            (20, 18, 62),
        )
        facts = (
            f"学科：{row.subject}" if row.subject else "",
            f"培养目标：{row.goal}" if row.goal else "",
            f"协议签订：{day_told(row.agreement_signed_on)}" if row.agreement_signed_on else "",
            f"成果：{row.outcome}" if row.outcome else "",
        )
        known = tuple(part for part in facts if part)
        pieces.append(Piece(told(row), _remark(row), "", pictures, others, steps if steps.is_filled else None, known))
    return Chapter(HEADINGS["mentorship"], f"带徒弟 {len(rows)} 人" if rows else "", pieces=pieces)


def _attendance(secondment: Any, user: Any) -> Chapter:
    """Days only: what somebody was away for is not for a folder that goes from hand to hand."""
    months = list(AttendanceMonth.objects.visible_to(user).filter(secondment=secondment).order_by("month"))
    leaves = list(Leave.objects.visible_to(user).filter(secondment=secondment, state=LeaveState.APPROVED))
    rows = [
        (f"{row.month.year}年{row.month.month}月", plain(row.due), plain(row.present), plain(_away(row)) if _away(row) else "", plain(row.absent) if row.absent else "", row.confirmed_by or ("已确认" if row.confirmed_on else "未确认"))
        for row in months
    ]  # fmt: skip
    if months:
        away, absent = sum(map(_away, months)), sum(row.absent for row in months)
        rows.append(("合计", plain(sum(row.due for row in months)), plain(sum(row.present for row in months)), plain(away) if away else "", plain(absent) if absent else "", ""))  # fmt: skip
    grid = Grid(
        ("月份", "应出勤（天）", "实出勤（天）", "请假（天）", "旷工（天）", "确认"), rows, (20, 17, 17, 14, 14, 18)
    )
    remark = (
        f"批准的请假 {len(leaves)} 次，共 {plain(sum((row.days for row in leaves), Decimal(0)))} 个工作日"
        if leaves
        else ""
    )
    return Chapter("出勤与请假", remark, grids=(grid,))


def _away(month: Any) -> Any:
    return month.personal_leave + month.sick_leave + month.official_leave + month.other_leave


def _findings(secondment: Any, user: Any) -> Chapter:
    """What inspections said of this teacher, once it was issued."""
    rows = [row for row in found_during(user, secondment) if is_issued(row) and row.teacher_id == secondment.teacher_id]
    grid = Grid(
        ("检查日期", "类别", "内容", "整改"),
        [(row.inspection.when.told(), row.get_kind_display(), row.text, _put_right(row)) for row in rows],
        (19, 10, 41, 30),
    )
    return Chapter("督导检查反馈", f"{len(rows)} 条" if rows else "", grids=(grid,))


def _put_right(row: Finding) -> str:
    return "；".join(part for part in (row.done, "已销号" if row.is_closed and row.done_on else "") if part)


def _appraisals(secondment: Any, user: Any) -> Chapter:
    scores = Prefetch("scores", AppraisalScore.objects.visible_to(user).order_by("pk"))
    rows = Appraisal.objects.visible_to(user).filter(secondment=secondment, state=AppraisalState.FINAL)
    pieces = []
    for row in rows.prefetch_related(scores).order_by("start", "pk"):
        lines = Grid(
            ("项目", "满分", "得分"),
            [(line.item, plain(line.maximum), plain(line.score) if line.score is not None else "") for line in row.scores.all()],
            (70, 15, 15),
        )  # fmt: skip
        facts = (
            f"受援学校意见：{row.receiving_opinion}" if row.receiving_opinion else "",
            f"派出学校意见：{row.sending_opinion}" if row.sending_opinion else "",
            f"文号：{row.document}" if row.document else "",
        )
        said = (
            row.get_kind_display(),
            row.get_grade_display(),
            f"{plain(row.score)} 分" if row.score is not None else "",
        )
        title = "　".join(part for part in said if part)
        pieces.append(Piece(title, row.when.told() if row.when else "", grid=lines if lines.is_filled else None, facts=tuple(part for part in facts if part)))  # fmt: skip
    return Chapter("考核", pieces=pieces)


def _honours(secondment: Any, user: Any) -> Chapter:
    """Those of the time of the secondment."""
    rows = Honour.objects.visible_to(user).filter(teacher=secondment.teacher_id, start__gte=secondment.start)
    if last := secondment.ended_on or secondment.end:
        rows = rows.filter(start__lte=last)
    grid = Grid(
        ("日期", "荣誉", "级别", "授予单位", "文号"),
        [(row.when.told(), row.title, row.get_level_display(), row.issuer, row.document) for row in rows.order_by("start", "pk")],
        (18, 34, 12, 20, 16),
    )  # fmt: skip
    return Chapter("荣誉", grids=(grid,))


# --- the file ----------------------------------------------------------------------------------------------------------


def dossier_html(secondment: Any, user: Any) -> str:
    """The finished page, from which the PDF is made."""
    found = chapters(secondment, user)
    stays = list(secondment.placements.all())
    schools = "、".join(dict.fromkeys(str(stay.receiving_school) for stay in stays))
    subjects = "、".join(dict.fromkeys(stay.subject for stay in stays if stay.subject))
    facts = (
        ("派出学校", str(secondment.sending_school)), ("受援学校", schools), ("项目类型", str(secondment.programme)),
        ("学　　年", secondment.school_year.title if secondment.school_year else ""), ("支教时间", secondment.period_told),
        ("任教学科", subjects or secondment.teacher.subject), ("派遣文号", secondment.dispatch_document),
    )  # fmt: skip
    context = {
        "name": NAME, "teacher": secondment.teacher.name, "organisation": secondment.county.bureau_name,
        "facts": [(label, value) for label, value in facts if value], "made_on": day_told(clock.today()),
        "chapters": [(f"c{number}", NUMERALS[number - 1], chapter) for number, chapter in enumerate(found, 1)],
        "css": font_css(),
    }  # fmt: skip
    html = render_to_string("reports/documents/dossier.html", context)
    head, body = html.split("<body>", 1)
    return f"{head}<body>{body.replace('·', UNBROKEN_DOT)}"


def dossier_pdf(secondment: Any, user: Any) -> bytes:
    """Of this no copy stays on the server: it holds a person's whole year."""
    return run_worker(dossier_html(secondment, user))
