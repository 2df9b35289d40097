"""Who went where, in sentences: people with what they teach, grouped by the way they went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial

from assignments.choices import Direction, Duty
from assignments.models import Secondment
from reports.annual_report.sentences import Clause, clause, how_many, joined, sentence
from reports.annual_report.year import Year, placement
from zhijiao.quantities import plain


def ways(year: Year, rows: Iterable[Secondment], verb: str = "任教") -> Clause:
    """甲校某某（语文）、某某（物理）到乙校任教，…；丙校某某…."""
    told = list(rows)
    months = {row.months for row in told if _serves(row)}
    same = len(told) > 1 and len(months) == 1
    by_sender: dict[str, dict[str, list[Secondment]]] = defaultdict(lambda: defaultdict(list))
    for row in told:
        first = placement(row)
        by_sender[_from(year, row)][year.place(first.receiving_school) if first else ""].append(row)
    name = partial(person, with_months=not same)
    ways = sentence(*(joined(_sent(sender, to, verb, name)) for sender, to in by_sender.items()), mark="；")
    number = months.pop() if same else None
    return joined([ways, f"支教时间均为{plain(number)}个月。" if number else ""], "")


def _serves(row: Secondment) -> bool:
    return row.programme.direction == Direction.OUT


def _from(year: Year, row: Secondment) -> str:
    """Where from; of our own school's it goes without saying."""
    school = year.viewpoint.school
    return "" if school and row.sending_school_id == school.pk else str(row.sending_school)


def _sent(
    sender: str, to: dict[str, list[Secondment]], verb: str, name: Callable[[Secondment], str]
) -> Iterable[Clause]:
    for number, (school, rows) in enumerate(to.items()):
        leaders = [row for row in rows if row.duty == Duty.LEADER]
        others = [row for row in rows if row.duty != Duty.LEADER] or leaders
        yield clause(f"{sender if number == 0 else ''}{names(others, name)}", f"到{school}{verb}" if school else verb)
        if others != leaders:
            yield clause("由", names(leaders, _leader), "带队") if leaders else ()


def person(row: Secondment, with_months: bool = True) -> str:
    """A name with what is taught: 姓名（语文，九年级四个班）."""
    told = [part for part in (_duty(row), *_taught(row), _when(row) if with_months else "") if part]
    return f"{row.teacher}（{'，'.join(told)}）" if told else str(row.teacher)


def _leader(row: Secondment) -> str:
    return f"{row.post_at_home}{row.teacher}"


def _duty(row: Secondment) -> str:
    return "" if row.duty == Duty.TEACHER else row.get_duty_display()


def _taught(row: Secondment) -> list[str]:
    first = placement(row)
    subjects = list(
        dict.fromkeys(word for one in row.placements.all() for word in (one.subject, *one.other_subjects) if word)
    )
    if not subjects and row.teacher.subject and row.programme.direction != Direction.LEARNING:
        subjects = [row.teacher.subject]
    classes = f"{how_many(first.class_count)}个班" if first and first.class_count else ""
    return ["、".join(subjects), f"{first.grade}{classes}" if first else ""]


def _when(row: Secondment) -> str:
    """The months, where they are certified; the school year is added by those who tell of several."""
    return f"支教{plain(row.months)}个月" if row.months and _serves(row) else ""


def names(rows: Iterable[Secondment], told: Callable[[Secondment], str]) -> str:
    return "、".join(told(row) for row in rows)
