"""The page of a teacher. Numbers of a person are masked; health, family and bank are for those who need them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from assignments.access import has_on, within
from assignments.care import HIDDEN, may_read
from assignments.choices import SERVING_STATES, Direction
from assignments.models import CorrectionRequest, Placement, Secondment, Teacher
from assignments.people import may_edit_teacher, may_merge, may_retire
from assignments.permissions import may_see_circumstances
from assignments.unmasking import is_own, masked
from assignments.views.badges import state_badge
from assignments.views.reading import Reading
from zhijiao.access import needs
from zhijiao.detail import Col, Page, Section
from zhijiao.quantities import plain


@needs("teacher.view")
def teacher_detail(request: HttpRequest, pk: int) -> HttpResponse:
    mine = within(Teacher.objects.all(), request.user, "teacher.view").values("pk")
    teachers = Teacher.objects.visible_to(request.user).filter(pk__in=mine).select_related("county", "school")
    teacher = get_object_or_404(teachers, pk=pk)
    reading = Reading(request)
    secondments = _secondments_of(reading, teacher)
    page = Page(
        [
            _person(reading, teacher),
            _post(reading, teacher),
            _backbone(reading, teacher),
            _secondments(reading, secondments),
            *reading.contributed(teacher),
            _care(reading, teacher),
            _exemptions(reading, teacher),
            _corrections(reading, teacher),
        ]
    )
    running = next((row for row in secondments if row.state == "on_post"), None)
    return render(
        request, "assignments/teacher_detail.html",
        {
            "teacher": teacher, "page": page, "running": running, "badge": state_badge(running.state) if running else "",
            "may_edit": may_edit_teacher(request.user, teacher), "may_retire": may_retire(request.user, teacher),
            "may_merge": may_merge(request.user, teacher), "is_own": is_own(request.user, teacher),
        },
    )  # fmt: skip


def _person(reading: Reading, teacher: Teacher) -> Section:
    today = timezone.localdate()
    private = may_see_circumstances(reading.user, teacher)
    age = teacher.age_on(today)
    return Section(
        "person",
        "个人情况",
        [
            reading.tell.facts(
                teacher,
                Col("sex"),
                Col(
                    lambda row: f"{reading.tell.value(row.birth_date)}（{age} 岁）" if row.birth_date else "",
                    "出生日期",
                ),
                Col("ethnicity"),
                Col("native_place"),
                Col("political_status"),
                Col(lambda row: masked(reading.user, row, "id"), "身份证号"),
                Col(lambda row: masked(reading.user, row, "phone"), "手机号"),
                *(
                    (
                        Col("emergency_contact"),
                        Col("health"),
                        Col("family"),
                    )
                    if private
                    else ()
                ),
                *(
                    (Col("bank"), Col(lambda row: masked(reading.user, row, "bank"), "银行卡号"))
                    if private or has_on(reading.user, "teacher.reveal_bank", teacher)
                    else ()
                ),
                Col("education"),
                Col("graduated_from"),
                Col("major"),
            )
        ],
        half=True,
    )


def _post(reading: Reading, teacher: Teacher) -> Section:
    years = teacher.years_at_school_on(timezone.localdate())

    def since(row: Teacher) -> str:
        told = reading.tell.value(row.at_school_since)
        return f"{told}（满 {years} 年）" if years else told

    return Section(
        "post",
        "任职情况",
        [
            reading.tell.facts(
                teacher,
                Col("school"),
                Col(since, "本校任教起始"),
                Col("employed_since"),
                Col("establishment"),
                Col("title"),
                Col("title_since"),
                Col("post_grade"),
                Col("post"),
                Col("stage"),
                Col("subject"),
                Col("weekly_periods", unit="节"),
                Col("is_class_head"),
                Col("certificate"),
                Col("mandarin_level"),
                Col("retired_on"),
            )
        ],
        half=True,
    )


def _backbone(reading: Reading, teacher: Teacher) -> Section:
    titles: Any = teacher.backbone_titles
    year = timezone.localdate().year
    return Section(
        "backbone",
        "骨干称号",
        [
            reading.tell.table(
                list(titles.visible_to(reading.user)),
                "title",
                "level",
                Col(lambda row: f"{row.year}年" if row.year else "", "获得年份", css="nw"),
                Col(lambda row: f"{row.valid_until}年" if row.valid_until else "", "有效至", css="nw"),
                Col(lambda row: "" if row.is_valid_in(year) else "已过期", "现在"),
                "document",
            )
        ],
    )


def _secondments_of(reading: Reading, teacher: Teacher) -> list[Secondment]:
    rows: Any = teacher.secondments
    placements = Placement.objects.select_related("receiving_school").order_by("order")
    return list(
        rows.visible_to(reading.user)
        .select_related("teacher", "programme", "sending_school", "school_year")
        .prefetch_related(Prefetch("placements", placements))
        .order_by("-start")
    )


def _secondments(reading: Reading, rows: list[Secondment]) -> Section:
    tell = reading.tell
    return Section(
        "secondments",
        "支教经历",
        [
            tell.table(
                rows,
                Col(lambda row: tell.link(row, str(row.school_year)), "学年", css="nw"),
                Col("sending_school"),
                Col(lambda row: tell.value([stay.receiving_school for stay in row.placements.all()]), "受援学校"),
                Col("programme", link=False),
                Col("duty"),
                Col("period_told", "起止", css="nw"),
                Col(lambda row: row.served_months or None, "月数", css="r"),
                Col(lambda row: state_badge(row.state), "状态", css="nw"),
            )
        ],
        remark=months_told(rows),
    )


def months_told(rows: list[Secondment]) -> str:
    """Months of service added up: without learning visits, brief help, and what was not recognised after an early end."""
    counted = [
        row
        for row in rows
        if row.state in SERVING_STATES and row.programme.direction == Direction.OUT and row.months_kept is not False
    ]
    total = sum((row.served_months for row in counted), Decimal(0))
    if not total:
        return ""
    running = any(row.ended_on is None and row.end and row.end > timezone.localdate() for row in counted)
    return f"支教累计 {plain(total)} 个月" + ("，在岗的计到期满" if running else "")


def _care(reading: Reading, teacher: Teacher) -> Section:
    rows: Any = teacher.difficulties
    return Section(
        "difficulties",
        "困难诉求",
        [difficulty_table(reading, list(within(rows.all(), reading.user, "difficulty.view")))],
    )


def difficulty_table(reading: Reading, rows: list[Any]) -> Any:
    """What is about somebody's health is told to those only who may know of it."""

    def told(row: Any) -> Any:
        words = row.text if may_read(reading.user, row) else HIDDEN
        return format_html('<a href="{}">{}</a>', reverse("assignments:difficulty_detail", args=[row.pk]), words)

    return reading.tell.table(
        rows,
        Col(told, "困难内容"),
        "category",
        Col("when", "提出日期", css="nw"),
        "owner",
        Col("due_on", css="nw"),
        Col(lambda row: row.resolution if may_read(reading.user, row) else "", "解决办法"),
        Col("resolved_on", css="nw"),
        Col(lambda row: "已解决" if row.is_resolved else "未解决", "现在", css="nw"),
    )


