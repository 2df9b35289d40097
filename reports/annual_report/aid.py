"""帮扶活动与捐赠: the sums first, then what was done and given, in order of date."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Q

from assignments.choices import DonationKind
from assignments.models import Activity, Donation
from reports.annual_report import gifts
from reports.annual_report.sentences import (
    Clause,
    Dates,
    bare,
    clause,
    joined,
    listed,
    paragraph,
    parted,
    quoted,
    sentence,
)
from reports.annual_report.year import Year, in_order
from reports.documents.tree import Figure, Paragraph, Section, Table
from reports.figures import crossed
from reports.figures.aid import BOOKS, GIVEN, RECEIVED
from reports.figures.told import as_figure

MOST_EVENTS = 20
MOST_ITEMS = 20
MOST_ROWS = 100
_DELIVERS = ("送课", "送教")
_WHOLE = ("活动", "行动", "仪式", "会", "日", "课", "讲座", "演出", "比赛")  # such a kind needs no 活动 behind it


def section(year: Year) -> Section:
    return parted(
        "帮扶活动与捐赠",
        ("主要成效", [activity_totals(year), *donation_totals(year)]),
        ("形式多样，扎实帮扶", one_by_one(year)),
        ("", [earlier(year)]),
    )


# --- sums --------------------------------------------------------------------------------------------------------------------


def activity_totals(year: Year) -> Paragraph:
    rows = year.activities
    if not rows:
        return paragraph()
    kinds = year.parts("activities", "kind", "次")
    subjects = list(
        dict.fromkeys(word for row in rows if any(part in row.kind for part in _DELIVERS) for word in row.subjects)
    )
    keepsakes = joined(_keepsakes(year), "、")
    return paragraph(
        _done(year, kinds),
        sentence(
            clause("送课下乡涉及", listed(subjects), year.fig("subjects_delivered", "个"), "学科"),
            clause("共上课", year.fig("lessons_delivered", "节")),
        ),
        sentence(
            clause("志愿服务参加人员", year.fig("volunteers", "人次")),
        )
        if _several(rows, "志愿")
        else (),
        sentence(clause("参加各类帮扶活动共", year.fig("activity_people", "人次")))
        if sum(1 for row in rows if row.people_number) > 1 and not any(row.people_is_approximate for row in rows)
        else (),
        sentence(clause("收到", keepsakes)),
    )


def _done(year: Year, kinds: Clause) -> Clause:
    if len(year.by("activities", "kind")) == 1:
        return sentence(clause("开展", kinds))
    return sentence(clause("开展各类帮扶活动", year.fig("activities", "次")), clause("其中", kinds))


def _several(rows: list[Activity], word: str) -> bool:
    told = [row for row in rows if word in row.kind and row.people_number]
    return len(told) > 1 and not any(row.people_is_approximate for row in told)


def _keepsakes(year: Year) -> list[Clause]:
    """Added up by what it is and its unit; of what nobody counted only what it is."""
    counted = crossed("keepsakes", year.asked, "what", "unit")
    told = [
        clause(what, year.figure_of(number, unit or "件")) for (what, unit), number in counted.items() if number.value
    ]
    known = {what for what, _ in counted}
    return [
        *told,
        *(clause(what) for what in dict.fromkeys(row.received for row in year.activities) if what not in known),
    ]


def donation_totals(year: Year) -> list[Paragraph]:
    """What was given and what was received are told apart, where the school did both."""
    came = [row for row in year.donations if _is_received(year, row)]
    went = [row for row in year.donations if row not in came]
    both = bool(came and went)
    return [paragraph(_sums(year, went, False, both)), paragraph(_sums(year, came, True, both))]


def _is_received(year: Year, row: Donation) -> bool:
    """Given to one of our schools by somebody else."""
    if year.is_county or row.receiving_school_id not in year.schools:
        return False
    giver = row.donor_school_id or (row.activity.school_id if row.activity else None)
    return giver not in year.schools


def _sums(year: Year, rows: list[Donation], received: bool, both: bool) -> Clause:
    if len(rows) < 2:
        return ()
    way = RECEIVED if received else GIVEN

    def of(key: str, unit: str, **narrow: str) -> Figure | None:
        """Of what was given or of what was received, where there is both."""
        return year.narrowed(key, unit, way=way, **narrow) if both else year.narrowed(key, unit, **narrow)

    start = "接受" if received else "累计"
    return sentence(
        clause(f"{start}捐款", of("cash", "元")),
        clause("接受捐赠物资价值" if received else "捐赠物资价值", of("goods_worth", "元", kind=DonationKind.GOODS)),
        clause("接受捐赠" if received else "捐赠", _items(year, rows, {"way": way} if both else {})),
        clause("其中各类图书", of("books", _only_unit(rows))) if _has_books(rows) else (),
        clause(
            "援建工程" if received else "捐建工程",
            of("works", "项"),
            clause("（价值", of("goods_worth", "元", kind=DonationKind.WORKS), "）") or "",
        ),
        clause("受益", of("beneficiaries", "人")),
    )


def _has_books(rows: list[Donation]) -> bool:
    """Of several kinds, and all counted alike."""
    books = [row for row in rows if row.unit in BOOKS and row.quantity_number]
    return len({row.item for row in books}) > 1 and len({row.unit for row in books}) == 1


def _only_unit(rows: list[Donation]) -> str:
    return next((row.unit for row in rows if row.unit in BOOKS and row.quantity_number), BOOKS[0])


def _items(year: Year, rows: list[Donation], way: dict[str, str]) -> Clause:
    """The same thing in the same unit added up; of what nobody counted, only what it is."""
    same: dict[tuple[str, str], list[Donation]] = defaultdict(list)
    for row in rows:
        if row.kind == DonationKind.GOODS and row.item:
            same[row.item, row.unit].append(row)
    sums = crossed("donated_quantity", year.asked, "item", "unit", *way)
    told: list[Clause] = []
    vague: list[str] = []
    for (item, unit), lines in list(same.items())[:MOST_ITEMS]:
        counted = sums.get((item, unit, *way.values()))
        if counted and counted.value:
            told.append(clause(item, as_figure(counted, gifts.total(lines).told(unit).removeprefix("约"))))
        else:
            vague.append(item)
    if vague:
        told.append(("、".join(vague) + ("各一批" if len(vague) > 1 else "一批"),))
    return clause(joined(told, "、"), "等物资") if len(same) > MOST_ITEMS else joined(told, "、")


# --- one by one --------------------------------------------------------------------------------------------------------------


def one_by_one(year: Year) -> list[Paragraph | Table]:
    linked: dict[int | None, list[Donation]] = defaultdict(list)
    for row in year.donations:
        linked[row.activity_id].append(row)
    known = {row.pk for row in year.activities}
    alone = [row for row in year.donations if row.activity_id not in known]
    campaigns: dict[Any, list[Donation]] = defaultdict(list)
    for row in alone:
        to = (row.receiving_school_id, row.receiving_party)
        campaigns[row.when, row.campaign, row.donor_school_id, row.donor, to].append(row)
    events = in_order([*year.activities, *(lines[0] for lines in campaigns.values())])
    groups = {lines[0].pk: lines for lines in campaigns.values()}
    if len(events) > MOST_EVENTS:
        return [_largest(year), _table(year, events, linked, groups)]
    dates = year.dates()
    return [
        paragraph(
            _activity(year, row, linked[row.pk], dates)
            if isinstance(row, Activity)
            else _campaign(year, groups[row.pk], dates)
        )
        for row in events
    ]


def _largest(year: Year) -> Paragraph:
    """Who gave most."""
    cash = [row for row in year.donations if row.kind == DonationKind.CASH and row.amount]
    most = sorted(cash, key=lambda row: -(row.amount or 0))[:3]
    told = [
        f"{row.donor_school or ''}{row.donor}{f'向{row.recipient}' if row.recipient else ''}捐款{gifts.yuan(row.amount or Decimal(0))}"
        for row in most
    ]
    return paragraph(clause("捐款较多的有：", sentence(*told, mark="；"))) if len(most) > 1 else paragraph()


def _activity(year: Year, row: Activity, lines: list[Donation], dates: Dates) -> Clause:
    lines = [line for line in lines if line.kind]
    return sentence(
        dates.told(row.when),
        clause("由", bare(row.led_by), "带队"),
        _doing(year, row),
        clause("主要内容有", listed(row.contents)) if row.contents else (),
        _lessons(row),
        clause("提前", f"{row.prepared_days}天准备") if row.prepared_days else (),
        clause("课后组织评课研讨") if row.had_review else (),
        clause(listed(row.guests), "出席指导" if row.subjects else "出席") if row.guests else (),
        gifts.given(lines),
        clause(_beneficiary(row)) if row.beneficiary and not any(line.beneficiary for line in lines) else (),
        clause("收到", row.received, row.received_quantity.told(row.received_unit))
        if row.received and row.received_quantity
        else clause("收到", row.received),
        clause(bare(row.reported_by), "作了报道"),
    )


def _doing(year: Year, row: Activity) -> Clause:
    """A school's people (of whom so many) went to another and did what."""
    who = year.subject(row.school) if row.school else ""
    people = row.people.told("人") if row.people else ""
    partner = (
        f"与{row.partner_school}联合"
        if row.partner_school and not year.is_ours(row.partner_school_id)
        else f"与{row.partner_school}"
        if row.partner_school
        else ""
    )
    if (
        row.partner_school
        and row.partner_school_id in year.schools
        and row.school_id not in year.schools
        and not year.is_county
    ):
        partner = f"与{year.place(row.partner_school)}联合"
    to = year.place(row.receiving_school) if row.receiving_school else row.receiving_party
    is_host = row.receiving_school_id is not None and row.receiving_school_id == row.school_id
    kind = row.kind if row.kind.endswith(_WHOLE) else f"{row.kind}活动"
    name = f"{quoted(bare(row.title))}{kind}" if row.title and row.title != row.kind else kind
    return joined(
        [f"{who}{row.organiser}{people}", partner, f"到{to}" if to and not is_host else "", f"开展{name}"], ""
    )


