"""考核: the bureau opens it, the receiving school scores, the teacher answers, the sending school says its opinion, the
bureau settles the grade, it is made public, the teacher may appeal, and then it is final and stays as it is.

What may be done when, and by whom, stands in one table, `STEPS`. What was handed in is kept as it was, in a version of its own.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from assignments.access import has_on, insist, insist_for_county
from assignments.choices import SecondmentState
from assignments.models import District, Placement, Secondment
from assignments.telling import account_of
from evaluations import facts, rubrics
from evaluations.choices import (
    AT_SCHOOL_STATES,
    PUBLISHED_GRADES,
    Answer,
    AppealResult,
    AppraisalKind,
    AppraisalState,
    Grade,
    QuotaGroup,
)
from evaluations.models import (
    Appeal,
    Appraisal,
    AppraisalNotice,
    AppraisalScore,
    AppraisalVersion,
    Rubric,
    RubricItem,
)
from evaluations.scoring import Item, Scored, fitting, propose, quota, score_item, total, vetoes
from evaluations.telling import appraisals as telling
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.dates import ApproximateDate, told
from zhijiao.locks import lock
from zhijiao.refusals import Refused, WordsNeeded, atomically
from zhijiao.working_days import working_days

State = AppraisalState
NOTICE_DAYS = 5  # working days, at least
SOURCE_MAX = 100
REMARKS = ("briefing_remark", "records_remark", "survey_remark", "feedback_remark")
WRITTEN = (*REMARKS, "summary", "receiving_opinion", "proposed_grade")
OPENED_IN = (SecondmentState.ON_POST, SecondmentState.APPRAISED, SecondmentState.COMPLETED, SecondmentState.ENDED_EARLY)


@dataclass(frozen=True)
class Step:
    """In which states, with which right; `to`: the state afterwards, none where it stays."""

    states: tuple[str, ...]
    action: str
    to: str = ""
    refusal: str = ""


STEPS: dict[str, Step] = {
    "save": Step(AT_SCHOOL_STATES, "evaluation.edit", "", "评分已经报送，教育局退回以后才能改"),
    "submit": Step(AT_SCHOOL_STATES, "evaluation.submit", State.SUBMITTED, "评分已经报送"),
    "send_back": Step((State.SUBMITTED,), "evaluation.return", State.RETURNED, "只有报送了还没有评定的可以退回"),
    "answer": Step((State.SUBMITTED,), "evaluation.sign", "", "学校报送以后、教育局评定以前，才能签字或者提出异议"),
    "opinion": Step((State.SUBMITTED,), "evaluation.opinion", "", "受援学校报送以后、教育局评定以前，才能填写意见"),
    "settle": Step((State.SUBMITTED, State.SETTLED), "evaluation.grade_final", State.SETTLED, "学校报送以后、公示以前，才能评定等次"),
    "publish": Step((State.SETTLED,), "evaluation.publish", State.NOTICED, "评定了等次的才能公示"),
    "appeal": Step((State.NOTICED,), "appeal.create", "", "公示期内才能申诉"),
    "uphold": Step((State.NOTICED,), "appeal.decide", State.SUBMITTED, "公示还没有办结时才能处理申诉"),
    "dismiss": Step((State.NOTICED,), "appeal.decide", "", "公示还没有办结时才能处理申诉"),
    "finish": Step((State.NOTICED,), "evaluation.publish", State.FINAL, "公示了的才能确定"),
}  # fmt: skip


def may(key: str, row: Appraisal, user: Any) -> bool:
    """Whether a step is this person's to take now: what a page asks before it shows a button."""
    step = STEPS[key]
    return row.state in step.states and has_on(user, step.action, row) and not why_not_yours(key, row, user)


def why_not_yours(key: str, row: Appraisal, user: Any) -> str:
    """Who may not, although their role has the right: of themselves, and of what they did before."""
    if key in ("save", "submit", "settle", "uphold", "dismiss") and _is_own(row, user):
        return "本人的考核由别人办理"
    if key == "settle" and user.pk in _scorers(row):
        return "评分的人不评定等次，请局里另一位评定"
    if key in ("uphold", "dismiss") and row.settled_by_id == user.pk:
        return "评定等次的人不处理申诉，请局里另一位处理"
    return ""


