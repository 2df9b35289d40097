"""The page of a school."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from assignments.choices import DonationKind
from assignments.models import Activity, Allocation, CondolenceVisit, Donation, Pairing, Placement, School, Secondment
from assignments.people import may_edit_contacts, may_edit_school, may_merge
from assignments.views.badges import state_badge
from assignments.views.reading import Reading
from zhijiao.access import needs
from zhijiao.detail import Col, Page, Section, Table, money


@needs("school.view")
def school_detail(request: HttpRequest, pk: int) -> HttpResponse:
    schools = School.objects.visible_to(request.user).select_related("county", "centre_school")
    school = get_object_or_404(schools, pk=pk)
    reading = Reading(request)
    page = Page(
        [
            _facts(reading, school),
            _below(reading, school),
            *_secondments(reading, school),
            _plan(reading, school),
            _organisation(reading, school),
            _care(reading, school),
            _activities(reading, school),
            _donations(reading, school),
            *reading.contributed(school),
        ]
    )
    whole = may_edit_school(request.user, school)
    context = {
        "may_close": whole,
        "may_edit": whole or may_edit_contacts(request.user, school),
        "whole": whole,
        "may_merge": may_merge(request.user, school),
    }
    return render(request, "assignments/school_detail.html", {"school": school, "page": page, **context})


def _facts(reading: Reading, school: School) -> Section:
    facts = reading.tell.facts(
        school,
        Col("aliases"),
        Col("code"),
        Col("county"),
        Col("township"),
        Col("region"),
        Col("stage"),
        Col("location"),
        Col("centre_school"),
        Col(lambda row: "是" if row.is_centre_school else "", "中心校"),
        Col(lambda row: "是" if row.is_outside_county else "", "县外学校"),
        Col(lambda row: "是" if row.is_focus else "", "重点帮扶"),
        Col("allowance_class"),
        Col("address"),
        Col("principal"),
        Col("contact"),
        Col("phone"),
    )
    years: Any = school.year_facts
    numbers = reading.tell.table(
        list(years.visible_to(reading.user).select_related("school_year").order_by("-school_year__code")),
        Col("school_year", css="nw"),
        *(Col(name, css="r") for name in ("teachers", "eligible", "backbone", "pupils", "classes", "average_periods")),
        caption="各学年人数",
    )
    return Section("facts", "基本情况", [facts, numbers])


def _below(reading: Reading, school: School) -> Section:
    rows = list(School.objects.visible_to(reading.user).filter(centre_school=school))
    table = reading.tell.table(
        rows, Col(lambda row: reading.tell.link(row), "学校"), "stage", "location", "township", "principal", "phone"
    )
    return Section("below", "下属学校", [table], f"{len(rows)} 所村小、教学点")


def _secondments(reading: Reading, school: School) -> list[Section]:
    """Everybody this school sent or received; a teacher who moved within the county may be both."""
    placements = Placement.objects.select_related("receiving_school").order_by("order")
    rows = list(
        Secondment.objects.visible_to(reading.user)
        .filter(Q(sending_school=school) | Q(pk__in=placements.filter(receiving_school=school).values("secondment")))
        .select_related("teacher", "programme", "sending_school", "school_year")
        .prefetch_related(Prefetch("placements", placements))
        .order_by("-start", "teacher__name")
    )
    sent = [row for row in rows if row.sending_school_id == school.pk]
    received = [
        row for row in rows if school.pk in {placement.receiving_school_id for placement in row.placements.all()}
    ]
    return [
        Section("sent", "派出教师", _by_year(reading, sent, outwards=True), f"历年 {len(sent)} 人次"),
        Section("received", "接收教师", _by_year(reading, received, outwards=False), f"历年 {len(received)} 人次"),
    ]


def _by_year(reading: Reading, rows: list[Secondment], outwards: bool) -> list[Table]:
    """The year that is looked at first, then the others."""
    other = (
        Col(lambda row: reading.tell.value([stay.receiving_school for stay in row.placements.all()]), "受援学校")
        if outwards
        else Col("sending_school", "派出学校")
    )
    columns = (
        Col(lambda row: reading.tell.link(row, row.teacher.name), "姓名"),
        Col(_subjects, "学科"),
        other,
        Col("programme", link=False),
        Col("duty"),
        Col("period_told", "起止", css="nw"),
        Col(lambda row: state_badge(row.state), "状态", css="nw"),
    )
    code = reading.period.school_year
    now = [row for row in rows if row.school_year and row.school_year.code == code]
    others = [row for row in rows if row not in now]
    return [
        reading.tell.table(now, *columns, caption=f"{reading.period.title}，{len(now)} 人"),
        reading.tell.table(others, Col("school_year", css="nw"), *columns, caption="其他学年" if now else ""),
    ]


def _subjects(row: Secondment) -> str:
    return (
        "、".join(dict.fromkeys(stay.subject for stay in row.placements.all() if stay.subject)) or row.teacher.subject
    )


def _plan(reading: Reading, school: School) -> Section:
    user, tell = reading.user, reading.tell
    demands: Any = school.demands
    both = Allocation.objects.visible_to(user).filter(Q(sending_school=school) | Q(receiving_school=school))
    pairings = Pairing.objects.visible_to(user).filter(Q(supporting_school=school) | Q(supported_school=school))
    return Section(
        "plan",
        "需求、计划与结对",
        [
            tell.table(
                list(demands.visible_to(user).select_related("school_year").order_by("-school_year__code", "subject")),
                Col("school_year", css="nw"), "stage", "subject", Col("number", unit="人", css="nw"), "requirement",
                Col("stated_on", css="nw"),
                caption="岗位需求",
            ),
            tell.table(
                list(
                    both.select_related("school_year", "sending_school", "receiving_school").order_by("-school_year__code")
                ),
                Col("school_year", css="nw"), "sending_school", "receiving_school", "subject",
                Col("number", unit="人", css="nw"), "document",
                caption="选派计划",
            ),
            tell.table(
                list(
                    pairings.select_related("school_year", "supporting_school", "supported_school").order_by(
                        "-school_year__code"
                    )
                ),
                Col("school_year", css="nw"), "supporting_school", "supported_school", "agreement",
                Col("signed_on", css="nw"), "goal", "visits_a_term", Col("when", "起止"),
                caption="学校结对",
            ),
        ],
    )  # fmt: skip


def _organisation(reading: Reading, school: School) -> Section:
    user, tell = reading.user, reading.tell

    def of(manager: Any) -> list[Any]:
        return list(manager.visible_to(user).order_by("-start", "-id"))

    incentives: Any = school.incentives
    outlook: Any = school.outlook
    reports: Any = school.team_reports
    return Section(
        "organisation",
        "组织与培训",
        [
            tell.table(
                of(school.leading_groups), Col("when", css="nw"), "name", "head", "members", "offices", "in_place", "priorities",
                caption="组织领导",
            ),
            tell.table(
                of(school.meetings), Col("when", css="nw"), "kind", "topic", "chair", "attendees", "people", "resolution",
                caption="会议",
            ),
            tell.table(
                of(school.trainings), Col("when", css="nw"), "kind", "topic", "speaker", "audience", "people", "frequency",
                Col(lambda row: row.sessions if row.sessions > 1 else None, "次数"),
                caption="培训",
            ),
            tell.table(of(school.policy_documents), "title", Col("number", css="nw"), "issuer", Col("when", css="nw"), caption="文件"),
            tell.table(
                of(school.public_notices), Col("when", css="nw"), "title", "working_days",
                Col(lambda row: f"{row.objections} 件" if row.objections else "无", "异议"), "outcome",
                caption="公示",
            ),
            tell.table(
                list(reports.visible_to(user).select_related("reporter").order_by("-start")),
                Col("when", css="nw"), "reporter", "heard_by", "content",
                caption="带队汇报",
            ),
            tell.table(
                list(incentives.visible_to(user).select_related("school_year").order_by("-school_year__code", "id")),
                Col("school_year", css="nw"), "measure", "basis",
                caption="激励措施",
            ),
            tell.table(
                list(outlook.visible_to(user).select_related("school_year").order_by("-school_year__code", "kind", "id")),
                Col("school_year", css="nw"), "kind", "text", "measure",
                caption="问题与打算",
            ),
        ],
    )  # fmt: skip


def _care(reading: Reading, school: School) -> Section:
    user, tell = reading.user, reading.tell
    provisions: Any = school.provisions
    both = CondolenceVisit.objects.visible_to(user).filter(Q(visiting_school=school) | Q(visited_school=school))
    return Section(
        "care",
        "保障与慰问",
        [
            tell.table(
                list(provisions.visible_to(user).select_related("school_year").order_by("-school_year__code")),
                Col("school_year", css="nw"), "items", Col("rooms", css="r"), Col("insured", css="r"),
                Col(lambda row: money(row.spent), "投入经费", css="nw"), "person_in_charge",
                caption="后勤保障",
            ),
            tell.table(
                list(both.select_related("visiting_school", "visited_school").order_by("-start", "-id")),
                Col("when", css="nw"), "occasion", Col(lambda row: _other(row.visiting_school, school), "慰问学校"), Col(lambda row: _other(row.visited_school, school), "被慰问学校"), "visitors", "gifts",
                Col(lambda row: money(row.amount), "慰问金", css="nw"), Col("visited", "人数"),
                caption="走访慰问",
            ),
        ],
    )  # fmt: skip


def _activities(reading: Reading, school: School) -> Section:
    concerned = Q(school=school) | Q(partner_school=school) | Q(receiving_school=school)
    rows = list(
        Activity.objects.visible_to(reading.user)
        .filter(concerned)
        .select_related("school", "partner_school", "receiving_school")
        .order_by("-start", "-id")
    )
    columns = (
        Col(lambda row: reading.tell.link(row), "活动"),
        Col("when", css="nw"),
        Col(lambda row: row.kind if row.title else "", "类型"),
        Col(lambda row: _other(row.school, school), "主办学校"),
        Col(lambda row: _other(row.partner_school, school), "合作学校"),
        Col(lambda row: _other(row.receiving_school, school) or row.receiving_party, "受援单位"),
        Col("people"),
        Col("subjects"),
        Col("lessons", unit="节", css="nw"),
    )
    given = [row for row in rows if row.receiving_school_id != school.pk]
    received = [row for row in rows if row.receiving_school_id == school.pk]
    return Section(
        "activities",
        "帮扶活动",
        [
            reading.tell.table(given, *columns, caption=f"主办、参加 {len(given)} 次"),
            reading.tell.table(received, *columns, caption=f"接受 {len(received)} 次"),
        ],
    )


def _other(one: School | None, school: School | None) -> School | None:
    """The school of a row, unless it is the one whose page this is."""
    return None if one == school else one


def _donations(reading: Reading, school: School) -> Section:
    rows = list(
        Donation.objects.visible_to(reading.user)
        .filter(Q(donor_school=school) | Q(receiving_school=school))
        .select_related("activity", "donor_school", "receiving_school")
        .order_by("-start", "-id")
    )
    given = [row for row in rows if row.donor_school_id == school.pk]
    received = [row for row in rows if row.receiving_school_id == school.pk]
    return Section(
        "donations",
        "捐赠",
        [
            donation_table(reading, given, f"捐出 {len(given)} 笔", school),
            donation_table(reading, received, f"受赠 {len(received)} 笔", school),
        ],
    )


def donation_table(
    reading: Reading, rows: list[Donation], caption: str = "", of: School | None = None, with_activity: bool = True
) -> Table:
    """Lines of the ledger with their sum."""
    activity = (Col(lambda row: row.activity or row.campaign, "活动"),) if with_activity else ()
    return reading.tell.table(
        rows,
        Col(lambda row: str(row), "名称"),
        Col("when", css="nw"),
        Col("kind"),
        Col(lambda row: row.quantity.told(row.unit) if row.quantity else "", "数量", css="nw"),
        Col(lambda row: money(row.amount), "金额或估值", css="r nw"),
        Col(lambda row: _other(row.donor_school, of) or row.donor, "捐赠方"),
        Col(lambda row: _other(row.receiving_school, of) or row.receiving_party, "受赠方"),
        *activity,
        Col("purpose"),
        Col("beneficiary"),
        Col("beneficiaries", unit="人", css="nw"),
        Col("handler"),
        caption=caption,
        foot=donation_sums(rows),
    )


def donation_sums(rows: list[Donation]) -> str:
    """资金合计 3,000.00 元，物资、工程估值 9,400.00 元（2 笔没有估值）."""
    cash = [row.amount for row in rows if row.kind == DonationKind.CASH and row.amount is not None]
    goods = [row for row in rows if row.kind != DonationKind.CASH]
    worth = [row.amount for row in goods if row.amount is not None]
    said = []
    if cash:
        said.append(f"资金合计 {money(sum(cash))}")  # type: ignore[arg-type]
    if worth:
        unknown = len(goods) - len(worth)
        said.append(f"物资、工程估值 {money(sum(worth))}" + (f"（{unknown} 笔没有估值）" if unknown else ""))  # type: ignore[arg-type]
    return "，".join(said)
