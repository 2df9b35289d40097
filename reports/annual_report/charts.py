"""Which charts a report has: those that compare something, and at least two wherever the records allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evaluations.choices import Grade
from reports.annual_report.year import Year
from reports.documents.tree import Chart, Series
from reports.figures import Counted, crossed, value
from reports.figures.told import as_figure

AT_LEAST = 2
YEARS_BEFORE = 5
_MEASURES = {"名": "人数", "人": "人数", "人次": "人次", "元": "金额", "次": "次数"}
MOST_SHOWN, KEPT = 12, 10  # of more the first are drawn, and the others together
SELECTION, TEACHING, AID, APPRAISAL = "selection", "teaching", "aid", "appraisal"


@dataclass(frozen=True)
class Candidate:
    section: str
    make: Callable[[Year], Chart | None]
    is_wanted: bool = False  # whenever it compares something; the others only to make up the number


def charts(year: Year) -> dict[str, list[Chart]]:
    """By section. What compares nothing is drawn only where there would be too few."""
    made = [(candidate, chart) for candidate in CANDIDATES if (chart := candidate.make(year))]
    chosen = [pair for pair in made if pair[0].is_wanted and len(pair[1].labels) > 1]
    for least in (2, 1):
        for pair in made:
            if len(chosen) < AT_LEAST and pair not in chosen and len(pair[1].labels) >= least:
                chosen.append(pair)
    found: dict[str, list[Chart]] = defaultdict(list)
    for candidate, chart in made:
        if (candidate, chart) in chosen:
            found[candidate.section].append(chart)
    return found


Bar = tuple[str, Counted]


def _bars(pairs: list[Bar], caption: str, unit: str, category: str) -> Chart | None:
    """Each bar is a figure; the last one of many adds up those that there is no room for."""
    if not pairs:
        return None
    bars: list[tuple[str, list[Counted]]] = [(name, [counted]) for name, counted in pairs]
    if len(pairs) > MOST_SHOWN:
        first = [pair for pair in pairs if pair[0] != "其他"][:KEPT]
        rest = [counted for pair in pairs if pair not in first for counted in pair[1:]]
        bars = [*((name, [counted]) for name, counted in first), ("其他", [*rest])]
    return Chart(
        "bar",
        caption,
        tuple(name for name, _ in bars),
        (_series(_MEASURES.get(unit, "数量"), [some for _, some in bars]),),
        unit,
        category=category,
    )


def _series(name: str, bars: list[list[Counted]]) -> Series:
    values = tuple(_plain(sum(counted.value for counted in some)) for some in bars)
    return Series(name, values, tuple(tuple(map(as_figure, some)) for some in bars))


def _plain(number: Any) -> Any:
    return int(number) if number == int(number) else number


def _dimension(
    key: str, dimension: str, caption: str, unit: str, category: str, labels: dict[str, str] | None = None
) -> Callable[[Year], Chart | None]:
    def make(year: Year) -> Chart | None:
        pairs = [((labels or {}).get(of, of), counted) for of, counted in year.by(key, dimension)]
        return _bars(pairs, caption, unit, category)

    return make


def trend(year: Year) -> Chart | None:
    """Up to five earlier periods of the same kind, from the first that has records."""
    periods = [year.period]
    for _ in range(YEARS_BEFORE):
        periods.insert(0, periods[0].before())
    numbers = [(period, value("seconded", year.asked.during(period))) for period in periods[:-1]]
    numbers.append((year.period, value("seconded", year.asked)))
    while numbers and not numbers[0][1].value:
        numbers.pop(0)
    if len(numbers) < 2:
        return None
    labels = tuple(period.title.removesuffix("学年") for period, _ in numbers)
    series = _series("支教教师", [[counted] for _, counted in numbers])
    category = "年份" if year.period.is_calendar_year else "学年"
    return Chart(
        "line" if len(numbers) > 2 else "column", "近年支教教师人数", labels, (series,), "名", category=category
    )


def items(year: Year) -> Chart | None:
    """Goods in the one unit that most of them are counted in."""
    units: dict[str, list[Bar]] = defaultdict(list)
    for (item, unit), counted in crossed("donated_quantity", year.asked, "item", "unit").items():
        if item and unit and counted.value:
            units[unit].append((item, counted))
    if not units:
        return None
    unit, bars = max(units.items(), key=lambda pair: len(pair[1]))
    return _bars(sorted(bars, key=lambda pair: -pair[1].value), "捐赠物资", unit, "物资")


def people(year: Year) -> Chart | None:
    """Where the number of nobody is only about."""
    vague = {row.recipient for row in year.activities if row.people_is_approximate}
    bars = [pair for pair in year.by("activity_people", "recipient") if pair[0] not in vague]
    return _bars(bars, "帮扶活动参加人数", "人次", "受援单位")


CANDIDATES = (
    Candidate(SELECTION, _dimension("seconded", "subject", "支教教师学科分布", "名", "学科"), is_wanted=True),
    Candidate(SELECTION, _dimension("seconded", "to", "各受援学校支教教师人数", "名", "受援学校"), is_wanted=True),
    Candidate(SELECTION, _dimension("seconded", "from", "各派出学校支教教师人数", "名", "派出学校"), is_wanted=True),
    Candidate(SELECTION, trend, is_wanted=True),
    Candidate(SELECTION, _dimension("seconded", "programme", "支教教师按项目类型分布", "名", "项目类型")),
    Candidate(TEACHING, _dimension("work_records", "category", "专项档案各类材料数量", "", "类别")),
    Candidate(AID, _dimension("cash", "recipient", "捐款按受助单位分布", "元", "受助单位")),
    Candidate(AID, people),
    Candidate(AID, items),
    Candidate(AID, _dimension("activities", "kind", "各类帮扶活动次数", "次", "活动类型")),
    Candidate(APPRAISAL, _dimension("graded", "grade", "考核等次分布", "人", "等次", dict(Grade.choices))),
    Candidate(TEACHING, _dimension("training_sessions", "kind", "各类培训次数", "次", "培训形式")),
)