def _is_own(row: Appraisal, user: Any) -> bool:
    return any(one.pk == user.pk for one in account_of(row.secondment.teacher_id))


def _scorers(row: Appraisal) -> set[int]:
    known = set(row.versions.values_list("submitted_by", flat=True))
    return known | ({row.submitted_by_id} if row.submitted_by_id else set())


def insist_step(key: str, row: Appraisal, by: Any) -> None:
    """Refuses whoever has not the right, in whatever state; then what is not possible now."""
    insist(by, row, STEPS[key].action)
    _insist_state(key, row)
    if why_not := why_not_yours(key, row, by):
        raise Refused(why_not)


def _insist_state(key: str, row: Appraisal) -> None:
    if row.state not in STEPS[key].states:
        raise Refused(f"这次考核现在是“{row.get_state_display()}”：{STEPS[key].refusal}")


def _locked(row: Appraisal) -> Appraisal:
    rows = Appraisal.objects.select_related(
        "secondment__teacher", "secondment__sending_school", "rubric", "school_year"
    )
    found: Appraisal = rows.select_for_update(of=("self",)).get(pk=row.pk)
    return found


def _locked_all(keys: Collection[int]) -> list[Appraisal]:
    placements = Prefetch(
        "secondment__placements", Placement.objects.select_related("receiving_school").order_by("order")
    )
    rows = Appraisal.objects.filter(pk__in=keys).select_related(
        "secondment__teacher", "secondment__sending_school", "secondment__programme", "rubric"
    )
    return list(rows.prefetch_related(placements).order_by("pk").select_for_update(of=("self",)))


# --- it is opened ------------------------------------------------------------------------------------------------------


def to_open(school_year: Any, kind: str, county: Any) -> Any:
    """The secondments of a year that were carried out and have no such appraisal yet."""
    known = Appraisal.objects.filter(kind=kind, school_year=school_year, county=county)
    if kind == AppraisalKind.TERM:  # one a term, so another after the first is final
        known = known.exclude(state=State.FINAL)
    rows = Secondment.objects.filter(county=county, school_year=school_year, state__in=OPENED_IN)
    return rows.exclude(pk__in=known.values("secondment"))


def open_year(
    school_year: Any, kind: str, rubric: Rubric, secondments: Iterable[Secondment], *, by: Any
) -> list[Appraisal]:
    """The bureau opens the appraisal of these secondments: a draft of each at its school, filled in with what is known."""
    keys = {one.pk for one in secondments}
    with atomically():
        rows = lock(Secondment.objects.filter(pk__in=keys))
        if not rows:
            raise Refused("请至少选一位教师")
        county = rows[0].county_id
        insist_for_county(by, county, "evaluation.open")
        if any(row.county_id != county for row in rows) or rubric.county_id not in (None, county):
            raise Refused("只能考核本县的支教教师，用本县的或者现成的考核办法")
        open_ones = set(to_open(school_year, kind, county).values_list("pk", flat=True))
        if others := [row for row in rows if row.pk not in open_ones]:
            names = "、".join(str(row.teacher) for row in others[:5])
            raise Refused(f"{names}没有在这个学年支教，或者已经有了{AppraisalKind(kind).label}，请重新选")
        used = rubrics.freeze(rubric, by=by)
        made = [_drafted(row, school_year, kind, used) for row in rows]
        _fill(made, used)
        after = {"考核类型": AppraisalKind(kind).label, "考核办法": str(used)}
        for row in made:
            audit.record(by, "开展考核", row, after=after)
        telling.tell_opened(made, by=by)
    return made


def _drafted(secondment: Secondment, school_year: Any, kind: str, rubric: Rubric) -> Appraisal:
    row = Appraisal(
        county_id=secondment.county_id, secondment=secondment, school_year=school_year, kind=kind, rubric=rubric,
        state=State.DRAFT,
    )  # fmt: skip
    row.when = ApproximateDate.day(clock.today())
    row.save()
    return row


def _fill(rows: list[Appraisal], rubric: Rubric) -> None:
    """The lines of all of them, with what the system knows already."""
    items = sorted(rubric.items.all(), key=lambda one: (one.number, one.pk))
    span = span_of(rows[0])  # opened together: of one kind, one year, one day
    known = facts.known([row.secondment for row in rows], [one.fact for one in items if one.fact], span)
    lines = []
    for row in rows:
        for one in items:
            line = AppraisalScore(
                county_id=row.county_id, appraisal=row, item=one.name, maximum=one.maximum, rubric_item=one
            )
            _take_known(line, rubrics.item_of(one), known[row.secondment_id])
            lines.append(line)
    AppraisalScore.objects.bulk_create(lines)


