"""选派情况: who went, of which subject, how qualified, from where to where; swaps, shadowing, short visits, changes."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from assignments.choices import ChangeKind, Direction, Duty, Education, EndReason, Sex, TeachingStage, Title
from assignments.models import PolicyRule, PublicNotice, Secondment, SecondmentChange, YearFacts
from evaluations.choices import GIVEN_LESSONS
from reports.annual_report.people import ways
from reports.annual_report.sentences import Clause, Dates, bare, clause, joined, listed, paragraph, parted, sentence
from reports.annual_report.year import Year, in_order, placement
from reports.documents.tree import Paragraph, Section, Table, date_text
from reports.figures import crossed, tables, value
from reports.figures.rules import rules_in_force
from zhijiao.quantities import plain

MOST_ROWS = 200
NAMED = 15  # so many people are told by name; more stand in a table
_STAGES = dict(TeachingStage.choices)
_TITLES = dict(Title.choices)
_SEXES: dict[str, str] = {Sex.MALE: "男教师", Sex.FEMALE: "女教师"}
_EDUCATION = dict(Education.choices)


def section(year: Year) -> Section:
    return parted(
        "选派情况",
        ("严格选派，优化结构", [plan(year), totals(year), structure(year), quality(year)]),
        ("对照标准，推进交流", [*rules(year)]),
        ("明确岗位，人岗相适", [*routes(year)]),
        ("多种形式，双向交流", [swaps(year), shadowing(year), brief(year)]),
        ("规范管理，动态调整", [changes(year)]),
    )


# --- totals ---------------------------------------------------------------------------------------------------------------


def opening(year: Year) -> Clause:
    """The totals in one sentence, for the beginning of the report."""
    if year.is_county:
        return _county_totals(year)
    sent = [row for row in year.seconded if year.leaves(row)]
    came = [row for row in year.seconded if year.arrives(row)]
    within = [row for row in year.seconded if row not in sent and row not in came]
    told = [_sent(year, sent), _came(year, came, bool(sent)), _within(year, within, bool(sent or came)), *_others(year)]
    return joined(told)


def _county_totals(year: Year) -> Clause:
    to = clause("到", year.fig("receiving_schools", "所"), "学校支教")
    return joined(
        [
            joined([clause("共选派", year.fig("seconded"), "教师"), _of_whom(year, "seconded"), to], ""),
            clause("涉及派出学校", year.fig("sending_schools", "所")),
            *_others(year),
        ]
    )


def _sent(year: Year, rows: list[Secondment]) -> Clause:
    if not rows:
        return ()
    count = year.fig("sent_away", "名")
    to = dict.fromkeys(str(first.receiving_school) for row in rows if (first := placement(row)))
    where = f"赴{next(iter(to))}支教" if len(to) == 1 else f"赴{listed(to, 4)}{'' if len(to) > 4 else '等'}学校支教"
    return joined([clause("共选派", count, "教师"), _of_whom(year, "sent_away"), where], "")


def _came(year: Year, rows: list[Secondment], follows: bool) -> Clause:
    if not rows:
        return ()
    count = year.fig("came_in", "名")
    senders = list(dict.fromkeys(str(row.sending_school) for row in rows))
    source = f"{listed(senders)}选派的" if len(senders) <= 2 else ""
    schools = {one.receiving_school_id for row in rows for one in row.placements.all()} & year.schools
    at = year.matching(len(schools), "receiving_schools", "所") if len(schools) > 1 else None
    return joined(
        [
            joined(
                [clause(f"{'接收' if follows else '共接收'}{source}", count, "支教教师"), _of_whom(year, "came_in")], ""
            ),
            clause("在", at, "学校任教"),
        ]
    )


def _within(year: Year, rows: list[Secondment], is_more: bool) -> Clause:
    """Between a centre school and those below it."""
    if not rows:
        return ()
    count = year.fig("moved_within", "名")
    return clause("另有" if is_more else "共有", count, f"教师在{year.we}与所属学校之间交流支教")


def _of_whom(year: Year, key: str) -> Clause:
    """（其中带队领导…名、支教教师…名）: those of the figure by what they do there."""
    by_duty = {duty: counted for (duty,), counted in crossed(key, year.asked, "duty").items()}
    if Duty.LEADER not in by_duty or len(by_duty) == 1:
        return ()
    told = [(Duty.LEADER, "带队领导"), (Duty.TEACHER, "支教教师")]
    told += [(duty, str(duty.label)) for duty in (Duty.HEAD, Duty.DEPUTY)]
    parts = [clause(label, year.figure_of(by_duty[duty], "名")) for duty, label in told if duty in by_duty]
    return clause("（其中", joined(parts, "、"), "）")


def _others(year: Year) -> list[Clause]:
    return [clause("安排跟岗学习", year.fig("shadowing", "人")), clause("短期指导", year.fig("brief", "人"))]


def totals(year: Year) -> Paragraph:
    """What was asked for and how it was divided by programme, stage and school."""
    programmes = year.by("seconded", "programme")
    is_told = len(programmes) > 1 or any(name != "支教" for name, _ in programmes)
    return paragraph(
        sentence(
            clause(_verb(year), year.fig("seconded")),
            clause("其中带队领导", year.fig("team_leaders"), _teachers_beside(year)),
            clause("校长、副校长交流", year.fig("heads_exchanged")) if year.is_county else (),
            clause("首次支教的", year.fig("first_time")),
        ),
        sentence(clause("按项目类型分，", year.parts("seconded", "programme", "名"))) if is_told else (),
        sentence(clause("按批次分，", year.parts("seconded", "batch", "名"))) if len(year.by("seconded", "batch")) > 1 else (),
        sentence(
            clause("从流向看，城镇到乡村", year.fig("town_to_village", "人")),
            clause("乡村到城镇", year.fig("village_to_town", "人")),
            clause("同类学校之间", year.fig("same_kind", "人")),
        )
        if year.is_county
        else (),
    )  # fmt: skip


def _verb(year: Year) -> str:
    """选派, 接收, or neither where several ways were gone."""
    if year.is_county:
        return f"{year.whole}选派支教教师"
    sends, receives = any(map(year.leaves, year.seconded)), any(map(year.arrives, year.seconded))
    within = any(not year.leaves(row) and not year.arrives(row) for row in year.seconded)
    if within or sends == receives:
        return "共有支教教师"
    return "接收支教教师" if receives else "选派支教教师"


def _teachers_beside(year: Year) -> Clause:
    return clause(
        "、",
        joined(
            [
                clause("支教教师", year.fig("seconded_teachers")),
                clause("挂职校长", year.fig("acting_heads", "名")),
                clause("挂职副校长", year.fig("acting_deputies", "名")),
            ],
            "、",
        ),
    )


def plan(year: Year) -> Paragraph:
    """What was asked for, what was to be given, and that the names were shown."""
    notices = year.own(year.events(PublicNotice, "school"))
    return paragraph(
        sentence(
            clause("受援学校" if year.is_county else year.whole, "申报岗位需求", year.fig("demanded", "人"))
            if year.asked.receives
            else (),
            clause("下达选派计划", year.fig("allocated", "名")) if year.asked.sends else (),
        ),
        *(_notice(year, row) for row in notices[:6]),
        sentence(clause("先后公示", year.fig("public_notices", "次"))) if len(notices) > 6 else (),
    )


def _notice(year: Year, row: PublicNotice) -> Clause:
    return sentence(
        joined([year.dates().told(row.when), clause("对", bare(row.title).removesuffix("公示"), "进行公示")], ""),
        clause("公示期", f"{row.working_days}个工作日") if row.working_days else (),
        clause("收到异议", f"{row.objections}件") if row.objections else (),
        clause(bare(row.outcome)),
    )


# --- structure --------------------------------------------------------------------------------------------------------------


def structure(year: Year) -> Paragraph:
    whole, teachers = year.parts("seconded", "subject", "人"), year.parts("seconded_teachers", "subject", "人")
    differ = bool(year.leaders) and len(year.seconded) <= NAMED and _texts(whole) != _texts(teachers)
    stages = year.by("seconded", "stage")
    sexes = [of for of, _ in year.by("seconded", "sex") if of in _SEXES]
    return paragraph(
        sentence(clause("按学科分，", whole), clause("其中支教教师", teachers) if differ else ()),
        sentence(clause("按学段分，", year.parts("seconded", "stage", "人", _STAGES))) if len(stages) > 1 else (),
        sentence(clause("按性别分，", _sexes(year))) if len(sexes) > 1 else (),
        sentence(
            clause(
                "按职称分，" if _is_whole(year, "title") else "已登记职称的，",
                year.parts("seconded", "title", "名", _TITLES),
            )
        ),
    )


def _is_whole(year: Year, dimension: str) -> bool:
    """Is it known of everybody?"""
    return sum(counted.value for _, counted in year.by("seconded", dimension)) == year.number("seconded")


def _sexes(year: Year) -> Clause:
    return joined(
        (
            (_SEXES[of], year.figure_of(counted, "名") or "")
            for of, counted in year.by("seconded", "sex")
            if of in _SEXES
        ),
        "、",
    )


def _texts(told: Clause) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in told)


def quality(year: Year) -> Paragraph:
    return paragraph(sentence(_backbone(year), _class_heads(year), mark="；"), _education(year))


def _backbone(year: Year) -> Clause:
    are_teachers = bool(year.leaders) and not any(row.is_backbone for row in year.leaders)
    return clause(
        "骨干教师",
        year.fig("backbone_seconded"),
        f"，占{'支教教师' if are_teachers else '选派教师'}的",
        year.fig("backbone_teacher_ratio" if are_teachers else "backbone_ratio"),
    )


def _class_heads(year: Year) -> Clause:
    is_whole = year.number("class_heads_known") == year.number("seconded_teachers")
    of = "支教教师" if is_whole else clause("有记录的", year.fig("class_heads_known", "名"), "支教教师")
    return clause("派出前担任班主任的", year.fig("class_heads"), "，占", of, "的", year.fig("class_head_ratio"))


def _education(year: Year) -> Clause:
    known, every = year.number("education_known"), year.number("seconded")
    if not year.number("bachelors"):
        return ()
    kinds = (
        clause("其中", year.parts("seconded", "education", "名", _EDUCATION))
        if len(year.by("seconded", "education")) > 1
        else ()
    )
    those = clause("登记学历的", year.fig("education_known", "名"), "教师")
    if year.number("bachelors") == known:
        whole = "选派教师" if known == every else those
        return sentence(clause(whole, "全部具有大学本科及以上学历（", year.fig("bachelor_ratio"), "）"), kinds)
    of = "选派教师" if known == every else those
    share = clause("具有大学本科及以上学历的", year.fig("bachelors"), "，占", of, "的", year.fig("bachelor_ratio"))
    return sentence(share, kinds)


# --- what the bureau is held to ------------------------------------------------------------------------------------------------


def rules(year: Year) -> list[Paragraph]:
    """For the county: each ratio with its numerator, denominator and standard."""
    if not year.is_county:
        return []
    known = rules_in_force(year.asked)
    has_facts = bool(year.of_year(YearFacts))
    facts = sentence(
        clause(f"{year.whole}在编专任教师", year.fig("staff")), clause("符合交流条件教师", year.fig("eligible"))
    )
    return [paragraph(facts if has_facts else (), *(_rule(year, rule) for rule in known))]


def _rule(year: Year, rule: PolicyRule) -> Clause:
    part, whole = value(rule.numerator, year.asked), value(rule.denominator, year.asked)
    if not whole.value:
        return ()
    standard = f"{plain(rule.threshold)}%的{rule.get_level_display()}标准"
    if not part.value:
        return sentence(clause(rule.name, f"未达到{standard}"))
    is_met = Decimal(part.value) * 100 / Decimal(whole.value) >= rule.threshold
    ratio = tables.ratio_of(rule.numerator, rule.denominator)
    return sentence(
        clause(part.definition.label, year.figure_of(part)),
        clause("占", whole.definition.label, year.figure_of(whole), "的", year.fig(ratio)) if ratio else (),
        f"达到{standard}" if is_met else f"未达到{standard}",
    )


# --- from where to where -------------------------------------------------------------------------------------------------------


def routes(year: Year) -> list[Paragraph | Table]:
    if len(year.seconded) <= NAMED:
        return [paragraph(*(_in_year(year, code, rows) for code, rows in _by_year(year).items()))]
    return [] if year.is_county else [_roster(year)]


def _by_year(year: Year) -> dict[str, list[Secondment]]:
    """A calendar year has parts of two school years: those are told apart."""
    found: dict[str, list[Secondment]] = defaultdict(list)
    for row in year.seconded:
        code = row.school_year.title if row.school_year else ""
        found[
            code
            if year.period.is_calendar_year or (row.school_year and row.school_year.code != year.period.school_year)
            else ""
        ].append(row)
    return found


def _in_year(year: Year, title: str, rows: list[Secondment]) -> Clause:
    told = ways(year, rows)
    return clause(f"{title}，" if title else "", told) if title and told else told


def _roster(year: Year) -> Table:
    """Who does not fit into a sentence."""
    lines = []
    for row in year.seconded[:MOST_ROWS]:
        first = placement(row)
        subject = (first.subject if first else "") or row.teacher.subject or "—"
        to = str(first.receiving_school) if first else "—"
        lines.append((str(row.teacher), str(row.sending_school), to, subject, str(row.programme)))
    note = "人数较多，表中列出一部分。" if len(year.seconded) > MOST_ROWS else ""
    return Table("支教教师名册", ("教师", "派出学校", "受援学校", "学科", "项目类型"), tuple(lines), note=note)


# --- other ways ------------------------------------------------------------------------------------------------------------------


def swaps(year: Year) -> Paragraph:
    pairs = _pairs(year)
    if not pairs:
        return paragraph()
    by_schools: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in pairs:
        first = placement(row)
        other = year.place(first.receiving_school) if first else ""
        by_schools[year.place(row.sending_school), other].append(f"{row.teacher}与{row.swapped_with}")
    count = year.fig("swap_pairs", "对")
    if len(pairs) > NAMED:
        return paragraph(sentence(clause("学校之间对口互派", count, "，涉及教师", year.fig("swapped"))))
    if len(by_schools) == 1:
        (one, other), who = next(iter(by_schools.items()))
        return paragraph(sentence(clause(f"{one}与{other}对口互派", count, "：", "、".join(who))))
    told = [
        f"{one}与{other}，{'、'.join(who)}互派" if other else "、".join(who) for (one, other), who in by_schools.items()
    ]
    return paragraph(sentence(clause("学校之间对口互派", count), "；".join(told), mark="："))


def _pairs(year: Year) -> list[Secondment]:
    """One of the two secondments of each pair."""
    seen: set[frozenset[int]] = set()
    found = []
    for row in year.secondments:
        if row.swapped_with_id:
            both = frozenset((row.teacher_id, row.swapped_with_id))
            if both not in seen:
                seen.add(both)
                found.append(row)
    return found


def shadowing(year: Year) -> Paragraph:
    rows = [row for row in year.secondments if row.programme.direction == Direction.LEARNING]
    if year.is_county:
        return paragraph(_shadowing(year, rows, "安排教师跟岗学习", "shadowing"))
    away = [row for row in rows if row.sending_school_id in year.schools]
    here = [row for row in rows if row not in away]
    return paragraph(
        _shadowing(year, away, "选派教师跟岗学习", "shadowing_sent"),
        _shadowing(year, here, f"{year.we}接收跟岗学习", "shadowing_received"),
    )


def _shadowing(year: Year, rows: list[Secondment], head: str, key: str) -> Clause:
    if not rows:
        return ()
    told = () if len(rows) > NAMED else ways(year, rows, "学习")[:-1]
    return sentence(clause(head, year.fig(key, "人")), told)


def brief(year: Year) -> Paragraph:
    rows = [row for row in year.secondments if row.programme.direction == Direction.BRIEF]
    if not rows:
        return paragraph()
    lessons = dict(year.by("brief_lessons", "kind"))
    given = joined(
        [
            clause(str(kind.label), year.figure_of(lessons[kind.value], "节"))
            for kind in GIVEN_LESSONS
            if kind.value in lessons
        ],
        "、",
    )
    told = () if len(rows) > NAMED else ways(year, rows, "指导")[:-1]
    comes = not year.is_county and not any(row.sending_school_id in year.schools for row in rows)
    head = "接待短期指导教师" if comes else "选派教师短期指导"
    return paragraph(
        sentence(
            clause(head, year.fig("brief", "人")),
            told,
            clause("上", given),
        )
    )


def changes(year: Year) -> Paragraph:
    rows = in_order(year.asked.of_secondments(SecondmentChange).select_related("secondment__teacher"))
    if not rows:
        return paragraph()
    kinds = year.parts("changes", "kind", "件", dict(ChangeKind.choices))
    dates = year.dates()
    told = [] if len(rows) > 8 else [_change(row, dates) for row in rows]
    return paragraph(
        sentence(
            clause("办理派遣变更", year.fig("changes")),
            clause("其中", kinds) if len(year.by("changes", "kind")) > 1 else (),
        ),
        sentence(*told, mark="；"),
    )


def _change(row: SecondmentChange, dates: Dates) -> Clause:
    """Reasons of health and family are nobody else's business."""
    reason = f"因{row.get_reason_display()}，" if row.reason in (EndReason.WORK, EndReason.TRANSFER) else ""
    number = f"（{row.document}）" if row.document else ""
    return joined([dates.told(row.when), f"{reason}{row.secondment.teacher}{_changed(row)}{number}"])


def _changed(row: SecondmentChange) -> str:
    before, after = (_day_in_words(bare(text).removeprefix("至")) for text in (row.before, row.after))
    match row.kind:
        case ChangeKind.EXTEND:
            return f"支教期限延长至{after}" if after else "延期"
        case ChangeKind.MOVE if after:
            return f"由{before}调整到{after}" if before else f"调整到{after}"
        case ChangeKind.SUBJECT if after:
            return f"任教学科由{before}调整为{after}" if before else f"任教学科调整为{after}"
        case ChangeKind.END_EARLY:
            return "提前终止支教"
    return row.get_kind_display()


def _day_in_words(text: str) -> str:
    """A day is recorded as 2026-07-10 and told as a bureau tells it."""
    try:
        return date_text(dt.date.fromisoformat(text))
    except ValueError:
        return text
