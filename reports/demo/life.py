"""The running year as it was lived: every step taken by who takes it, on its day, through the same functions as the pages.

The workbook brings those who applied as drafts; the steps make of them what the whole workbook tells. Importing that
afterwards changes none of the secondments, and so holds the two against each other.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from assignments import changes
from assignments.choices import ChangeKind, ChangeState, EndReason
from assignments.models import District, School, Secondment
from assignments.workflow import perform_many
from reports.demo.accounts import Staff
from reports.demo.county import County, Posting, Row, Rows
from reports.demo.course import NOTICE_DAYS, takes_steps
from reports.demo.people import SHEET as TEACHERS
from reports.demo.places import SHEET as SCHOOLS
from reports.demo.roster import BUREAU_OPINION, CHANGES, DECISION, PROGRAMMES, SHEET, TEAMS
from zhijiao.clock import standing_at
from zhijiao.notices.models import Notice
from zhijiao.working_days import add_working_days

# What the steps write; the rest of a row was known when the teacher applied, or is nobody's step.
WRITTEN = (
    "申请日期", "派遣文号", "派出日期", "报到日期", "实际结束日期", "提前终止原因", "终止后月数是否认定",
    "派出学校意见", "人事股意见", "局领导审批", "审批日期",
)  # fmt: skip
NEWS = dt.timedelta(days=5)  # what a person was told longer ago they have read


def drafts(made: County) -> Rows:
    """Of the workbook what is needed to apply: schools, those who go, teams, and the running year's roster as drafts."""
    year = made.years[-1].code
    going = {posting.teacher.name for posting in made.postings if posting.year == made.years[-1].first}
    rows: Rows = {PROGRAMMES: made.rows[PROGRAMMES], SCHOOLS: made.rows[SCHOOLS]}
    rows[TEACHERS] = [row for row in made.rows[TEACHERS] if row["姓名"] in going]
    rows[TEAMS] = [row for row in made.rows[TEAMS] if row["学年"] == year]
    rows[SHEET] = [_as_draft(posting) for posting in _those_with_steps(made)]
    return rows


def _those_with_steps(made: County) -> list[Posting]:
    return [posting for posting in made.postings if posting.year == made.years[-1].first and takes_steps(posting)]


def _as_draft(posting: Posting) -> Row:
    row = {header: cell for header, cell in posting.cells.items() if header not in WRITTEN}
    return row | {"状态": "草稿", "起止时间": _told(posting.start, posting.end)}


def _told(start: dt.date, end: dt.date) -> str:
    return f"{start.year}年{start.month}月{start.day}日至{end.year}年{end.month}月{end.day}日"


@dataclass(frozen=True)
class Act:
    """Something that was done on a day. Acts of a day are taken in the order of `rank`."""

    day: dt.date
    rank: int
    do: Callable[[], Any]


def live(made: County, county: District, staff: Staff) -> int:
    """Take the steps of the running year, day by day. Returns how many secondments they were taken of."""
    acts = sorted(Life(made, county, staff).acts(), key=lambda act: (act.day, act.rank))
    last = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    hours = [dt.time(9, 5), dt.time(10, 20), dt.time(14, 40), dt.time(15, 55), dt.time(16, 30)]
    for act in acts:
        moment = dt.datetime.combine(act.day, hours[act.rank % len(hours)])
        with standing_at(moment) as now:
            act.do()
        told = Notice.objects.filter(pk__gt=last).order_by("-pk").values_list("pk", flat=True).first()
        if told:
            is_old = act.day < made.wish.loaded_on - NEWS
            Notice.objects.filter(pk__gt=last).update(created_at=now, read_at=now if is_old else None)
            last = told
    return len(acts)