def _take_known(line: AppraisalScore, item: Item, known: Mapping[str, facts.Known]) -> None:
    found = known.get(item.fact) if item.fact else None
    if found is not None:
        _write(line, item, fitting(item, found.value), found)
    elif line.is_known:  # what was known once, and is no more
        _write(line, item, None, None)


def _write(line: AppraisalScore, item: Item, value: Any, found: facts.Known | None) -> Scored:
    """A line as it was filled in: known where it is what the system knows and leaves nothing open."""
    scored = score_item(item, value)
    is_known = found is not None and scored.score is not None and fitting(item, found.value) == value
    words = found.words if found is not None and is_known else scored.words
    line.value, line.score, line.is_known, line.source = value, scored.score, is_known, words[:SOURCE_MAX]
    return scored


# --- the receiving school scores ---------------------------------------------------------------------------------------


def lines_of(row: Appraisal) -> list[AppraisalScore]:
    """In the order of the rubric."""
    return list(AppraisalScore.objects.filter(appraisal=row).select_related("rubric_item").order_by("pk"))


def known_of(row: Appraisal) -> dict[str, facts.Known]:
    """What the system knows now of the secondment, of what the rubric asks for."""
    items = (
        RubricItem.objects.filter(rubric=row.rubric_id).exclude(fact="") if row.rubric_id else RubricItem.objects.none()
    )
    return facts.known([row.secondment], list(items.values_list("fact", flat=True)), span_of(row))[row.secondment_id]


def span_of(row: Appraisal) -> facts.Span | None:
    """The time that an appraisal counts; None: the whole secondment."""
    return facts.span_of(row.kind, row.school_year, row.start)


def item_of(line: AppraisalScore) -> Item:
    """The line of the rubric; of an imported line, which has none, as much as it tells."""
    return rubrics.item_of(line.rubric_item) if line.rubric_item else Item(line.item, "", line.maximum)


def seen_of(row: Appraisal) -> str:
    """What a form was opened on, so that two people who score at once are told of each other."""
    written = [getattr(row, name) for name in WRITTEN]
    lines = [[line.item, line.value] for line in lines_of(row)]
    return hashlib.sha256(json.dumps([written, lines], sort_keys=True).encode()).hexdigest()[:32]


def save_draft(appraisal: Appraisal, values: Mapping[str, Any], *, by: Any, seen: str = "") -> Appraisal:
    """Kept as far as it is written. `values`: the remarks by name, and "lines": the name of an item → what was filled in."""
    with atomically():
        row = _locked(appraisal)
        insist_step("save", row, by)
        if seen and seen != seen_of(row):
            raise Refused("您打开这张表以后，有人改过这份评分。请刷新后再填；您填的在这台设备上还留着")
        for name in WRITTEN:
            if name in values:
                setattr(row, name, str(values[name] or "").strip())
        given = values.get("lines") or {}
        lines = lines_of(row)
        if given:
            known = known_of(row)
            for line in lines:
                if line.item in given:
                    item = item_of(line)
                    _write(line, item, given[line.item], known.get(item.fact))
            AppraisalScore.objects.bulk_update(lines, ["value", "score", "is_known", "source"])
        _add_up(row, lines)
        row.save()
        audit.record(
            by, "保存考核评分", row, after={"评了": sum(line.score is not None for line in lines), "共": len(lines)}
        )
    return row


def _add_up(row: Appraisal, lines: list[AppraisalScore]) -> None:
    """The total, the grade that follows from it, and what stands against any other."""
    items = [item_of(line) for line in lines]
    row.score = total(score_item(item, line.value) for item, line in zip(items, lines, strict=True))
    against = vetoes(items, [line.value for line in lines])
    proposal = propose(row.score, rubrics.thresholds_of(row.rubric) if row.rubric else (), against)
    row.rule_grade, row.veto = proposal.grade, "；".join(against)[:200]
    if against:
        row.proposed_grade = Grade.FAILED


