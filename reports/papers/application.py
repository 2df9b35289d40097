"""支教申请表 and 审批表: who asks to go, and what was said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assignments.choices import SecondmentState as State
from assignments.models import Application, Secondment
from assignments.permissions import may_see_circumstances
from assignments.workflow import reaches
from reports.documents.tree import Box, Document, Ends, Form, PageBreak, bound
from reports.papers.paper import Choice, Making, Paper, Wanted, asked_for, choice_of, reachable
from reports.papers.words import (
    BLANK_DAY,
    backbone,
    bureau,
    day,
    filled,
    label,
    month,
    number,
    opinion,
    receiving,
    served,
    span,
    stage,
    subject,
    yes_no,
)

WIDTHS = (2.9, 3.1, 2.5, 2.8, 2.5, 3.4, 2.8)
REVIEWED = frozenset(set(State) - {State.DRAFT, State.SUBMITTED, State.RECOMMENDED, State.SENT_BACK, State.WITHDRAWN})
ACTIONS = ("document.generate", "document.own")


def _find(wanted: Wanted, why_not: Any) -> list[Choice]:
    """An application is not for the receiving school, nor for an inspector."""
    shown = reachable(wanted.user, ("application.view",)).values("pk")
    rows = asked_for(wanted, ACTIONS).filter(pk__in=shown)
    choices = [choice_of(row, why_not(row)) for row in rows]
    earlier = _earlier([choice.row for choice in choices])
    for choice in choices:
        choice.row.earlier = earlier.get(choice.row.teacher_id, [])
    return choices


def _earlier(rows: Sequence[Secondment]) -> dict[int, list[Secondment]]:
    """Where these teachers were seconded before."""
    done = (State.COMPLETED, State.ENDED_EARLY, State.APPRAISED)
    known = (
        Secondment.objects.filter(teacher__in={row.teacher_id for row in rows}, state__in=done)
        .select_related("programme")
        .prefetch_related("placements__receiving_school")
        .order_by("start")
    )
    found: dict[int, list[Secondment]] = {}
    for one in known:
        found.setdefault(one.teacher_id, []).append(one)
    return found


def _withdrawn(row: Secondment) -> str:
    return "已经撤回" if row.state == State.WITHDRAWN else ""


def _not_reviewed(row: Secondment) -> str:
    return "" if row.state in REVIEWED else "还没有报到教育局审核"


def _knows_application(user: Any, row: Secondment) -> bool:
    return reaches(user, "application.view", row) and any(reaches(user, action, row) for action in ACTIONS)


def find_applications(wanted: Wanted) -> list[Choice]:
    return _find(wanted, _withdrawn)


def find_approvals(wanted: Wanted) -> list[Choice]:
    return _find(wanted, _not_reviewed)


def applications(rows: Sequence[Secondment], making: Making) -> Document:
    return bound("支教申请表", [application(row, making) for row in rows])


def approvals(rows: Sequence[Secondment], making: Making) -> Document:
    return bound("支教教师审批表", [approval(row, making) for row in rows])


def application(secondment: Secondment, making: Making) -> Document:
    """Two pages: the person and their work; then what is asked for, why, and what the schools say."""
    asked = told(secondment)
    rows = [
        *person(secondment, making),
        *work(secondment),
        *history(secondment, asked),
        *circumstances(secondment, making),
        *wish(secondment, asked),
    ]
    said = [
        (
            label("申请理由"),
            Box(asked.reason, 6, alignment="left", height=84, foot=("申请人（签名）：　　　　　　　", day(asked.applied_on) or BLANK_DAY)),
        ),
        (label("派出学校\n意　　见"), opinion(asked.sending_opinion, 6, 54, secondment.recommended_on)),
        (label("受援学校\n意　　见"), opinion(asked.receiving_opinion, 6, 54)),
        (label("备　　注"), Box("", 6, height=30)),
    ]  # fmt: skip
    head = Ends(f"派出学校：{secondment.sending_school}", f"{secondment.school_year}")
    return document(
        "支教申请表",
        secondment,
        (head, Form(tuple(rows), WIDTHS, row_height=10), PageBreak(), Form(tuple(said), WIDTHS)),
        making,
    )


def approval(secondment: Secondment, making: Making) -> Document:
    """One page: the person in short, where they are to go, and the four who say yes or no."""
    asked = told(secondment)
    stay = next(iter(secondment.placements.all()), None)
    rows = [
        *person(secondment, making),
        (
            label("职　　称"), filled(secondment.teacher.get_title_display()), label("学段学科"), filled(f"{stage(secondment)}{subject(secondment)}"),
            label("骨干称号"), filled(backbone(secondment, with_years=False), 2),
        ),
        (label("项目类型"), filled(str(secondment.programme), 3), label("职　　责"), filled(secondment.get_duty_display(), 2)),
        (label("派出学校"), filled(str(secondment.sending_school), 3), label("受援学校"), filled(receiving(secondment), 2)),
        (
            label("起止时间"), filled(span(secondment.start, secondment.end), 3), label("任教学科"),
            filled((stay and stay.subject) or asked.wished_subject or "", 2),
        ),
        (label("派出学校\n意　　见"), opinion(asked.sending_opinion, 6, 33, secondment.recommended_on)),
        (label("受援学校\n意　　见"), opinion(asked.receiving_opinion, 6, 33)),
        (label("教 育 局\n人事股意见"), opinion(asked.bureau_opinion, 6, 33)),
        (label("教 育 局\n领导审批"), opinion(asked.decision, 6, 33, asked.decided_on)),
    ]  # fmt: skip
    head = Ends(f"派出学校：{secondment.sending_school}", f"{secondment.school_year}")
    return document("支教教师审批表", secondment, (head, Form(tuple(rows), WIDTHS)), making)


def document(title: str, secondment: Secondment, blocks: tuple[Any, ...], making: Making) -> Document:
    return Document(
        title,
        blocks,
        bureau(secondment),
        making.today,
        byline="",
        subject=f"{secondment.teacher}{title}",
        layout="form",
    )


def told(secondment: Secondment) -> Application:
    """The application, or an empty one to be filled in by hand."""
    known = getattr(secondment, "application", None)
    return known or Application(secondment=secondment)


def person(secondment: Secondment, making: Making) -> list[tuple[Box, ...]]:
    teacher = secondment.teacher
    return [
        (
            label("姓　　名"), filled(teacher.name), label("性　　别"), filled(teacher.get_sex_display()),
            label("民　　族"), filled(teacher.get_ethnicity_display()), Box("照　片", rows=4),
        ),
        (
            label("出生年月"), filled(month(teacher.birth_date)), label("政治面貌"), filled(teacher.get_political_status_display()),
            label("籍　　贯"), filled(teacher.native_place),
        ),
        (label("身份证号"), filled(making.id_number(teacher), 3), label("联系电话"), filled(making.phone(teacher))),
        (
            label("最高学历"), filled(teacher.get_education_display()), label("毕业院校\n及专业"),
            filled("　".join(part for part in (teacher.graduated_from, teacher.major) if part), 3),
        ),
    ]  # fmt: skip


def work(secondment: Secondment) -> list[tuple[Box, ...]]:
    teacher = secondment.teacher
    begun = secondment.start
    years = begun.year - teacher.employed_since.year if begun and teacher.employed_since else None
    title = "\n".join(part for part in (teacher.get_title_display(), month(teacher.title_since)) if part)
    return [
        (
            label("参加工作\n时　　间"), filled(month(teacher.employed_since)), label("教　　龄"), filled(f"{years} 年" if years is not None else ""),
            label("本校任教\n起　　始"), filled(month(teacher.at_school_since), 2),
        ),
        (
            label("职称及\n聘任时间"), filled(title), label("岗位等级"), filled(teacher.post_grade),
            label("行政职务"), filled(secondment.post_at_home or teacher.post, 2),
        ),
        (
            label("教师资格"), filled(teacher.certificate), label("普通话\n等　级"), filled(teacher.mandarin_level),
            label("编制性质"), filled(teacher.get_establishment_display(), 2),
        ),
        (
            label("学段学科"), filled(f"{teacher.get_stage_display()}{teacher.subject}"), label("周 课 时"), filled(number(teacher.weekly_periods)),
            label("是　　否\n班 主 任"), filled(yes_no(teacher.is_class_head), 2),
        ),
        (label("骨干称号"), filled(backbone(secondment), 6)),
    ]  # fmt: skip


def history(secondment: Secondment, asked: Application) -> list[tuple[Box, ...]]:
    earlier = [one for one in getattr(secondment, "earlier", ()) if one.pk != secondment.pk]
    lines = [f"{served(one)}　{one.programme}　{receiving(one)}" for one in earlier]
    return [
        (label("农村或薄弱\n校任教经历"), Box(asked.rural_experience, 6, alignment="left", height=14)),
        (label("历次支教"), Box("\n".join(lines) or "无", 6, alignment="left", height=12)),
    ]


def circumstances(secondment: Secondment, making: Making) -> list[tuple[Box, ...]]:
    """Health and family, for those who may know of them; others get the boxes empty."""
    teacher, asked = secondment.teacher, told(secondment)
    may_see = may_see_circumstances(making.user, teacher)
    return [
        (
            label("健康状况"), filled(teacher.health if may_see else ""), label("配偶是否\n同　　校"), filled(yes_no(asked.spouse_at_same_school)),
            label("紧　　急\n联 系 人"), filled(teacher.emergency_contact if may_see else "", 2),
        ),
        (label("家庭情况"), Box(teacher.family if may_see else "", 6, alignment="left")),
    ]  # fmt: skip


def wish(secondment: Secondment, asked: Application) -> list[tuple[Box, ...]]:
    return [
        (label("申请项目"), filled(str(secondment.programme), 3), label("意向学科"), filled(asked.wished_subject, 2)),
        (
            label("意向学校"),
            filled("、".join(asked.wished_schools), 3),
            label("是否服从\n调　　剂"),
            filled(yes_no(asked.accepts_other), 2),
        ),
        (label("起止时间"), filled(span(secondment.start, secondment.end), 6)),
    ]


APPLICATION = Paper(
    "application",
    "支教申请表",
    "教师填好的申请，一人一份。",
    find_applications,
    applications,
    unit="份",
    why_not=_withdrawn,
    reaches=_knows_application,
)
APPROVAL = Paper(
    "approval",
    "审批表",
    "派出学校、受援学校和教育局的意见，一人一页。",
    find_approvals,
    approvals,
    unit="份",
    why_not=_not_reviewed,
    reaches=_knows_application,
)
