"""督导检查: how often, of whom, what each of the four parts found, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from evaluations.choices import FindingKind, RespondentKind
from evaluations.models import BriefingPoint, Finding, Inspection, QuestionnaireCount
from reports.annual_report.sentences import (
    Clause,
    Dates,
    bare,
    clause,
    in_turn,
    joined,
    listed,
    paragraph,
    parted,
    sentence,
)
from reports.annual_report.teaching import unit
from reports.annual_report.year import Year, in_order
from reports.documents.tree import Cell, Figure, Paragraph, Section, Table
from reports.figures import crossed, value
from reports.figures.inspection import inspections
from reports.figures.told import as_figure
from zhijiao.quantities import plain

MOST_INSPECTIONS = 8
MOST_NAMES = 8
MOST_ROWS = 100
# The four parts, and the figures that show that a part took place.
PARTS = (
    ("汇报座谈", ("briefings",)),
    ("资料检查", ("records_reviews", "reviewed")),
    ("问卷走访", ("surveys", "questionnaires_issued", "home_visits")),
    ("反馈", ("feedbacks", "findings")),
)


def section(year: Year) -> Section:
    rows = told(year)
    return parted(
        "督导检查",
        ("", [totals(year, rows)]),
        ("汇报座谈", [briefings(year, rows)]),
        ("资料检查", [reviews(year, rows)]),
        ("问卷走访", [surveys(year, rows)]),
        ("反馈整改", [feedback(year, rows)]),
        ("各次检查情况", [*one_by_one(year, rows)]),
    )


def told(year: Year) -> list[Inspection]:
    if not year.number("inspections"):
        return []
    parts = ("school", "inspecting_school", "round", "briefing", "records_review", "survey", "feedback")
    lines = ("reviewed_items", "questionnaire_counts", "home_visits", "findings")
    return in_order(inspections(year.asked).select_related(*parts).prefetch_related(*lines))


def totals(year: Year, rows: list[Inspection]) -> Paragraph:
    parts = [name for name, keys in PARTS if any(map(year.number, keys))]
    in_parts = f"按照{listed(parts)}等环节进行" if len(parts) > 1 else f"以{parts[0]}方式进行" if parts else ""
    return paragraph(
        sentence(
            clause("开展督导检查", year.fig("inspections", "次")),
            clause("覆盖", year.fig("inspected_schools", "所"), "学校"),
            clause("涉及支教教师", year.fig("inspected_teachers", "名")),
            clause(in_parts) if year.number("inspections") else (),
        ),
        sentence(*_conducted(year, rows[0], year.dates())) if len(rows) == 1 else (),
    )


def briefings(year: Year, rows: list[Inspection]) -> Paragraph:
    held = [row.briefing for row in rows if hasattr(row, "briefing")]
    if not held:
        return paragraph()
    heard = dict.fromkeys(who for one in held for who in one.heard)
    topics = dict.fromkeys(topic for one in held for topic in one.topics)
    numbers = joined(
        [
            clause("学校领导", year.fig("leaders_heard", "人")),
            clause("教师", year.fig("teachers_heard", "人")),
            clause("支教教师", year.fig("seconded_heard", "人")),
        ],
        "、",
    )
    return paragraph(
        sentence(
            clause("听取汇报，与", listed(heard), "座谈")
            if heard
            else clause("听取汇报并座谈", year.fig("briefings", "次")),
            _about(list(topics)),
        ),
        sentence(
            clause("共座谈", numbers),
            clause("个别谈话", year.fig("private_interviews", "人")),
        ),
        _points(rows),
    )


def _about(topics: list[str]) -> Clause:
    if not topics:
        return ()
    return (f"重点了解{listed(topics)}{'' if topics[-1].endswith('情况') else '等情况'}",)


def _points(rows: list[Inspection]) -> Clause:
    points = (
        list(BriefingPoint.objects.filter(is_private=False, inspection__in=[row.pk for row in rows]).order_by("pk")[:7])
        if rows
        else []
    )
    if not points or len(points) > 6:
        return ()
    return led_points([clause(f"{one.speaker}反映", bare(one.text)) for one in points])


def led_points(points: list[Clause]) -> Clause:
    return clause("座谈中，", sentence(*points, mark="；"))


def reviews(year: Year, rows: list[Inspection]) -> Paragraph:
    parts = dict(year.by("reviewed", "category"))
    order = dict.fromkeys(item.category for row in rows for item in row.reviewed_items.all())
    looked_at = [
        (category, year.figure_of(parts[category], _papers(category)) or "") for category in order if category in parts
    ]
    missing = dict(year.by("records_missing", "category"))
    lacking = joined([clause(of, year.figure_of(missing[of], _papers(of))) for of in order if of in missing], "、")
    impressions = dict.fromkeys(
        bare(row.records_review.impression)
        for row in rows
        if hasattr(row, "records_review") and row.records_review.impression
    )
    return paragraph(
        sentence(clause("查阅支教教师", joined(looked_at, "、"))),
        sentence(clause("缺少", lacking)),
        sentence(clause("总体看，", "；".join(impressions))) if 0 < len(impressions) <= 5 else (),
    )


def _papers(category: str) -> str:
    """What is looked at is paper, also where the thing itself is counted by occasions."""
    measure = unit(category)
    return "份" if measure in ("次", "节") else measure


def surveys(year: Year, rows: list[Inspection]) -> Paragraph:
    counts = [count for row in rows for count in row.questionnaire_counts.all()]
    kinds = [kind for kind, _ in year.by("questionnaires_issued", "respondents")]
    lines = [
        _questionnaires(year, kind, [count for count in counts if count.respondents == kind], len(kinds) == 1)
        for kind in kinds
    ]
    return paragraph(
        sentence(*lines, mark="；"),
        _all_questionnaires(year, counts) if len(kinds) > 1 else (),
        sentence(clause("问卷满意率", year.fig("satisfaction"))),
        sentence(clause("走访学生家庭", year.fig("home_visits", "户"))),
    )


def _is_known(counts: list[QuestionnaireCount], name: str) -> bool:
    """Of every one of them; a sum of some would look like all."""
    return all(getattr(count, name) is not None for count in counts)


def _all_questionnaires(year: Year, counts: list[QuestionnaireCount]) -> Clause:
    returned, valid = (_is_known(counts, name) for name in ("returned", "valid"))
    return sentence(
        clause("共发放问卷", year.fig("questionnaires_issued", "份")),
        clause("收回", year.fig("questionnaires_returned", "份")) if returned else (),
        clause("有效问卷", year.fig("questionnaires_valid", "份")) if valid else (),
        clause("有效率", year.fig("valid_ratio")) if valid else (),
    )


def _questionnaires(year: Year, kind: str, counts: list[QuestionnaireCount], is_alone: bool) -> Clause:
    def of(key: str, name: str) -> Any:
        counted = dict(year.by(key, "respondents")).get(kind)
        return year.figure_of(counted, "份") if counted and _is_known(counts, name) else None

    label = "" if kind == RespondentKind.ALL else RespondentKind(kind).label
    returned, valid = of("questionnaires_returned", "returned"), of("questionnaires_valid", "valid")
    return joined(
        [
            clause(
                f"发放{label}问卷",
                of("questionnaires_issued", "issued"),
            ),
            clause("收回", returned),
            clause("其中有效问卷" if returned else "收回有效问卷", valid),
            clause("有效率", year.fig("valid_ratio")) if valid and is_alone else (),
        ]
    )


def feedback(year: Year, rows: list[Inspection]) -> Paragraph:
    given = [row.feedback for row in rows if hasattr(row, "feedback")]
    to = list(dict.fromkeys(name for one in given for name in one.recipients))
    whom = listed(to) if len(to) <= MOST_NAMES else "有关教师和学校"
    points = year.fig("feedback_points", "条") or year.fig("findings", "条")
    findings: list[Finding] = [finding for row in rows for finding in row.findings.all()]
    merits = list(dict.fromkeys(bare(one.text) for one in findings if one.kind == FindingKind.MERIT))
    return paragraph(
        sentence(
            clause("向", whom, "进行反馈") if to else clause("检查后反馈", year.fig("feedbacks", "次")),
            clause("提出反馈意见", points),
        ),
        sentence(clause("肯定的做法：", "；".join(merits))) if 0 < len(merits) <= 8 else (),
        *_advice(findings),
        sentence(
            clause("发现问题", year.fig("problems_found", "个")),
            clause("已整改", year.fig("problems_rectified", "个")),
            clause("整改率", year.fig("rectified_ratio")),
        ),
        _rectified(year, findings),
    )


def _advice(findings: list[Finding]) -> list[Clause]:
    advice = [
        clause(text) for text in dict.fromkeys(bare(one.text) for one in findings if one.kind == FindingKind.ADVICE)
    ]
    return [clause("建议：", in_turn(advice))] if 0 < len(advice) <= 8 else []


def _rectified(year: Year, findings: list[Finding]) -> Clause:
    done = {(bare(one.text), bare(one.done)): one for one in findings if one.kind == FindingKind.PROBLEM and one.done}
    if not 0 < len(done) <= MOST_NAMES:
        return ()
    dates = year.dates()
    told = [clause(f"针对{text}的问题，{dates.told(one.done_on)}{what}") for (text, what), one in done.items()]
    return sentence(*told, mark="；")


# --- one by one ------------------------------------------------------------------------------------------------------------------


def one_by_one(year: Year, rows: list[Inspection]) -> list[Paragraph | Table]:
    if len(rows) > MOST_INSPECTIONS:
        return [_table(year, rows)]
    if len(rows) == 1:
        return []  # told with the totals
    dates = year.dates()
    return [paragraph(*(_one(year, row, dates) for row in rows))]


def _conducted(year: Year, row: Inspection, dates: Dates) -> list[Clause]:
    """When, by whom, of whom, and what it came to."""
    inspector = year.subject(row.inspecting_school) if row.inspecting_school or not year.is_county else ""
    return [
        clause(dates.told(row.when)),
        clause(f"{inspector}检查{year.place(row.school)}"),
        clause("由", row.leader, "任组长"),
        clause("检查结论为", quoted_conclusion(row)),
    ]


def _one(year: Year, row: Inspection, dates: Dates) -> Clause:
    numbers = _numbers(year, row)
    back = row.feedback if hasattr(row, "feedback") else None
    *conducted, conclusion = _conducted(year, row, dates)
    back_again = joined([clause("收回", numbers["returned"]), clause("有效", numbers["valid"])])
    valid = clause("（", back_again, "）") if back_again else ()
    return sentence(
        *conducted,
        clause("查阅资料", numbers["reviewed"]),
        (*clause("发放问卷", numbers["issued"]), *valid),
        clause("走访家庭", numbers["visits"]),
        joined([dates.told(back.day), "反馈意见", f"{back.points}条"], "") if back and back.points else (),
        conclusion,
    )


def quoted_conclusion(row: Inspection) -> str:
    return f"“{row.get_conclusion_display()}”" if row.conclusion else ""


def _numbers(year: Year, row: Inspection) -> dict[str, Figure | None]:
    """What was counted in this inspection, each as a figure that opens its lines; what is not known of all is not told."""
    counts = list(row.questionnaire_counts.all())
    keys = {"reviewed": ("reviewed", "份（次）"), "issued": ("questionnaires_issued", "份")}
    keys |= {name: (f"questionnaires_{name}", "份") for name in ("returned", "valid") if _is_known(counts, name)}
    found: dict[str, Figure | None] = dict.fromkeys(("reviewed", "issued", "returned", "valid", "visits"))
    for name, (key, measure) in keys.items():
        found[name] = _of_inspection(year, key, row, measure)
    entered = row.survey.home_visits if hasattr(row, "survey") else None
    found["visits"] = _of_inspection(year, "homes_told" if entered is None else "home_visits", row, "户")
    return found


def _of_inspection(year: Year, key: str, row: Inspection, measure: str) -> Figure | None:
    counted = crossed(key, year.asked, "inspection").get((str(row.pk),))
    return as_figure(counted, f"{counted.told}{measure}", is_listed=False) if counted and counted.value else None


def _table(year: Year, rows: list[Inspection]) -> Table:
    lines = []
    for row in rows[:MOST_ROWS]:
        numbers = _numbers(year, row)
        points = _bare(_of_inspection(year, "feedback_points", row, ""))
        bare_numbers = (_bare(numbers[name]) for name in ("reviewed", "issued", "valid", "visits"))
        lines.append((year.dates().told(row.when), str(row.school), *bare_numbers, points))
    header = ("日期", "受检学校", "查阅资料", "发放问卷", "有效问卷", "走访户数", "反馈意见")
    note = "检查较多，表中列出一部分。" if len(rows) > MOST_ROWS else ""
    return Table("督导检查情况", header, tuple(lines), note=note)


def _bare(figure: Figure | None) -> Cell:
    """In a column the unit goes without saying."""
    return replace(figure, text=plain(figure.value)) if figure and figure.value is not None else "—"


def open_problems(year: Year) -> list[str]:
    """Found in an inspection, and nothing done about them yet."""
    rows = (
        value("problems_found", year.asked)
        .rows()
        .filter(done="", done_on=None, is_closed=False)
        .select_related("inspection__school")
    )
    return [f"{bare(row.text)}（{row.inspection.school}）" for row in rows.order_by("pk")]