def refresh(appraisal: Appraisal, *, by: Any) -> Appraisal:
    """What the system knows is filled in anew. What a person decided stays."""
    with atomically():
        row = _locked(appraisal)
        insist_step("save", row, by)
        known, lines = known_of(row), lines_of(row)
        for line in lines:
            is_decided = isinstance(line.value, Mapping) and "given" in line.value
            if not is_decided and (line.is_known or line.value is None):
                _take_known(line, item_of(line), known)
        AppraisalScore.objects.bulk_update(lines, ["value", "score", "is_known", "source"])
        _add_up(row, lines)
        row.save()
        audit.record(by, "重新带入考核数据", row)
    return row


def missing(lines: Iterable[AppraisalScore]) -> list[str]:
    """What is still to be filled in, by line."""
    scored = [score_item(item_of(line), line.value) for line in lines]
    return [one.problem for one in scored if one.score is None]


def submit(appraisal: Appraisal, *, by: Any) -> Appraisal:
    """Handed in, when nothing is missing. From now on the teacher, the sending school and the bureau read it."""
    with atomically():
        row = _locked(appraisal)
        insist_step("submit", row, by)
        lines = lines_of(row)
        if problems := missing(lines):
            raise Refused(f"还不能报送：{'；'.join(problems)}")
        _add_up(row, lines)
        row.proposed_grade = row.proposed_grade or row.rule_grade
        if not row.proposed_grade:
            raise Refused("还不能报送：总分不在任何一档分数线里，请选建议等次")
        row.version += 1
        row.state, row.submitted_on, row.submitted_by, row.return_reason = State.SUBMITTED, clock.today(), by, ""
        row.answer, row.objection, row.signed_on = "", "", None  # they answered what was handed in before
        row.save()
        AppraisalVersion.objects.create(
            county_id=row.county_id, appraisal=row, number=row.version, content=content_of(row, lines),
            submitted_on=row.submitted_on, submitted_by=by,
        )  # fmt: skip
        after = {"得分": str(row.score), "建议等次": row.get_proposed_grade_display(), "第几次": row.version}
        audit.record(by, "报送考核评分", row, after=after)
        telling.tell_submitted(row, by=by)
    return row


def content_of(row: Appraisal, lines: Iterable[AppraisalScore]) -> dict[str, Any]:
    """All that is handed in, as a version keeps it."""
    return {
        **{name: getattr(row, name) for name in WRITTEN},
        "score": str(row.score), "rule_grade": row.rule_grade, "veto": row.veto,
        "lines": [
            {
                "item": line.item, "maximum": str(line.maximum), "score": str(line.score), "value": line.value,
                "source": line.source, "is_known": line.is_known,
            }
            for line in lines
        ],
    }  # fmt: skip


def send_back(appraisal: Appraisal, reason: str, *, by: Any) -> Appraisal:
    """Back to the school, which may change it and hand it in again."""
    words = reason.strip()
    with atomically():
        row = _locked(appraisal)
        insist_step("send_back", row, by)
        if not words:
            raise WordsNeeded("没有退回：请写明哪里要改")
        row.state, row.return_reason = State.RETURNED, words[:300]
        row.save(update_fields=["state", "return_reason"])
        audit.record(by, "退回考核评分", row, reason=words)
        telling.tell_returned(row, by=by)
    return row


# --- the teacher and the sending school --------------------------------------------------------------------------------


def sign(appraisal: Appraisal, *, by: Any) -> Appraisal:
    """The teacher agrees with the score."""
    with atomically():
        row = _locked(appraisal)
        insist_step("answer", row, by)
        if row.answer == Answer.AGREED:
            raise Refused("已经签过字了")
        row.answer, row.objection, row.signed_on = Answer.AGREED, "", clock.today()
        row.save(update_fields=["answer", "objection", "signed_on"])
        audit.record(by, "考核签字", row, after={"签字日期": told(row.signed_on)})
    return row


def object_to(appraisal: Appraisal, text: str, *, by: Any) -> Appraisal:
    """The teacher does not agree, and says why."""
    words = text.strip()
    with atomically():
        row = _locked(appraisal)
        insist_step("answer", row, by)
        if not words:
            raise WordsNeeded("没有提交：请写明哪一项有异议、为什么")
        if len(words) > 500:
            raise WordsNeeded(f"异议最多 500 个字，现在有 {len(words)} 个")
        row.answer, row.objection, row.signed_on = Answer.OBJECTED, words, clock.today()
        row.save(update_fields=["answer", "objection", "signed_on"])
        audit.record(by, "对考核评分提出异议", row)
        telling.tell_objected(row, by=by)
    return row