def _exemptions(reading: Reading, teacher: Teacher) -> Section:
    rows: Any = teacher.exemptions
    found = list(rows.visible_to(reading.user)) if may_see_circumstances(reading.user, teacher) else []
    return Section(
        "exemptions",
        "暂缓交流",
        [reading.tell.table(found, "reason", "proof", Col("start", css="nw"), Col("end", css="nw"))],
    )


def _corrections(reading: Reading, teacher: Teacher) -> Section:
    """What the teacher asked to have corrected: for the teacher, and for whoever corrects it."""
    editor = may_edit_teacher(reading.user, teacher)
    if not editor and not is_own(reading.user, teacher):
        return Section("corrections", "更正申请")
    rows: Any = teacher.corrections
    table = reading.tell.table(
        list(rows.visible_to(reading.user)),
        Col("field"),
        Col("right_value"),
        "reason",
        Col(lambda row: timezone.localdate(row.asked_at), "提出", css="nw"),
        Col(lambda row: _answered(row, editor), "办理"),
        "answer",
    )
    return Section("corrections", "更正申请", [table])


def _answered(row: CorrectionRequest, editor: bool) -> str:
    if row.is_done is not None:
        return "已更正" if row.is_done else "不更正"
    address = reverse("assignments:correction_answer", args=[row.pk])
    return format_html('<a href="{}">办理…</a>', address) if editor else "等学校或教育局办理"
