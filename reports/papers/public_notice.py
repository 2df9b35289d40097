"""公示 of the names a school recommends: masked, for working days, with whom to tell an objection."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch

from assignments.models import PublicNotice, Secondment
from reports.documents.tree import Document, Paragraph, Signature, Table, bound
from reports.masked_names import masked_name
from reports.papers.paper import Choice, Making, Paper, Wanted, knows_notice, notices
from reports.papers.words import receiving, span, subject


def find(wanted: Wanted) -> list[Choice]:
    rows = notices(wanted.user)
    if wanted.secondment is not None:
        rows = rows.filter(secondments=wanted.secondment)
    else:
        if wanted.year:
            rows = rows.filter(school_year__code=wanted.year)
        if wanted.school:
            rows = rows.filter(school=wanted.school)
    named = (
        Secondment.objects.select_related("teacher", "programme")
        .prefetch_related("placements__receiving_school")
        .order_by("teacher__name", "pk")
    )
    rows = rows.select_related("school", "county", "school_year").prefetch_related(Prefetch("secondments", named))
    return [_choice(row) for row in rows.order_by("-start", "pk")]


def _choice(row: PublicNotice) -> Choice:
    number = len(row.secondments.all())
    why_not = "" if number else "没有登记公示了哪些教师"
    return Choice(str(row.pk), row, row.title, f"{span(row.start, row.end)}，{number} 人", why_not)


def public_notices(rows: Sequence[PublicNotice], making: Making) -> Document:
    return bound("推荐名单公示", [public_notice(row) for row in rows], layout="gongwen")


def public_notice(notice: PublicNotice) -> Document:
    named = list(notice.secondments.all())
    who = notice.school or notice.county.bureau_name
    year = f"{notice.school_year}" if notice.school_year else ""
    days = f"（{notice.working_days} 个工作日）" if notice.working_days else ""
    rows = tuple(
        (str(number), masked_name(row.teacher.name), row.teacher.get_sex_display(), row.teacher.get_title_display(), subject(row), str(row.programme), receiving(row) or "待安排")
        for number, row in enumerate(named, start=1)
    )  # fmt: skip
    table = Table(
        "", ("序号", "姓名", "性别", "职称", "学科", "项目类型", "受援学校"), rows, ("center",) * 7, (1.5, 3, 1.8, 4, 3.5, 6, 8),
    )  # fmt: skip
    blocks = (
        Paragraph(
            f"根据支教工作安排，经个人申报、学校集体研究，{who}拟推荐以下 {len(named)} 名教师参加{year}支教工作，现予公示，公示时间为{span(notice.start, notice.end)}{days}。"
        ),
        table,
        Paragraph(_contact(notice)),
        Signature(str(who), notice.start),
    )
    title = f"关于{year}支教教师\n推荐名单的公示"
    return Document(title, blocks, str(who), notice.start, byline="", subject="公示")


def _contact(notice: PublicNotice) -> str:
    school = notice.school
    person = (school and school.contact) or "＿＿＿＿＿＿"
    phone = (school and school.phone) or "＿＿＿＿＿＿＿＿"
    return (
        f"公示期内对人选有异议的，可以来人、来电或者书面向学校或者{notice.county.bureau_name}反映，提倡署名，受理单位保密。"
        f"联系人：{person}，电话：{phone}。"
    )


PUBLIC_NOTICE = Paper(
    "public_notice", "公示", "学校推荐名单的公示稿，姓名遮住中间。", find, public_notices, actions=("notice.view",), asks=("year", "school"), unit="份",
    why_not=lambda secondment: "", reaches=knows_notice,
)  # fmt: skip