def give_opinion(appraisal: Appraisal, text: str, *, by: Any) -> Appraisal:
    """What the sending school says."""
    words = text.strip()
    with atomically():
        row = _locked(appraisal)
        insist_step("opinion", row, by)
        if not words:
            raise WordsNeeded("没有保存：请写派出学校的意见")
        if len(words) > 200:
            raise WordsNeeded(f"意见最多 200 个字，现在有 {len(words)} 个")
        row.sending_opinion, row.opinion_by = words, by
        row.save(update_fields=["sending_opinion", "opinion_by"])
        audit.record(by, "填写派出学校考核意见", row)
    return row


# --- the bureau settles ------------------------------------------------------------------------------------------------


class NotSettled(Refused):
    """Why nothing was settled: of which rows, and of which group of the quota."""

    def __init__(self, problems: dict[int, str], quotas: list[str]) -> None:
        super().__init__(f"没有评定：{'；'.join([*quotas, *dict.fromkeys(problems.values())])}")
        self.problems, self.quotas = problems, quotas


@dataclass(frozen=True)
class Group:
    """Among whom the 优秀 are counted."""

    key: str
    name: str
    people: int
    allowed: int | None
    chosen: int

    @property
    def is_exceeded(self) -> bool:
        return self.allowed is not None and self.chosen > self.allowed


def last_place(secondment: Secondment) -> Any:
    """Where the teacher is appraised: the last of the placements, which are fetched already."""
    stays = sorted(secondment.placements.all(), key=lambda one: one.order)
    return stays[-1].receiving_school if stays else None


def group_of(row: Appraisal) -> tuple[str, str]:
    """To which group of the quota an appraisal belongs, and how it is called."""
    kind = row.rubric.quota_group if row.rubric else QuotaGroup.COUNTY
    secondment, base = row.secondment, f"{row.school_year_id}-{row.kind}-{row.rubric_id}"
    if kind == QuotaGroup.COUNTY:
        return base, "全县"
    place: Any = {
        QuotaGroup.RECEIVING: lambda: last_place(secondment), QuotaGroup.SENDING: lambda: secondment.sending_school,
        QuotaGroup.PROGRAMME: lambda: secondment.programme,
    }[QuotaGroup(kind)]()  # fmt: skip
    return f"{base}-{getattr(place, 'pk', 0)}", str(place or "没有写")


def groups_of(rows: Iterable[Appraisal], grades: Mapping[int, str] | None = None) -> list[Group]:
    """The groups of these appraisals, with how many 優秀 each may have and has; `grades` instead of those that are kept.

    Whoever is appraised counts, also who is not scored yet.
    """
    people: dict[str, list[Appraisal]] = defaultdict(list)
    names: dict[str, str] = {}
    for row in rows:
        if row.rubric_id:
            key, names[key] = (found := group_of(row))[0], found[1]
            people[key].append(row)
    new = grades or {}
    return [
        Group(
            key, names[key], len(members), quota(len(members), members[0].rubric.quota_percent if members[0].rubric else None),
            sum(new.get(row.pk, row.grade) == Grade.EXCELLENT for row in members),
        )
        for key, members in sorted(people.items(), key=lambda pair: names[pair[0]])
    ]  # fmt: skip


def with_groups(rows: Any) -> Any:
    """What `groups_of` and the table of the county read, in a number of queries that does not grow."""
    placements = Prefetch(
        "secondment__placements", Placement.objects.select_related("receiving_school").order_by("order")
    )
    return rows.select_related(
        "secondment__teacher", "secondment__sending_school", "secondment__programme", "rubric", "school_year"
    ).prefetch_related(placements)


