"""后勤保障与关怀: what schools provide, visits, difficulties and how they were settled, allowances, attendance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from assignments.choices import DifficultyCategory
from assignments.models import CondolenceVisit, Difficulty, Provision
from reports.annual_report.sentences import Clause, Dates, bare, clause, joined, listed, paragraph, parted, sentence
from reports.annual_report.year import Year, in_order
from reports.documents.tree import Inline, Paragraph, Section
from reports.figures import value
from zhijiao.quantities import plain

MOST_SCHOOLS = 8
MOST_VISITS = 10
MOST_DIFFICULTIES = 10


def section(year: Year) -> Section:
    return parted(
        "后勤保障与关怀",
        ("改善条件，保障到位", [provisions(year), money(year)]),
        ("走访慰问，关心关爱", [visits(year)]),
        ("倾听诉求，排忧解难", [difficulties(year)]),
        ("严格考勤，规范管理", [attendance(year)]),
    )


def provisions(year: Year) -> Paragraph:
    rows = list(
        year.also_at_receivers(Provision).filter(year.period.school_years()).select_related("school").order_by("pk")
    )
    items: dict[str, dict[str, None]] = defaultdict(dict)  # what → the schools that provide it
    rows.sort(key=lambda row: row.school_id != (year.viewpoint.school and year.viewpoint.school.pk))
    for row in rows:
        for item in row.items:
            items[item][year.place(row.school)] = None
    schools = list(dict.fromkeys(year.place(row.school) for row in rows if row.items))
    own = [row for row in rows if year.is_county or row.school_id in year.schools]
    return paragraph(_provided(items, schools, year.fig("providing_schools", "所") or "各"), _spent(year, own))


def _provided(items: dict[str, dict[str, None]], schools: list[str], number: Inline | None) -> Clause:
    if len(schools) == 1:
        return sentence(clause(schools[0], "为支教教师提供", listed(items)))
    if len(schools) > MOST_SCHOOLS:
        most = sorted(items, key=lambda item: -len(items[item]))
        return sentence(clause(number, "受援学校登记了后勤保障", "，提供", listed(most, 12)))
    common = [item for item, where in items.items() if len(where) == len(schools)]
    beside: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for item, where in items.items():
        if len(where) < len(schools):
            beside[tuple(where)].append(item)
    more = [clause("、".join(where), "还" if common else "", "提供", listed(what)) if common else clause("、".join(where), "提供", listed(what))
            for where, what in beside.items()]  # fmt: skip
    return joined(
        [
            sentence(clause(listed(schools), "均为支教教师提供", listed(common))) if common else (),
            sentence(*more, mark="；"),
        ],
        "",
    )


def _spent(year: Year, rows: list[Provision]) -> Clause:
    rooms, insured, spent = (sum(getattr(row, name) or 0 for row in rows) for name in ("rooms", "insured", "spent"))
    return sentence(
        clause("共安排宿舍", year.matching(rooms, "rooms", "间")),
        clause("为", year.matching(insured, "insured", "名"), "教师投保"),
        clause("投入保障经费", year.matching(spent, "provision_spent", "元")),
    )


def money(year: Year) -> Paragraph:
    sources = year.by("allowance", "source")
    return paragraph(
        sentence(
            clause("为", year.fig("allowance_people", "名"), "支教教师发放补助", year.fig("allowance", "元")),
            clause("共", year.fig("allowance_months", "人月")),
            clause("其中", year.parts("allowance", "source", "元")) if len(sources) > 1 else (),
        )
    )


# --- visits ------------------------------------------------------------------------------------------------------------------


def visits(year: Year) -> Paragraph:
    rows = year.events(CondolenceVisit, "visiting_school", "visited_school")
    if not rows:
        return paragraph()
    occasions = list(dict.fromkeys(row.occasion for row in rows))
    many = Counter(row.occasion for row in rows) if len(rows) > MOST_VISITS else Counter[str]()
    head = sentence(
        clause(f"{'在' if len(occasions) > 1 else ''}{listed(occasions, 8)}走访慰问", year.fig("condolences", "次")),
        clause("其中", year.parts("condolences", "occasion", "次")) if len(many) > 1 else (),
        clause("共慰问支教教师", year.fig("condoled", "人次")) if _is_sum(row.visited_number for row in rows) else (),
        clause("发放慰问金", year.fig("condolence_amount", "元")) if _is_sum(row.amount for row in rows) else (),
    )
    if many:
        return paragraph(head)
    dates = year.dates()
    return paragraph(head, sentence(*(_visit(year, row, dates) for row in rows), mark="；"))


def _is_sum(numbers: Iterable[object]) -> bool:
    return sum(1 for number in numbers if number) > 1


def _visit(year: Year, row: CondolenceVisit, dates: Dates) -> Clause:
    who = row.visitors or year.subject(row.visiting_school)
    if row.visitors and row.visiting_school and year.subject(row.visiting_school):
        who = f"{row.visiting_school}{row.visitors}"
    whom = (
        f"{row.visited_school}支教教师"
        if row.visited_school and not year.is_ours(row.visited_school_id)
        else "支教教师"
    )
    if year.is_county and row.visited_school:
        whom = f"{row.visited_school}支教教师"
    number = row.visited.told("名") if row.visited else ""
    return joined(
        [
            f"{dates.told(row.when)}{row.occasion}" if row.when else row.occasion,
            f"{who}慰问{whom}{number}",
            clause("送去", bare(row.gifts)) if row.gifts and not (row.amount and bare(row.gifts) == "慰问金") else (),
            clause("发放慰问金", f"{plain(row.amount)}元") if row.amount else (),
        ]
    )


# --- difficulties --------------------------------------------------------------------------------------------------------------


def difficulties(year: Year) -> Paragraph:
    """Without the names of those who asked for help."""
    counted = value("difficulties", year.asked)
    rows: list[Difficulty] = in_order(counted.rows()) if counted.value else []
    if not rows:
        return paragraph()
    same: dict[tuple[str, str, object], list[Difficulty]] = defaultdict(list)
    for row in rows:
        same[bare(row.text), bare(row.resolution), row.resolved_on].append(row)
    is_all = year.number("difficulties_resolved") == len(rows)
    head = sentence(
        clause("收到困难诉求", year.fig("difficulties", "件")),
        "已全部解决"
        if is_all
        else joined(
            [
                clause("已解决", year.fig("difficulties_resolved", "件")),
                clause("正在办理", year.fig("difficulties_open", "件")),
            ]
        ),
    )
    if len(same) > MOST_DIFFICULTIES:
        return paragraph(
            head,
            sentence(
                clause("按类别分，", year.parts("difficulties", "category", "件", dict(DifficultyCategory.choices)))
            ),
        )
    dates = year.dates()
    return paragraph(head, *(_difficulty(year, alike, dates) for alike in same.values()))


def _difficulty(year: Year, rows: list[Difficulty], dates: Dates) -> Clause:
    row = rows[0]
    if row.category == DifficultyCategory.HEALTH:
        return ()  # in the numbers; what ails somebody is not told
    owners = listed(
        dict.fromkeys(year.we if one.owner == year.viewpoint.name and not year.is_county else one.owner for one in rows)
    )
    return sentence(clause("教师反映", bare(row.text)), _settled(row, owners, dates))


def _settled(row: Difficulty, owner: str, dates: Dates) -> Clause:
    day = dates.told(row.resolved_on)
    if row.resolution:
        text = bare(row.resolution)
        if owner and not text.startswith(owner):
            return clause(f"{owner}{f'于{day}' if day else ''}{text}")
        return clause(f"{f'于{day}' if day and not text.startswith(owner or '于') else ''}{text}")
    if day:
        return clause(f"{f'由{owner}' if owner else '已'}于{day}解决")
    return clause(f"{f'由{owner}' if owner else ''}正在办理")


# --- attendance ----------------------------------------------------------------------------------------------------------------


def attendance(year: Year) -> Paragraph:
    return paragraph(
        sentence(
            clause(
                "支教教师应出勤", year.fig("attendance_due", "天"), "、实出勤", year.fig("attendance_present", "天")
            ),
            clause("出勤率", year.fig("attendance_ratio")),
            clause("旷工", year.fig("absences", "天")),
            clause("办理请假", year.fig("leaves", "次")),
        )
    )