def _lessons(row: Activity) -> Clause:
    subjects = (
        clause("涉及", listed(row.subjects), f"{len(row.subjects)}个学科" if len(row.subjects) > 1 else "学科")
        if row.subjects
        else ()
    )
    return joined([subjects, clause("上课", f"{row.lessons}节") if row.lessons else ()])


def _beneficiary(row: Activity) -> str:
    verb = "资助" if "资助" in row.kind else "受益对象为"
    return f"{verb}{bare(row.beneficiary)}"


def _campaign(year: Year, lines: list[Donation], dates: Dates) -> Clause:
    """县工商联向我校捐赠…; 校团委组织“…”活动，向…捐赠…."""
    row = lines[0]
    donor = f"{year.subject(row.donor_school) if row.donor_school else ''}{row.donor}"
    to = year.place(row.receiving_school) if row.receiving_school else row.receiving_party
    if not donor and _is_received(year, row):
        return sentence(
            dates.told(row.when), clause(_held("", row.campaign)), clause(to, gifts.given(lines, received=True))
        )
    before = "为" if all(line.kind == DonationKind.WORKS for line in lines) else "向"
    gift = joined([f"{before}{to}" if to else "", gifts.given(lines)], "")
    if row.campaign:
        return sentence(dates.told(row.when), _held(donor, row.campaign), gift)
    return sentence(dates.told(row.when), joined([donor, gift], ""))