def settle(grades: Mapping[int, tuple[str, str]], *, by: Any) -> list[Appraisal]:
    """The grades of many at once, or of none: appraisal → grade and, where it is not the proposed one, why."""
    with atomically():
        counties = set(Appraisal.objects.filter(pk__in=grades).values_list("county", flat=True))
        lock(District.objects.filter(pk__in=counties))  # two who settle at once do not both take the last place
        rows = _locked_all(grades.keys())
        if not rows or len(rows) != len(grades):
            raise Refused("没有选要评定的考核，或者有的已经不在了")
        for row in rows:
            insist(by, row, STEPS["settle"].action)
        wrong = {row.pk: why for row in rows if (why := _why_not_settled(row, *grades[row.pk], by=by))}
        exceeded = _exceeded(rows, {pk: grade for pk, (grade, _) in grades.items()})
        if wrong or exceeded:
            raise NotSettled(wrong, exceeded)
        before = {row.pk: row.get_grade_display() for row in rows}
        for row in rows:
            grade, reason = grades[row.pk]
            row.grade, row.grade_reason = grade, reason.strip() if grade != row.proposed_grade else ""
            row.state, row.settled_by = State.SETTLED, by
            row.save(update_fields=["grade", "grade_reason", "state", "settled_by"])
        for row in rows:
            audit.record(
                by, "评定考核等次", row, before={"考核等次": before[row.pk]}, after={"考核等次": row.get_grade_display()},
                reason=row.grade_reason,
            )  # fmt: skip
    return rows


def _why_not_settled(row: Appraisal, grade: str, reason: str, *, by: Any) -> str:
    who = row.secondment.teacher
    if row.state not in STEPS["settle"].states:
        return f"{who}的考核现在是“{row.get_state_display()}”，{STEPS['settle'].refusal}"
    if why_not := why_not_yours("settle", row, by):
        return f"{who}：{why_not}"
    if grade not in Grade.values:
        return f"{who}：请选等次"
    if row.veto and grade != Grade.FAILED:
        return f"{who}：一票否决（{row.veto}），只能定为不合格"
    if grade != row.proposed_grade and not reason.strip():
        return f"{who}：和学校建议的“{row.get_proposed_grade_display()}”不同，请写一句原因"
    return f"{who}：原因最多 200 个字" if len(reason.strip()) > 200 else ""


def _exceeded(rows: list[Appraisal], grades: Mapping[int, str]) -> list[str]:
    """Groups in which one of these rows takes a place that is not there."""
    touched = {(row.county_id, row.school_year_id, row.kind, row.rubric_id) for row in rows}
    asked = {group_of(row)[0] for row in rows if grades[row.pk] == Grade.EXCELLENT}
    words = []
    for county, year, kind, rubric in sorted(touched, key=str):
        same = Appraisal.objects.filter(county=county, school_year=year, kind=kind, rubric=rubric)
        for group in groups_of(with_groups(same), grades):
            if group.is_exceeded and group.key in asked:
                words.append(
                    f"{group.name}优秀名额 {group.allowed} 人（{group.people} 人参加考核），选了 {group.chosen} 人"
                )
    return words


# --- it is made public -------------------------------------------------------------------------------------------------


def publish(
    appraisals: Iterable[Appraisal], first_day: dt.date, last_day: dt.date, *, by: Any, document: str = ""
) -> AppraisalNotice:
    """公示 of these grades, for at least five working days."""
    keys = [one.pk for one in appraisals]
    with atomically():
        rows = _locked_all(keys)
        if not rows:
            raise Refused("没有评定好的考核可以公示")
        for row in rows:
            insist_step("publish", row, by)
        if len({(row.county_id, row.school_year_id, row.kind) for row in rows}) > 1:
            raise Refused("一次公示同一学年、同一类考核")
        if (school_year := rows[0].school_year) is None:
            raise Refused("没有写学年的考核不能公示")
        if first_day < clock.today():
            raise Refused("公示从今天或者以后开始")
        if last_day < first_day or (days := len(working_days(first_day, last_day))) < NOTICE_DAYS:
            number = 0 if last_day < first_day else days
            raise Refused(f"公示至少 {NOTICE_DAYS} 个工作日，现在是 {number} 个")
        notice = AppraisalNotice.objects.create(
            county_id=rows[0].county_id, school_year=school_year, kind=rows[0].kind, first_day=first_day,
            last_day=last_day, document=document.strip(), made_by=by,
        )  # fmt: skip
        Appraisal.objects.filter(pk__in=[row.pk for row in rows]).update(state=State.NOTICED, notice=notice)
        for row in rows:
            row.state, row.notice = State.NOTICED, notice
        audit.record(
            by,
            "公示考核结果",
            notice,
            after={"人数": len(rows), "公示开始": told(first_day), "公示结束": told(last_day)},
        )
        telling.tell_published(rows, notice, by=by)
    return notice


