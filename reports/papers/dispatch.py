"""派遣通知 with its list, and 介绍信 with its stub: how a teacher is sent on their way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from assignments.models import Placement, Secondment, YearSchedule
from reports.documents.tree import Addressee, Box, Document, Ends, Form, Paragraph, Section, Signature, Table, bound
from reports.papers.paper import (
    GOING,
    GONE,
    Choice,
    Making,
    Paper,
    Wanted,
    asked_for,
    choice_of,
    needs_state,
    secondments,
)
from reports.papers.words import bureau, day, day_or_blank, filled, label, receiving, span, stage, subject, year_code
from zhijiao.working_days import add_working_days

DUTIES = (
    "派出学校要安排好支教教师原来的工作，派出期间工资福利、人事关系、职称评聘、评优评先等待遇不变，并定期看望、了解情况。",
    "受援学校要为支教教师安排食宿和任教岗位，按月登记和确认考勤，支持开展听课评课、公开课、师徒结对和教研活动。",
    "支教教师要服从受援学校管理，遵守师德规范和工作纪律，按时到岗，请假按规定办理，如实记录工作，期满交总结。",
)


def find(wanted: Wanted) -> list[Choice]:
    """One notice for one document: from the page of a secondment, everybody of its document whom the person may see."""
    actions = ("document.generate", "document.own")
    rows = asked_for(wanted, actions)
    if wanted.secondment is not None:
        one = rows.first()
        if one is None:
            return []
        if one.dispatch_document:
            same = Wanted(wanted.user, year=year_code(one), number=one.dispatch_document)
            rows = asked_for(same, actions).filter(county=one.county)
    return [choice_of(row, NOT_GOING(row)) for row in rows]


def notices(rows: Sequence[Secondment], making: Making) -> Document:
    """Those of one document number in one notice; several numbers, several notices."""
    by_number: dict[tuple[str, str], list[Secondment]] = {}
    for row in rows:
        by_number.setdefault((row.dispatch_document, year_code(row)), []).append(row)
    return bound("派遣通知", [notice(some, making) for some in by_number.values()], layout="gongwen")


def notice(rows: Sequence[Secondment], making: Making) -> Document:
    first = rows[0]
    year, dated = first.school_year, first.dispatched_on
    schools = {str(row.sending_school) for row in rows} | {school for row in rows if (school := receiving(row))}
    until = YearSchedule.objects.filter(county=first.county, school_year=year).values_list("report_in_until", flat=True)
    begin = min((row.start for row in rows if row.start), default=None)
    last = until.first() or (add_working_days(begin, 3) if begin else None)
    blocks = (
        Addressee("各有关学校："),
        Paragraph(
            f"经个人申报、学校推荐、公示和审核，现选派{_who(rows)}等 {len(rows)} 名教师参加{year}支教工作"
            if len(rows) > 1
            else f"经个人申报、学校推荐、公示和审核，现选派{_who(rows)}参加{year}支教工作",
            f"，涉及 {len(schools)} 所学校，名单见附件。现将有关事项通知如下。",
        ),
        Section("支教时间", (Paragraph(f"{_times(rows)}。"),)),
        Section(
            "报到",
            (
                Paragraph(
                    f"支教教师请于{day(last) or '规定时间'}前持介绍信到受援学校报到。受援学校当日收下报到回执，三个工作日内报{bureau(first)}。逾期不到的，由派出学校说明情况。"
                ),
            ),
        ),
        Section("有关要求", tuple(Section(title, (Paragraph(text),)) for title, text in zip(("派出学校", "受援学校", "支教教师"), DUTIES, strict=True))),
        Paragraph(f"附件：支教教师名单（{len(rows)} 人）"),
        Signature(bureau(first), dated),
        Section("附件　支教教师名单", (names(rows),), is_appendix=True),
    )  # fmt: skip
    return Document(
        f"{bureau(first)}关于选派{year}\n支教教师的通知", blocks, bureau(first), dated, byline="", number=first.dispatch_document, subject="派遣通知",
        red_head=first.county.red_head,
    )  # fmt: skip


def _who(rows: Sequence[Secondment]) -> str:
    return "、".join(str(row.teacher) for row in rows[:3]) + ("同志" if len(rows) == 1 else "")


def _times(rows: Sequence[Secondment]) -> str:
    spans = {span(row.start, row.end) for row in rows}
    return spans.pop() if len(spans) == 1 else "每人的起止时间见名单"


def names(rows: Sequence[Secondment]) -> Table:
    lines = tuple(
        (str(number), row.teacher.name, row.teacher.get_sex_display(), str(row.sending_school), receiving(row), f"{stage(row)}{subject(row)}", _stay(row))
        for number, row in enumerate(rows, start=1)
    )  # fmt: skip
    return Table(
        "",
        ("序号", "姓名", "性别", "派出学校", "受援学校", "学段学科", "起止时间"),
        lines,
        ("center",) * 7,
        (1.8, 3.6, 1.8, 6.7, 6.7, 4.2, 6.6),
    )


def _stay(row: Secondment) -> str:
    return "—".join(f"{value:%Y.%m.%d}" for value in (row.start, row.end) if value)


# --- 介绍信 --------------------------------------------------------------------------------------------------------------


def letters(rows: Sequence[Secondment], making: Making) -> Document:
    return bound("介绍信", [letter(row, making) for row in rows])


def letter(secondment: Secondment, making: Making) -> Document:
    """The letter, and below the cut its stub, which stays with the bureau; both have the number."""
    number = f"介字第 {secondment.pk:06} 号"
    dated = _letter_date(secondment, making)
    valid = add_working_days(secondment.start or dated or making.today, 10)
    teacher, where = secondment.teacher, receiving(secondment) or "＿＿＿＿＿＿＿＿"
    blocks = (
        Ends("", number),
        Addressee(f"{where}："),
        Paragraph(
            f"兹介绍{secondment.sending_school}{teacher.name}同志（{_told(secondment, making)}）前往你校支教，"
            f"任教{stage(secondment)}{subject(secondment)}，时间为{span(secondment.start, secondment.end)}。请予接洽，并安排好工作和生活。"
        ),
        Paragraph("此致"),
        Addressee("敬礼"),
        Signature(bureau(secondment), dated, is_dated_by_hand=True),
        Paragraph(f"（有效期至{day(valid)}）"),
        cut(),
        Form(_stub(secondment, number, where, valid), (2.4, 5, 2.4, 5), row_height=10),
    )
    return Document("介 绍 信", blocks, bureau(secondment), dated, byline="", subject=f"{teacher}介绍信", layout="form")


def _letter_date(secondment: Secondment, making: Making) -> dt.date | None:
    """None where it is not known when somebody left long ago: a letter of today would have run out before it was written."""
    begun = secondment.start is not None and secondment.start < making.today
    return secondment.dispatched_on or (None if begun else making.today)


def _told(secondment: Secondment, making: Making) -> str:
    teacher = secondment.teacher
    number = making.id_number(teacher)
    return "，".join(
        part
        for part in (teacher.get_sex_display(), f"身份证号 {number}" if number else "", teacher.get_title_display())
        if part
    )


def cut() -> Form:
    """Where the paper is cut; the seal goes over the line."""
    return Form(
        ((Box("… … … … … … … … … … 沿此线裁开，骑缝盖章 … … … … … … … … … …"),),), (1,), is_ruled=False, row_height=16
    )


def _stub(secondment: Secondment, number: str, where: str, valid: dt.date) -> tuple[tuple[Box, ...], ...]:
    return (
        (label("介绍信存根", 2), label("编　　号"), filled(number)),
        (label("姓　　名"), filled(secondment.teacher.name), label("派出学校"), filled(str(secondment.sending_school))),
        (label("前往单位"), filled(where), label("事　　由"), filled(f"{secondment.programme}")),
        (label("支教时间"), filled(span(secondment.start, secondment.end), 3)),
        (label("派遣文号"), filled(secondment.dispatch_document), label("有效期至"), filled(day(valid))),
        (label("签 发 人"), filled(""), label("领 取 人"), filled("")),
    )


# --- 报到回执 ------------------------------------------------------------------------------------------------------------


def receipts(rows: Sequence[Secondment], making: Making) -> Document:
    return bound("支教教师报到回执", [receipt(row, making) for row in rows])


def receipt(secondment: Secondment, making: Making) -> Document:
    teacher = secondment.teacher
    stay = next(iter(secondment.placements.all()), None)
    school = receiving(secondment) or "＿＿＿＿＿＿＿＿"
    came = secondment.reported_on
    number = f"（{secondment.dispatch_document}）" if secondment.dispatch_document else ""
    blocks = (
        Addressee(f"{bureau(secondment)}："),
        Paragraph(
            f"根据你局派遣通知{number}，{secondment.sending_school}{teacher.name}同志已于{day_or_blank(came)}到我校报到，现将有关情况报告如下。"
        ),
        Form(
            (
                (label("姓　　名"), filled(teacher.name), label("性　　别"), filled(teacher.get_sex_display())),
                (label("派出学校"), filled(str(secondment.sending_school)), label("项目类型"), filled(str(secondment.programme))),
                (label("任教学科"), filled(_of(stay, "subject") or subject(secondment)), label("任教年级"), filled(_of(stay, "grade"))),
                (label("周 课 时"), filled(_of(stay, "weekly_periods")), label("是　　否\n班 主 任"), filled(_class_head(stay))),
                (label("实际任教点"), filled(_of(stay, "teaching_point")), label("住　　宿"), filled(_of(stay, "lodging"))),
                (label("支教时间"), filled(span(secondment.start, secondment.end), 3)),
                (label("学校联系人"), filled(stay.receiving_school.contact if stay else ""), label("联系电话"), filled(stay.receiving_school.phone if stay else "")),
                (label("教师签名"), Box("", height=16), label("备　　注"), filled("")),
            ),
            (2.6, 5, 2.6, 5),
            row_height=12,
        ),
        Signature(f"{school}（盖章）", came, is_dated_by_hand=True),
    )  # fmt: skip
    return Document(
        "支教教师报到回执", blocks, school, came or making.today, byline="", subject=f"{teacher}报到回执", layout="form"
    )


def _of(stay: Placement | None, name: str) -> str:
    value = getattr(stay, name) if stay else None
    return "" if value is None else f"{value:f}".rstrip("0").rstrip(".") if hasattr(value, "quantize") else str(value)


def _class_head(stay: Placement | None) -> str:
    return "" if stay is None or stay.is_class_head is None else "是" if stay.is_class_head else "否"


NOT_GOING, NOT_GONE = needs_state(GOING, "还没有批准"), needs_state(GONE, "还没有派出")
NOTICE = Paper(
    "dispatch", "派遣通知", "派遣文件和名单；同一个文号的在一份里。", find, notices, asks=("year", "number", "school", "programme"), why_not=NOT_GOING,
)  # fmt: skip
LETTER = Paper("letter", "介绍信", "一人一封，带存根。", secondments(NOT_GONE), letters, unit="封", why_not=NOT_GONE)
RECEIPT = Paper(
    "receipt", "报到回执", "受援学校收下人以后盖章交回。", secondments(NOT_GONE), receipts, unit="份", why_not=NOT_GONE
)