class Life:
    """The acts of all secondments of the running year that go through the steps."""

    def __init__(self, made: County, county: District, staff: Staff) -> None:
        self.made, self.county, self.staff = made, county, staff
        self.postings = _those_with_steps(made)
        rows = Secondment.objects.filter(county=county, school_year__code=made.years[-1].code)
        found = rows.values_list("teacher__name", "programme__name", "pk")
        self.keys = {(teacher, programme): pk for teacher, programme, pk in found}
        self.changes = [row for row in made.rows[CHANGES] if row["学年"] == made.years[-1].code]

    def acts(self) -> Iterator[Act]:
        yield from self._submit()
        yield from self._recommend()
        yield from self._forward()
        yield from self._approve()
        yield from self._dispatch()
        yield from self._report_in()
        yield from self._overdue()
        yield from self._change()

    def key(self, posting: Posting) -> int:
        return self.keys[posting.teacher.name, posting.programme]

    def _grouped(self, *parts: Callable[[Posting], Any]) -> dict[tuple[Any, ...], list[int]]:
        """Who goes the step together: the same day, the same school, the same words. Where the day is none, nobody does."""
        found: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for posting in self.postings:
            told = tuple(part(posting) for part in parts)
            if told[0] is not None:
                found[told].append(self.key(posting))
        return found

    def _submit(self) -> Iterator[Act]:
        for posting in self.postings:
            if posting.applied:
                by = self.staff.teachers[posting.teacher.name]
                yield Act(posting.applied, 0, _step("submit", [self.key(posting)], by))

    def _recommend(self) -> Iterator[Act]:
        """Those who are still in the public notice have the school's opinion from then; the others' goes on with them."""
        groups = self._grouped(lambda p: p.recommended, lambda p: p.sender.name, lambda p: p.forwarded is None)
        opinions = {self.key(posting): posting.cells.get("派出学校意见", "") for posting in self.postings}
        for (day, school, stays), keys in groups.items():
            told = {"opinion": opinions[keys[0]]} if stays else {}
            by = self.staff.principals[school]
            yield Act(day, 1, _step("recommend", keys, by, notice_from=day, working_days=NOTICE_DAYS, **told))

    def _forward(self) -> Iterator[Act]:
        opinion: Callable[[Posting], str] = lambda p: p.cells.get("派出学校意见", "")  # noqa: E731
        for (day, school, words), keys in self._grouped(
            lambda p: p.forwarded, lambda p: p.sender.name, opinion
        ).items():
            yield Act(day, 1, _step("forward", keys, self.staff.principals[school], opinion=words))

    def _approve(self) -> Iterator[Act]:
        for (day,), keys in self._grouped(lambda p: p.approved).items():
            yield Act(day, 2, _step("approve", keys, self.staff.leader, opinion=BUREAU_OPINION, decision=DECISION))

    def _dispatch(self) -> Iterator[Act]:
        groups = self._grouped(lambda p: p.dispatched, lambda p: p.cells.get("派遣文号", ""))
        for (day, document), keys in groups.items():
            yield Act(day, 3, _step("dispatch", keys, self.staff.officer, document=document, dispatched_on=day))

    def _report_in(self) -> Iterator[Act]:
        """By the receiving school; where that is outside the county and has no account, by the bureau."""
        for (day, school), keys in self._grouped(lambda p: p.reported, lambda p: p.receiver.name).items():
            yield Act(
                day, 1, _step("report_in", keys, self.staff.principals.get(school, self.staff.officer), reported_on=day)
            )

    def _overdue(self) -> Iterator[Act]:
        """What the daily run does, for these alone: it would look at the other counties as well."""
        for posting in self.postings:
            if posting.state == "逾期未报到":
                yield Act(add_working_days(posting.start, 4), 0, _step("report_overdue", [self.key(posting)], None))

    def _change(self) -> Iterator[Act]:
        """Asked for by one, decided by another."""
        by_name = {posting.teacher.name: posting for posting in self.postings}
        for row in self.changes:
            posting = by_name[row["教师"]]
            asked, decided = add_working_days(row["变更日期"], -4), add_working_days(row["变更日期"], -1)
            asks, decides = self._asks_and_decides(row["变更类型"], posting)
            yield Act(asked, 1, lambda row=row, posting=posting, by=asks: self._ask(row, posting, by))  # type: ignore[misc]
            yield Act(decided, 2, lambda row=row, posting=posting, by=decides: self._decide(row, posting, by))  # type: ignore[misc]

    def _asks_and_decides(self, kind: str, posting: Posting) -> tuple[Any, Any]:
        staff = self.staff
        if kind == "换岗":
            return staff.principals.get(posting.receiver.name, staff.officer), staff.second_officer
        if kind == "延期":
            return staff.teachers[posting.teacher.name], staff.second_officer
        return staff.principals[posting.sender.name], staff.leader

    def _ask(self, row: Row, posting: Posting, by: Any) -> None:
        kind = next(kind for kind in ChangeKind if kind.label == row["变更类型"])
        reason = next(reason for reason in EndReason if reason.label == row["原因"])
        values: dict[str, Any] = {"start": row["变更日期"], "reason": reason, "detail": row.get("说明", "")}
        if kind == ChangeKind.MOVE and posting.moved_to:
            values["new_school"] = School.objects.get(county=self.county, name=posting.moved_to.name)
        elif kind == ChangeKind.EXTEND:
            values["new_end"] = posting.extended_to
        else:
            values["keeps_months"] = posting.cells["终止后月数是否认定"] == "是"
        changes.request(Secondment.objects.get(pk=self.key(posting)), kind, by=by, **values)

    def _decide(self, row: Row, posting: Posting, by: Any) -> None:
        secondment = Secondment.objects.get(pk=self.key(posting))
        waiting = secondment.changes.get(state=ChangeState.REQUESTED)
        changes.decide(waiting, by=by, approves=True, decision="同意。", document=row.get("文号", ""))


def _step(key: str, keys: list[int], by: Any, **data: Any) -> Callable[[], Any]:
    return lambda: perform_many(key, keys, by=by, data=data)