def why_not_appealed(row: Appraisal) -> str:
    """Why the teacher cannot appeal now; "" where they can."""
    notice = row.notice
    if row.state != State.NOTICED or notice is None:
        return STEPS["appeal"].refusal
    if not notice.first_day <= clock.today() <= notice.last_day:
        return f"公示期是{told(notice.first_day)}到{told(notice.last_day)}，现在不在公示期内"
    if Appeal.objects.filter(appraisal=row, made_on__gte=notice.first_day).exists():
        return "这次公示您已经申诉过了"
    return ""


def appeal(appraisal: Appraisal, text: str, *, by: Any) -> Appeal:
    """The teacher asks the bureau to look at the grade again."""
    words = text.strip()
    with atomically():
        row = _locked(appraisal)
        insist_step("appeal", row, by)
        if why_not := why_not_appealed(row):
            raise Refused(why_not)
        if not words:
            raise WordsNeeded("没有提交：请写申诉的理由")
        if len(words) > 500:
            raise WordsNeeded(f"申诉理由最多 500 个字，现在有 {len(words)} 个")
        made = Appeal.objects.create(
            county_id=row.county_id, appraisal=row, text=words, made_on=clock.today(), made_by=by
        )
        audit.record(by, "考核申诉", row)
        telling.tell_appealed(row, by=by)
    return made


def decide(asked: Appeal, result: str, answer: str, *, by: Any) -> Appeal:
    """Somebody who did not settle the grade decides. Upheld: it leaves the notice and is settled again."""
    words = answer.strip()
    with atomically():
        row = _locked(asked.appraisal)
        made = Appeal.objects.select_for_update(of=("self",)).get(pk=asked.pk)
        if result not in AppealResult.values:
            raise Refused("请选处理结果")
        key = "uphold" if result == AppealResult.UPHELD else "dismiss"
        insist(by, row, STEPS[key].action)
        if made.result:
            raise Refused("这份申诉已经处理了")
        insist_step(key, row, by)
        if not words:
            raise WordsNeeded("没有处理：请写给教师的答复")
        if len(words) > 500:
            raise WordsNeeded(f"答复最多 500 个字，现在有 {len(words)} 个")
        made.result, made.answer, made.decided_on, made.decided_by = result, words, clock.today(), by
        made.save(update_fields=["result", "answer", "decided_on", "decided_by"])
        if key == "uphold":
            row.state, row.grade, row.grade_reason, row.notice = State.SUBMITTED, "", "", None
            row.save(update_fields=["state", "grade", "grade_reason", "notice"])
        audit.record(by, "处理考核申诉", row, after={"处理结果": made.get_result_display()})
        telling.tell_decided(row, made, by=by)
    return made


def make_final(
    notice: AppraisalNotice, *, by: Any, today: dt.date | None = None, document: str = ""
) -> list[Appraisal]:
    """The notice is over, nothing is open: the grades stand. From now on nothing of them changes."""
    day = today or clock.today()
    with atomically():
        rows = _locked_all(list(Appraisal.objects.filter(notice=notice).values_list("pk", flat=True)))
        held = AppraisalNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
        insist_for_county(by, held.county_id, STEPS["finish"].action)
        if held.closed_on:
            raise Refused("这次公示已经办结")
        if day <= held.last_day:
            raise Refused(f"公示到{told(held.last_day)}，结束以后才能确定")
        if Appeal.objects.filter(appraisal__in=[row.pk for row in rows], result="").exists():
            raise Refused("还有申诉没有处理，处理以后才能确定")
        for row in rows:
            _insist_state("finish", row)
        words = document.strip() or held.document
        Appraisal.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=State.FINAL, final_on=day, document=words
        )
        for row in rows:
            row.state, row.final_on, row.document = State.FINAL, day, words
        held.closed_on = day
        held.save(update_fields=["closed_on"])
        number = Counter(row.get_grade_display() for row in rows)
        audit.record(by, "确定考核结果", held, after={"文号": words, **number})
        telling.tell_final(rows, by=by)
    return rows


def shown_grade(row: Appraisal, is_bureau: bool) -> str:
    """The settled grade; before it is made public known to the bureau alone."""
    return str(row.get_grade_display()) if is_bureau or row.state in PUBLISHED_GRADES else ""
