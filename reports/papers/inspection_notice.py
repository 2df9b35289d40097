"""通知 of a round of inspection: what is looked at, by whom, when at which school. A school has it with its own day."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch

from assignments.access import within
from evaluations.models import Inspection, InspectionRound
from reports.documents.tree import Addressee, Document, Paragraph, Section, Signature, Table, bound
from reports.papers.paper import Choice, Making, Paper, Wanted
from zhijiao import clock

ACTION = "round_notice.download"


def find(wanted: Wanted) -> list[Choice]:
    """Rounds with a schedule, the latest first."""
    mine = within(InspectionRound.objects.all(), wanted.user, ACTION).values("pk")
    rows = InspectionRound.objects.visible_to(wanted.user).filter(pk__in=mine)
    if wanted.year:
        rows = rows.filter(school_year__code=wanted.year)
    planned = Inspection.objects.visible_to(wanted.user).select_related("school", "team").in_order()
    rows = rows.select_related("county", "school_year").prefetch_related(Prefetch("inspections", planned))
    return [_choice(row) for row in rows.order_by("-start", "pk")]


def _choice(row: InspectionRound) -> Choice:
    number = len(row.inspections.all())
    return Choice(str(row.pk), row, row.name, f"{number} 所学校", "" if number else "还没有排学校")


def notices(rows: Sequence[InspectionRound], making: Making) -> Document:
    return bound("督导检查通知", [notice(row) for row in rows], layout="gongwen")


def notice(held: InspectionRound) -> Document:
    """The paper as the bureau sends it out."""
    planned = list(held.inspections.all())
    on = held.announced_on or clock.today()
    bureau = held.county.bureau_name
    blocks = (
        Addressee(f"{'、'.join(dict.fromkeys(str(row.school) for row in planned))}："),
        Paragraph(f"根据支教工作督导安排{_listed(held)}，我局定于{held.when.told()}开展{held.name}。现将有关事项通知如下。"),
        Section("检查内容", (Paragraph(f"{'、'.join(held.contents) or '支教教师在岗、教学和后勤保障情况'}。"),)),
        Section("检查方式", (Paragraph("听取汇报和座谈，查看资料，发放问卷和走访，当场反馈。"),)),
        Section("日程安排", (_schedule(planned),)),
        Section(
            "有关要求",
            (
                Paragraph(f"请受检学校通知支教教师在校。{_checklist(held)}系统里已有的工作记录由检查组直接查看，不用另行整理、打印。"),
                Paragraph("检查组成员不检查本人所在的学校。"),
            ),
        ),
        Signature(bureau, on),
    )  # fmt: skip
    title = f"{bureau}关于开展\n{held.name}的通知"
    return Document(
        title,
        blocks,
        bureau,
        on,
        byline="",
        number=held.notice_document,
        subject="检查通知",
        red_head=held.county.red_head,
    )


def _listed(held: InspectionRound) -> str:
    return f"（年度督导检查事项清单第 {held.list_number} 号）" if held.list_number else ""


def _checklist(held: InspectionRound) -> str:
    return f"资料查看{'、'.join(held.checklist)}。" if held.checklist else ""


def _schedule(planned: list[Inspection]) -> Table:
    rows = tuple(
        (str(number), str(row.school), row.when.told(), row.get_half_day_display(), _people(row))
        for number, row in enumerate(planned, start=1)
    )
    return Table("", ("序号", "学校", "日期", "时段", "检查组"), rows, ("center",) * 5, (1.5, 6, 5, 2, 8))


def _people(row: Inspection) -> str:
    others = "、".join(row.inspectors)
    return f"{row.team or ''}（{row.leader}{'、' + others if others else ''}）" if row.leader else str(row.team or "")


INSPECTION_NOTICE = Paper(
    "inspection_notice", "督导检查通知", "一轮检查的通知：检查内容、日程、检查组和要求。", find, notices, actions=(ACTION,), asks=("year",), unit="份",
    why_not=None,
)  # fmt: skip
