"""支教队, 支教派遣 (with its first placement), 换岗记录, 派遣变更, 公示, 带队汇报."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from assignments.choices import (
    CHANGE_ALIASES,
    DUTY_ALIASES,
    ChangeKind,
    ChangeState,
    Duty,
    EndReason,
    SecondmentState,
    TeachingStage,
)
from assignments.models import Application, Placement, PublicNotice, Secondment, SecondmentChange, Team, TeamReport
from assignments.periods import Period
from assignments.sheets.columns import (
    PROGRAMMES,
    TEACHERS,
    Subject,
    of_events,
    of_school_year,
    of_secondments,
    of_stays,
    school_column,
    school_year_column,
    secondment_column,
    set_school_year,
    teacher_column,
    text,
    when_column,
)
from assignments.sheets.columns import (
    TEAMS as TEAM_SHEET,
)
from assignments.triggers import MESSAGES, NOT_GOING, OVERLAP, SAME_SCHOOL, TOLERANCE_DAYS
from zhijiao.dates import ApproximateDate, Precision
from zhijiao.workbook.description import Column, ParsedRow, Part, Problem, RowValues, Sheet
from zhijiao.workbook.kinds import Choice, Day, Decimal, Reference, Whole, Words, YesNo

DEFAULT_PROGRAMME = "支教"


def _same_school(values: RowValues, sending: str, receiving: str) -> Iterable[Problem]:
    if values.get(receiving) and values.get(sending) == values[receiving]:
        yield Problem(f"{MESSAGES[SAME_SCHOOL]}，都是“{values[receiving]}”", receiving)


def _check_secondment(values: RowValues) -> Iterable[Problem]:
    yield from _same_school(values, "sending_school", "first.receiving_school")
    yield from _without_a_school(values)
    if values.get("school_year") is None:
        yield Problem("“学年”和“起止时间”至少要写一个；只写年份的，另写学年", "school_year")
    if values.get("swapped_with") and values["swapped_with"] == values.get("teacher"):
        yield Problem("互派教师不能是本人", "swapped_with")


def _without_a_school(values: RowValues) -> Iterable[Problem]:
    """Before it is approved the bureau may not have found a school yet; from then on there is one."""
    if values.get("first.receiving_school") is not None or "first.receiving_school" not in values:
        return
    if values.get("state") not in NOT_PLACED_YET:
        yield Problem(
            "“受援学校”不能为空；还没有安排学校的，“状态”写草稿、已申报、公示中或局审核", "first.receiving_school"
        )
    elif any(value not in (None, "", []) for name, value in values.items() if name.startswith("first.")):
        yield Problem("写了任教情况，没有写受援学校", "first.receiving_school")


def _whole_school_year(values: RowValues, context: Any) -> ApproximateDate | None:
    """Without dates a secondment lasts its school year."""
    year = values.get("school_year")
    return ApproximateDate.school_year(int(year.code[:4])) if year else None


def _programme(values: RowValues, context: Any) -> Any:
    plain = Reference(PROGRAMMES)
    return context.remember("plain programme", lambda: context.index(PROGRAMMES).resolve(DEFAULT_PROGRAMME, plain, {}))


def _prepare_secondment(secondment: Secondment, values: RowValues, context: Any) -> None:
    """What follows from the rest: full time or not, finished or not, a backbone teacher or not."""
    if secondment.pk is None:
        if values.get("is_full_time") is None:
            secondment.is_full_time = secondment.programme.is_full_time
        if not values.get("state"):
            over = secondment.end is not None and secondment.end < timezone.localdate()
            secondment.state = SecondmentState.COMPLETED if over else SecondmentState.ON_POST


def _overlaps(one: Secondment, other: Secondment) -> bool:
    """The rule of assignments/triggers.py, for a message at the row."""
    if not one.start or not one.end or not other.start or not other.end:
        return False
    exact = one.precision == other.precision == Precision.RANGE
    days = (min(one.ended_on or one.end, other.ended_on or other.end) - max(one.start, other.start)).days
    return days >= (0 if exact else TOLERANCE_DAYS)


def _goes_full_time(secondment: Secondment) -> bool:
    return secondment.is_full_time and secondment.state not in NOT_GOING


def _check_overlaps(rows: list[ParsedRow], context: Any) -> Iterable[Problem]:
    """One query for all teachers of the sheet; the rows of the workbook go before what is recorded of them."""
    mine = [
        (row, row.instance) for row in rows if isinstance(row.instance, Secondment) and _goes_full_time(row.instance)
    ]
    by_teacher: dict[Any, list[tuple[ParsedRow | None, Secondment]]] = defaultdict(list)
    kept = {secondment.pk for _, secondment in mine if secondment.pk}
    teachers = {secondment.teacher_id for _, secondment in mine if secondment.teacher_id}
    for recorded in Secondment.objects.filter(Q(is_full_time=True), county=context.county).exclude(state__in=NOT_GOING):
        if recorded.teacher_id in teachers and recorded.pk not in kept:
            by_teacher[recorded.teacher_id].append((None, recorded))
    for row, secondment in mine:
        teacher = secondment.teacher_id or id(secondment.teacher)
        for other_row, other in by_teacher[teacher]:
            if _overlaps(secondment, other):
                place = f"第 {other_row.number} 行" if other_row else "系统里已有"
                yield Problem(
                    f"{secondment.teacher}已有一个全职派遣（{place}，{other.period_told}）。{MESSAGES[OVERLAP]}",
                    "when",
                    row=row.number,
                )
        by_teacher[teacher].append((row, secondment))


def _not_applied_for_again(rows: QuerySet[Secondment]) -> QuerySet[Secondment]:
    """Without those that were withdrawn and then applied for once more: teacher, year and programme would name two.

    Nothing hangs on them but the story of the withdrawal, which stays with this county's own records.
    """
    later = Q(pk__gt=OuterRef("pk")) | ~Q(state=SecondmentState.WITHDRAWN)
    again = Secondment.objects.filter(
        later, teacher=OuterRef("teacher"), school_year=OuterRef("school_year"), programme=OuterRef("programme")
    )
    return rows.exclude(Q(state=SecondmentState.WITHDRAWN) & Exists(again))


def _names(secondment: Secondment) -> list[str]:
    teacher = secondment.teacher
    names = [teacher.name]
    if teacher.school:
        names.append(f"{teacher.name}（{teacher.school.name}）")
    names.append(f"{teacher.name}（{secondment.sending_school.name}）")
    if teacher.id_number:
        names.append(f"{teacher.name}（{teacher.id_number[-4:]}）")
    names.append(f"{teacher.name}（{secondment.programme.name}）")
    return list(dict.fromkeys(names))


NOT_PLACED_YET = (
    SecondmentState.DRAFT, SecondmentState.SUBMITTED, SecondmentState.RECOMMENDED, SecondmentState.REVIEW, SecondmentState.SENT_BACK,
    SecondmentState.WITHDRAWN,
)  # fmt: skip


TEAMS = Sheet(
    name=TEAM_SHEET,
    model=Team,
    help="一所学校成队派出时填：队名和带队领导。",
    key=("school_year", "name"),
    names=lambda team: [team.name],
    scope="school_year",
    export=of_school_year,
    select=("school_year", "sending_school", "receiving_school", "leader", "leader__school"),
    columns=(
        school_year_column(required=True),
        text("支教队名称", "name", 60, required=True, sample="县直第二初中赴张河中学支教队"),
        school_column("派出学校", "sending_school", sample="县直第二初中"),
        school_column("受援学校", "receiving_school", sample="张河中学"),
        teacher_column("带队领导", "leader", sample="程守正"),
    ),
)

SECONDMENTS = Sheet(
    name="支教派遣",
    model=Secondment,
    help="支教花名册，一人一行。跟岗学习、短期指导也写在这里，用“项目类型”区分；中途换学校的，后一段写在“换岗记录”。",
    key=("teacher", "school_year", "programme"),
    parts={
        "first": Part(Placement, "secondment", {"order": 1}),
        "application": Part(Application, "secondment"),
    },
    names=_names,
    scope="school_year",
    check=_check_secondment,
    check_all=_check_overlaps,
    prepare=_prepare_secondment,
    derived=("is_full_time", "state"),
    export=of_stays,
    rows=_not_applied_for_again,
    select=("teacher", "teacher__school", "sending_school", "programme", "school_year", "team", "swapped_with"),
    columns=(
        teacher_column("教师", required=True, sample="沈若兰", aliases=("姓名", "教师姓名", "支教教师")),
        school_column("派出学校", "sending_school", required=True, sample="县实验初中", aliases=("支援学校", "原单位")),
        school_column(
            "受援学校",
            "first.receiving_school",
            sample="三岔中学",
            aliases=("接收学校", "支教学校"),
            help="必填；只有还没有批准、没有安排学校的可以空着",
        ),
        school_year_column(),
        when_column(
            "起止时间",
            "2023年9月1日至2024年7月10日",
            help="不填时按整个学年；只知道月份时写 2023年9月至2024年7月",
            default=_whole_school_year,
        ),
        Column(
            "项目类型",
            "programme",
            Reference(PROGRAMMES),
            default=_programme,
            sample="县内支教",
            aliases=("支教类型", "类型"),
            help="支教、县内支教、城乡交流轮岗、对口互派、三区支教、跟岗学习、短期指导等；不填算“支教”",
        ),
        Column("职责", "duty", Choice(Duty, DUTY_ALIASES), default=Duty.TEACHER, sample="支教教师"),
        Column("任教学科", "first.subject", Subject, sample="语文", aliases=("学科",)),
        Column("兼任学科", "first.other_subjects", Words(), help="用“、”隔开"),
        Column(
            "任教学段",
            "first.stage",
            Choice(TeachingStage, {"幼儿园": "学前", "特殊教育": "特教"}),
            sample="初中",
            aliases=("学段",),
        ),
        text("任教年级", "first.grade", 40, sample="八年级", aliases=("年级",)),
        Column("任教班数", "first.class_count", Whole(0, 60), sample=2, aliases=("班数",)),
        Column("学生数", "first.pupils", Whole(0, 9999), sample=86),
        Column("周课时", "first.weekly_periods", Decimal(min=0, max=60, places=1), sample=12),
        Column("是否任班主任", "first.is_class_head", YesNo(), sample="否", help="在受援学校是否任班主任"),
        text("实际任教点", "first.teaching_point", 60, help="所到的完小、教学点"),
        text("住宿", "first.lodging", 60, sample="校内周转宿舍"),
        Column("支教月数", "months", Decimal(min=0, max=120, places=1), help="认定的月数；不填按起止时间算"),
        text("批次", "batch", 20),
        Column("是否首次", "is_first", YesNo(), sample="是"),
        Column("是否骨干教师", "is_backbone", YesNo(), default=False, sample="是", aliases=("骨干教师", "是否骨干")),
        Column("派出前是否班主任", "was_class_head", YesNo(), sample="是", aliases=("原任班主任",)),
        text("派出学校职务", "post_at_home", 40, help="如 党支部书记"),
        Column("互派教师", "swapped_with", Reference(TEACHERS), help="对口互派的，写对方教师姓名；对方那一行也要写"),
        Column("支教队", "team", Reference(TEAM_SHEET, scope="school_year")),
        Column(
            "状态",
            "state",
            Choice(SecondmentState, {"结束": "已结束", "派出": "已派出", "期满": "已结束"}),
            sample="在岗",
            help="不填时：已过结束日期的算已结束，其余算在岗",
        ),
        Column("是否全职", "is_full_time", YesNo(), help="不填按项目类型"),
        text("派遣文号", "dispatch_document", 60, sample="青教人〔2023〕37号"),
        Column("派出日期", "dispatched_on", Day()),
        Column("协议签订日期", "agreement_signed_on", Day()),
        Column("报到日期", "reported_on", Day()),
        Column("实际结束日期", "ended_on", Day(), help="提前终止的写"),
        Column("提前终止原因", "end_reason", Choice(EndReason)),
        Column("终止后月数是否认定", "months_kept", YesNo()),
        Column("申请日期", "application.applied_on", Day()),
        text("申请理由", "application.reason", 2000),
        Column("意向学校", "application.wished_schools", Words()),
        Column("意向学科", "application.wished_subject", Subject),
        Column("是否服从调剂", "application.accepts_other", YesNo()),
        text("农村或薄弱校任教经历", "application.rural_experience", 500),
        Column("配偶是否同校", "application.spouse_at_same_school", YesNo()),
        text("派出学校意见", "application.sending_opinion", 200),
        text("受援学校意见", "application.receiving_opinion", 200),
        text("人事股意见", "application.bureau_opinion", 200),
        text("局领导审批", "application.decision", 200),
        Column("审批日期", "application.decided_on", Day()),
    ),
)


def _later_placements(rows: QuerySet[Placement], period: Period) -> QuerySet[Placement]:
    """The first one stands in the row of the secondment itself."""
    return of_secondments(rows, period).filter(order__gt=1)


PLACEMENTS = Sheet(
    name="换岗记录",
    model=Placement,
    help="同一次派遣中途换了学校的，第二段起每段一行；第一段在“支教派遣”。",
    key=("secondment", "order"),
    export=_later_placements,
    select=(
        "secondment__teacher__school",
        "secondment__sending_school",
        "secondment__programme",
        "secondment__school_year",
        "receiving_school",
    ),
    columns=(
        secondment_column(dated_by="start"),
        Column("第几段", "order", Whole(2, 9), required=True, sample=2, help="第一次换岗写 2"),
        school_column("新受援学校", "receiving_school", required=True, sample="柳坪小学", aliases=("受援学校",)),
        Column("开始", "start", Day(), required=True, sample="2024年2月26日"),
        Column("结束", "end", Day(), sample="2024年7月10日"),
        Column("任教学科", "subject", Subject, sample="语文"),
        text("任教年级", "grade", 40),
        Column("任教班数", "class_count", Whole(0, 60)),
        Column("周课时", "weekly_periods", Decimal(min=0, max=60, places=1)),
        text("住宿", "lodging", 60),
    ),
)


def _approved_changes(rows: QuerySet[SecondmentChange], period: Period) -> QuerySet[SecondmentChange]:
    """What still waits, or was refused, changed nothing and is no record of the year."""
    return of_events(rows, period).filter(state=ChangeState.APPROVED)


CHANGES = Sheet(
    name="派遣变更",
    model=SecondmentChange,
    help="提前终止、延期、换岗、调整学科，一次一行。",
    key=("secondment", "kind", "when"),
    prepare=set_school_year,
    derived=("school_year",),
    export=_approved_changes,
    select=(
        "secondment__teacher__school",
        "secondment__sending_school",
        "secondment__programme",
        "secondment__school_year",
    ),
    columns=(
        secondment_column(),
        school_year_column(),
        Column(
            "变更类型",
            "kind",
            Choice(ChangeKind, CHANGE_ALIASES),
            required=True,
            sample="延期",
        ),
        when_column("变更日期", "2024年2月26日", required=True),
        Column("原因", "reason", Choice(EndReason), sample="工作需要"),
        text("说明", "detail", 200),
        text("原内容", "before", 100),
        text("新内容", "after", 100),
        text("文号", "document", 60),
    ),
)

PUBLIC_NOTICES = Sheet(
    name="公示",
    model=PublicNotice,
    help="推荐名单、考核结果的公示。",
    key=("school", "title", "when"),
    export=of_events,
    select=("school", "school_year"),
    columns=(
        text("公示名称", "title", 100, required=True, sample="2023年支教教师推荐名单公示"),
        school_column("公示学校", help="局里公示的留空", sample="县实验初中"),
        when_column("公示日期", "2023年6月3日至6月9日"),
        school_year_column(),
        Column("工作日", "working_days", Whole(0, 60), sample=5),
        Column("收到异议", "objections", Whole(0, 999), default=0, sample=0, help="件数"),
        text("处理结果", "outcome", 200, sample="无异议"),
    ),
)

TEAM_REPORTS = Sheet(
    name="带队汇报",
    model=TeamReport,
    help="带队领导向学校汇报，一次一行。",
    key=("reporter", "when", "heard_by"),
    export=of_events,
    select=("reporter", "reporter__school", "school", "school_year"),
    columns=(
        teacher_column("汇报人", "reporter", required=True, sample="程守正"),
        when_column("汇报日期", "2023年10月20日"),
        school_year_column(),
        school_column("听取学校", help="一般是派出学校", sample="县直第二初中"),
        text("听取对象", "heard_by", 60, sample="校委会"),
        text("汇报内容", "content", 300),
    ),
)
