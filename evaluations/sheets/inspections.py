"""督导检查 with its four parts in one row, and the lines of each part in sheets of their own."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from assignments.periods import Period
from assignments.sheets.columns import of_events, school_column, school_year_column, teacher_column, text, when_column
from evaluations.choices import (
    QUALITY_ALIASES,
    RESPONDENT_ALIASES,
    FindingKind,
    InspectionState,
    Quality,
    RespondentKind,
    VisitWay,
)
from evaluations.models import (
    Briefing,
    BriefingPoint,
    Feedback,
    Finding,
    HomeVisit,
    Inspection,
    InspectionRound,
    QuestionnaireCount,
    RecordsReview,
    ReviewedItem,
    Survey,
)
from zhijiao.workbook.description import Column, Part, Sheet
from zhijiao.workbook.kinds import Choice, Day, Reference, Whole, Words, YesNo

NAME, ROUND = "督导检查", "检查轮次"
QualityChoice = Choice(Quality, QUALITY_ALIASES)


def _names(inspection: Inspection) -> list[str]:
    """三岔中学 where it was inspected once, 三岔中学 2023年11月15日 otherwise."""
    return [inspection.school.name, f"{inspection.school.name} {inspection.when}"]


def _of_inspections(rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
    return rows.filter(inspection__in=Inspection.objects.filter(period.events()).values("pk"))


def _inspection_column() -> Column:
    return Column(
        "督导检查", "inspection", Reference(NAME), required=True, sample="三岔中学 2023年11月15日", aliases=("受检学校", "学校"),
        help="受检学校的名称；这所学校检查过几次的，后面写日期，如 三岔中学 2023年11月15日",
    )  # fmt: skip


ROUNDS = Sheet(
    name=ROUND,
    model=InspectionRound,
    help="列入年度清单的检查轮次。",
    key=("school_year", "name"),
    names=lambda of: [of.name],
    export=of_events,
    select=("school_year",),
    columns=(
        text("检查轮次", "name", 60, required=True, sample="2023年秋季第一轮"),
        when_column("检查时间", "2023年11月13日至12月15日"),
        school_year_column(),
        text("清单编号", "list_number", 30, sample="2023-07"),
        text("通知文号", "notice_document", 60),
        Column("通知日期", "announced_on", Day(), sample="2023年10月12日"),
    ),
)

INSPECTIONS = Sheet(
    name=NAME,
    model=Inspection,
    help="一所学校检查一次写一行，包括汇报座谈、资料检查、问卷走访、反馈四个环节；明细写在后面几张表。",
    key=("school", "when"),
    parts={
        "briefing": Part(Briefing, "inspection"),
        "records_review": Part(RecordsReview, "inspection"),
        "survey": Part(Survey, "inspection"),
        "feedback": Part(Feedback, "inspection"),
    },
    names=_names,
    export=of_events,
    select=("school", "round", "inspecting_school", "school_year"),
    columns=(
        school_column("受检学校", required=True, sample="三岔中学", aliases=("学校",)),
        when_column("检查日期", "2023年11月15日", required=True),
        school_year_column(),
        Column("检查轮次", "round", Reference(ROUND)),
        school_column("检查学校", "inspecting_school", help="中心校检查时写；局里检查的留空", sample="云溪乡中心初中"),
        text("组长", "leader", 50),
        Column("督导员", "inspectors", Words(), help="用“、”隔开"),
        Column("状态", "state", Choice(InspectionState), default=InspectionState.CLOSED, sample="已办结"),
        Column("检查结论", "conclusion", QualityChoice, sample="较好"),
        Column("座谈日期", "briefing.day", Day()),
        text("座谈地点", "briefing.place", 60),
        Column(
            "座谈对象", "briefing.heard", Words(), sample="学校领导、本校教师、支教教师", help="和谁谈了，用“、”隔开"
        ),
        Column("座谈校领导人数", "briefing.leaders_heard", Whole(0, 999)),
        Column("座谈教师人数", "briefing.teachers_heard", Whole(0, 999)),
        Column("座谈支教教师人数", "briefing.seconded_heard", Whole(0, 999)),
        Column("个别谈话人数", "briefing.private_interviews", Whole(0, 999)),
        Column("座谈内容", "briefing.topics", Words(), sample="工作态度、工作方法、工作效果"),
        Column("资料检查日期", "records_review.day", Day()),
        text("查阅地点", "records_review.place", 60),
        text("资料总体印象", "records_review.impression", 200, sample="教案规范，批改及时"),
        Column("问卷走访日期", "survey.day", Day()),
        Column("走访户数", "survey.home_visits", Whole(0, 9999), sample=9),
        text("走访人", "survey.interviewers", 60),
        Column("反馈日期", "feedback.day", Day(), sample="2023年11月17日"),
        Column("反馈对象", "feedback.recipients", Words(), sample="沈若兰、陶景明", help="教师姓名或学校"),
        Column("反馈意见条数", "feedback.points", Whole(0, 999), sample=2),
        text("反馈意见书文号", "feedback.document", 60),
        Column("回复日期", "feedback.answered_on", Day()),
    ),
)

BRIEFING_POINTS = Sheet(
    name="座谈要点",
    model=BriefingPoint,
    help="座谈中谁谈了什么。",
    key=("inspection", "speaker", "topic", "text"),
    export=_of_inspections,
    select=("inspection__school",),
    columns=(
        _inspection_column(),
        text("发言人（身份）", "speaker", 50, required=True, sample="八年级语文教师"),
        text("内容", "topic", 40, sample="工作态度"),
        text("要点", "text", 300, required=True, sample="每天最早到校"),
        Column("评价", "quality", QualityChoice, sample="好"),
    ),
)

REVIEWED_ITEMS = Sheet(
    name="资料检查",
    model=ReviewedItem,
    help="查了哪类资料、多少份。",
    key=("inspection", "category", "teacher"),
    export=_of_inspections,
    select=("inspection__school", "teacher", "teacher__school"),
    columns=(
        _inspection_column(),
        text(
            "资料类别",
            "category",
            20,
            required=True,
            sample="备课",
            help="备课、作业批阅、辅导记载、会议纪要、教学心得体会等",
        ),
        teacher_column("被查教师", help="不分教师的留空"),
        Column("抽查数量", "number", Whole(0, 99999), default=0, sample=12, aliases=("数量",)),
        Column("缺少数量", "missing", Whole(0, 99999), default=0, sample=0),
        Column("质量", "quality", QualityChoice, sample="较好"),
        text("意见", "remark", 200),
    ),
)

QUESTIONNAIRES = Sheet(
    name="问卷统计",
    model=QuestionnaireCount,
    help="每次检查、每类对象的问卷一行。",
    key=("inspection", "respondents"),
    export=_of_inspections,
    select=("inspection__school",),
    columns=(
        _inspection_column(),
        Column("问卷对象", "respondents", Choice(RespondentKind, RESPONDENT_ALIASES), required=True, sample="学生"),
        Column("发放份数", "issued", Whole(0, 999999), required=True, sample=86),
        Column("收回份数", "returned", Whole(0, 999999), sample=85),
        Column("有效份数", "valid", Whole(0, 999999), sample=84),
        Column("满意", "satisfied", Whole(0, 999999), sample=70),
        Column("基本满意", "fairly_satisfied", Whole(0, 999999), sample=12),
        Column("不满意", "dissatisfied", Whole(0, 999999), sample=2),
    ),
)

HOME_VISITS = Sheet(
    name="走访记录",
    model=HomeVisit,
    help="走访学生家庭，一户一行。不写孩子和家长的姓名。",
    key=("inspection", "number"),
    export=_of_inspections,
    select=("inspection__school",),
    columns=(
        _inspection_column(),
        text("走访编号", "number", 20, required=True, sample="1"),
        Column("走访日期", "day", Day(), sample="2023年11月15日"),
        text("走访人", "visitor", 50),
        text("学生年级", "grade", 20, sample="八年级"),
        text("与学生关系", "relation", 20, sample="父亲"),
        Column("走访方式", "way", Choice(VisitWay), default=VisitWay.HOME, sample="入户"),
        text("意见", "opinion", 300, sample="希望多布置课外阅读"),
        Column("是否需处理", "needs_action", YesNo(), default=False, sample="否"),
        text("处理结果", "outcome", 200),
    ),
)

FINDINGS = Sheet(
    name="反馈意见",
    model=Finding,
    help="反馈的每一条意见；问题要写整改期限和结果。",
    key=("inspection", "kind", "text"),
    export=_of_inspections,
    select=("inspection__school", "teacher", "teacher__school"),
    columns=(
        _inspection_column(),
        Column("类别", "kind", Choice(FindingKind), required=True, sample="问题"),
        text("内容", "text", 300, required=True, sample="听课记录缺课后反思"),
        teacher_column("涉及教师"),
        Column("整改期限", "due_on", Day(), sample="2023年12月5日"),
        text("整改情况", "done", 300, sample="已补写"),
        Column("整改完成日期", "done_on", Day(), sample="2023年12月1日"),
        Column("复查日期", "checked_on", Day()),
        Column("是否销号", "is_closed", YesNo(), default=False, sample="是"),
    ),
)