def _held(donor: str, campaign: str) -> str:
    if not campaign:
        return ""
    name = quoted(bare(campaign)) + ("" if campaign.endswith(("活动", "行动")) else "活动")
    return f"{donor}组织{name}" if donor else f"开展{name}"


def _table(
    year: Year, events: list[Any], linked: dict[int | None, list[Donation]], groups: dict[int, list[Donation]]
) -> Table:
    rows = []
    for event in events[:MOST_ROWS]:
        is_activity = isinstance(event, Activity)
        lines = linked[event.pk] if is_activity else groups[event.pk]
        school = event.school if is_activity else event.donor_school
        who = (str(school) if school else "") + (event.organiser if is_activity else event.donor)
        what = str(event) if is_activity else event.campaign or "捐赠"
        people = event.people.told("人") if is_activity and event.people else "—"
        rows.append(
            (
                year.dates().told(event.when) or "—",
                who or "—",
                event.recipient or "—",
                what,
                people,
                _words(gifts.given(lines)) or "—",
            )
        )
    note = "活动较多，表中列出一部分。" if len(events) > MOST_ROWS else ""
    header = ("日期", "组织者", "受援单位", "活动", "人数", "捐赠")
    return Table("帮扶活动与捐赠", header, tuple(rows), note=note)


def _words(told: Clause) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in told)


def earlier(year: Year) -> Paragraph:
    """What the same schools were given before: a sentence of background."""
    if year.is_county:
        return paragraph()
    start = year.period.start
    # In a calendar year the school year that reaches into it is not over.
    before = f"{start.year - year.period.is_calendar_year}-"
    rows = year.viewpoint.rows(Donation).filter(
        Q(start__lt=start, precision="school_year") | Q(start=None, school_year__code__lt=before),
        receiving_school__isnull=False,
    )
    rows = rows.exclude(pk__in=[row.pk for row in year.donations]).select_related(
        "receiving_school", "donor_school", "school_year"
    )
    told = [
        clause(_then(row), "曾", clause("向", year.place(row.receiving_school)), gifts.given([row]))
        if not _is_received(year, row)
        else clause(_then(row), f"{year.place(row.receiving_school)}曾", gifts.given([row], received=True))
        for row in in_order(rows)[-5:]
    ]
    return paragraph(clause("此前，", sentence(*told, mark="；")))


def _then(row: Donation) -> str:
    """The school year, as it was told with the donation or as a date."""
    return row.when.told() or (row.school_year.title if row.school_year else "")
