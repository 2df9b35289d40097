"""Who goes where: the secondments of each year, chosen from the teachers of the county town and of centre schools."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict

from reports.demo.county import County, DemoSchool, DemoTeacher, Posting, Year, working_day
from reports.demo.course import end_of_stay, next_start
from reports.demo.people import STAGE_OF, SUBJECTS
from zhijiao.working_days import add_working_days

EXTRA_SHARE = {True: 0.065, False: 0.04}  # of a year told in full, or not: those that do not count as exchange
IN_MID_YEAR = "支教"  # who takes over a place in the middle of a year: the others last nine months at least
PROGRAMMES = (("县内支教", 58), ("城乡交流轮岗", 31), ("三区支教", 9), ("挂职", 2))
OLDEST = 54  # years; nobody older is sent
# What the receiving schools ask for: the main subjects, and what they have nobody for.
WANTED = {
    "小学": {"语文": 24, "数学": 22, "英语": 18, "音乐": 9, "科学": 8, "体育": 8, "美术": 7, "信息科技": 3, "道德与法治": 1},
    "初中": {"英语": 14, "数学": 14, "语文": 13, "物理": 13, "化学": 10, "历史": 6, "地理": 6, "生物": 6, "道德与法治": 6, "体育": 5, "音乐": 4, "信息科技": 3},
}  # fmt: skip
# Those who go next, by how far they have come; and which of them are of the schools that send and receive most.
ON_THEIR_WAY = (("局审核", 3), ("公示中", 2), ("已申报", 3), ("已批准", 2), ("已派出", 1))
AT_THE_BUSIEST = (("公示中", 0), ("公示中", 1), ("已申报", 0), ("已派出", 0))


class Pool:
    """Teachers who may still be sent, by stage and subject."""

    def __init__(self, county: County, rng: random.Random) -> None:
        self._rng = rng
        self._free: dict[tuple[str, str], list[DemoTeacher]] = defaultdict(list)
        for teacher in county.teachers:
            if self._may_go(teacher):
                self._free[teacher.stage, teacher.subject].append(teacher)
        for teachers in self._free.values():
            # Taken from the end: those of the county town, where there are hands to spare, more often than the others.
            teachers.sort(
                key=lambda teacher: (
                    rng.random() + (0 if teacher.school.location == "城区" else 0.55) + 2 * teacher.went
                ),
                reverse=True,
            )

    @staticmethod
    def _may_go(teacher: DemoTeacher) -> bool:
        school = teacher.school
        sends = not school.is_outside and not school.is_small and school.stage not in ("中等职业", "特殊教育", "高中")
        return sends and not teacher.post and not teacher.is_taken

    def remove(self, teacher: DemoTeacher) -> None:
        self._free[teacher.stage, teacher.subject].remove(teacher)

    def take(
        self, stage: str, subject: str, receiver: DemoSchool, year: int, sender: DemoSchool | None = None
    ) -> DemoTeacher | None:
        """Somebody of this stage, of this subject if there is one, who is not at the receiving school already."""
        others = [other for (of_stage, other) in self._free if of_stage == stage and other != subject]
        self._rng.shuffle(others)
        for wanted in (subject, *others):
            free = self._free[stage, wanted]
            for place in range(len(free) - 1, -1, -1):
                if _suits(free[place], receiver, year, sender):
                    return free.pop(place)
        return None


def _suits(teacher: DemoTeacher, receiver: DemoSchool, year: int, sender: DemoSchool | None) -> bool:
    school = teacher.school
    if school is receiver or (sender is not None and school is not sender):
        return False
    return year - teacher.born.year <= OLDEST and teacher.since.year < year


def build(county: County) -> None:
    """The years that are told in full first: their people go once only, the others may have gone before."""
    full = [year for year in county.years if year.is_full]
    for year in full:
        rng = county.chance(f"selection {year.first}")
        _choose(county, year, Pool(county, rng), rng)
    for year in county.years:
        if not year.is_full:
            rng = county.chance(f"selection {year.first}")
            _choose(county, year, Pool(county, rng), rng)
    county.postings.sort(key=lambda posting: posting.year)


def _choose(county: County, year: Year, pool: Pool, rng: random.Random) -> None:
    extra = round(year.secondments * EXTRA_SHARE[year.is_full])
    postings: list[Posting] = []
    if year.is_full:
        postings += _those_who_must(county, year, pool, rng)
        postings += _team(county, year, pool, rng, 0) + _team(county, year, pool, rng, 1) + _swap(county, year, pool)
    while len(postings) < year.secondments - extra:
        posting = _ordinary(county, year, pool, rng)
        if posting is None:
            break
        postings.append(posting)
    _honour_backbone(postings, year, rng)
    gone = {id(posting.teacher) for posting in postings}
    postings += _others(county, year, pool, rng, extra, gone)
    if year.is_full:
        for posting in postings:
            posting.teacher.is_taken = True
        _let_things_happen(county, year, postings, rng)
    if year.is_running:
        postings += _on_their_way(county, year, pool, rng, postings)
    for posting in postings:
        posting.teacher.went += 1
    county.postings += postings


def _receivers(county: County, stage: str | None = None) -> list[DemoSchool]:
    schools = [school for school in county.own_schools if school.location != "城区"]
    return [school for school in schools if stage is None or STAGE_OF[school.stage] == stage] or schools


def _ordinary(county: County, year: Year, pool: Pool, rng: random.Random) -> Posting | None:
    programme = rng.choices([name for name, _ in PROGRAMMES], [weight for _, weight in PROGRAMMES])[0]
    for _ in range(60):
        schools = [s for s in _receivers(county) if programme != "挂职" or not s.is_small]
        receiver = rng.choices(schools, [school.size**0.5 for school in schools])[0]
        stage = STAGE_OF[receiver.stage]
        if receiver.stage == "九年一贯制":
            stage = rng.choice(("小学", "初中"))
        posting = _posting(year, pool, rng, receiver, stage, programme)
        if posting:
            return posting
    return None


def _posting(
    year: Year,
    pool: Pool,
    rng: random.Random,
    receiver: DemoSchool,
    stage: str,
    programme: str,
    sender: DemoSchool | None = None,
) -> Posting | None:
    weights = WANTED.get(stage, SUBJECTS[stage])
    subject = rng.choices(list(weights), list(weights.values()))[0]
    teacher = pool.take(stage, subject, receiver, year.first, sender)
    return _of(teacher, year, rng, receiver, stage, programme) if teacher else None


def _of(
    teacher: DemoTeacher, year: Year, rng: random.Random, receiver: DemoSchool, stage: str, programme: str
) -> Posting:
    duty = "挂职副校长" if programme == "挂职" else "支教教师"
    return Posting(
        teacher, receiver, year.first, year.start, year.end, programme, teacher.subject, stage, duty=duty,
        periods=rng.randint(8, 11) if duty != "支教教师" else rng.randint(11, 16),
        state="在岗" if year.is_running else "已结束", reported=year.start if year.is_full else None,
    )  # fmt: skip


def _those_who_must(county: County, year: Year, pool: Pool, rng: random.Random) -> list[Posting]:
    """The people with the rare names, in the first year that is told in full."""
    postings = []
    for teacher in county.teachers:
        if teacher.goes and not teacher.is_taken:
            pool.remove(teacher)
            postings.append(
                _of(teacher, year, rng, rng.choice(_receivers(county, teacher.stage)), teacher.stage, "县内支教")
            )
    return postings


def _team(county: County, year: Year, pool: Pool, rng: random.Random, number: int) -> list[Posting]:
    """A school that sends four together, with a leader."""
    centres = [school for school in _receivers(county, "小学") if school.is_centre]
    town = [school for school in county.own_schools if school.location == "城区" and school.stage == "小学"]
    if not centres or not town or county.wish.secondments < 30:
        return []
    place = 2 * year.first + number
    receiver, sender = centres[place % len(centres)], town[place % len(town)]
    found = [_posting(year, pool, rng, receiver, "小学", "县内支教", sender) for _ in range(5)]
    postings = [posting for posting in found if posting]
    for place, posting in enumerate(postings):
        posting.team = f"{sender.name}赴{receiver.name}支教队"
        if place == 0:
            posting.duty, posting.periods = "带队领导", 8
            posting.teacher.post = "副校长"
    return postings


def _swap(county: County, year: Year, pool: Pool) -> list[Posting]:
    """Two who change places for the year."""
    town = [school for school in county.own_schools if school.location == "城区" and school.stage == "小学"]
    centres = [school for school in _receivers(county, "小学") if school.is_centre]
    if not town or not centres:
        return []
    here, there = town[(year.first + 2) % len(town)], centres[(year.first + 3) % len(centres)]
    going, coming = (
        pool.take("小学", "语文", there, year.first, here),
        pool.take("小学", "语文", here, year.first, there),
    )
    if going is None or coming is None:
        return []
    state = "在岗" if year.is_running else "已结束"
    pair = [
        Posting(
            teacher,
            to,
            year.first,
            year.start,
            year.end,
            "对口互派",
            teacher.subject,
            "小学",
            state=state,
            reported=year.start,
            swapped_with=other,
        )
        for teacher, to, other in ((going, there, coming), (coming, here, going))
    ]
    return pair


def _honour_backbone(postings: list[Posting], year: Year, rng: random.Random) -> None:
    """As many backbone teachers as the year is to have, from those with the titles for it."""
    senior = [p for p in postings if p.teacher.title in ("正高级教师", "高级教师", "一级教师")]
    rng.shuffle(senior)
    rest = [posting for posting in postings if posting not in senior]
    for posting in (senior + rest)[: year.backbone]:
        posting.is_backbone = True


def _others(county: County, year: Year, pool: Pool, rng: random.Random, number: int, gone: set[int]) -> list[Posting]:
    """Those who learn in town, go round several points, or come for a fortnight from outside."""
    makers = (_shadowing, _brief, _shadowing, _round_trip)
    found: list[Posting] = []
    for place in range(number):
        posting = makers[place % len(makers)](county, year, pool, rng, gone)
        if posting:
            gone.add(id(posting.teacher))
            found.append(posting)
    return found


def _shadowing(county: County, year: Year, pool: Pool, rng: random.Random, gone: set[int]) -> Posting | None:
    villages = [s for s in county.own_schools if s.is_small or s.is_centre]
    town = [s for s in county.schools if s.location == "城区" and s.stage == "小学"]
    gone = gone | {id(posting.teacher) for posting in county.postings}
    young = [
        t for s in villages for t in s.teachers
        if t.stage == "小学" and t.born.year > year.first - 40 and t.since.year < year.first and not t.is_taken and id(t) not in gone
    ]  # fmt: skip
    if not young or not town:
        return None
    teacher = rng.choice(young)
    state = "在岗" if year.is_running else "已结束"
    end = dt.date(year.first + 1, 1, 15)
    return Posting(
        teacher, rng.choice(town), year.first, year.start, end, "跟岗学习", teacher.subject, "小学", state, periods=6,
        reported=year.start if year.is_full else None,
    )  # fmt: skip


def _round_trip(county: County, year: Year, pool: Pool, rng: random.Random, gone: set[int]) -> Posting | None:
    points = [school for school in county.own_schools if school.is_small]
    posting = _posting(year, pool, rng, rng.choice(points), "小学", "走教") if points else None
    if posting:
        posting.periods = 8
    return posting


def _brief(county: County, year: Year, pool: Pool, rng: random.Random, gone: set[int]) -> Posting | None:
    guests = [t for s in county.schools if s.is_outside for t in s.teachers if id(t) not in gone and not t.is_taken]
    centres = [school for school in county.own_schools if school.is_centre]
    if not guests or not centres:
        return None
    teacher = rng.choice(guests)
    start = working_day(dt.date(year.first, 10, rng.randint(9, 16)))
    stage = "小学"
    return Posting(
        teacher, rng.choice(centres), year.first, start, start + dt.timedelta(days=13), "短期指导", teacher.subject, stage, "已结束", periods=10,
        reported=start if year.is_full else None,
    )  # fmt: skip


def _let_things_happen(county: County, year: Year, postings: list[Posting], rng: random.Random) -> None:
    """Moves, an early end, an extension: what makes a year differ from its plan."""
    plain = [p for p in postings if p.programme in ("县内支教", "城乡交流轮岗") and not p.team and not p.teacher.goes]
    rng.shuffle(plain)
    if len(plain) < 8:
        return
    if year.is_running:
        _overdue(county, plain.pop())
        _end_early(plain.pop(), working_day(dt.date(year.first, 10, 29)), "调动")
        _move(county, plain.pop(), working_day(dt.date(year.first, 11, 2)), rng)
        _extend_learning(postings, working_day(dt.date(year.first, 11, 18)), year.end)
        return
    for number in range(county.wish.scaled(3)):
        _move(county, plain.pop(), working_day(dt.date(year.first + 1, 2, 23 + number % 4)), rng)
    _end_early(plain.pop(), working_day(dt.date(year.first, 12, 15)), "健康")
    if county.wish.secondments >= 60:
        _end_early(plain.pop(), working_day(dt.date(year.first + 1, 3, 16)), "孕产")
    extended = plain.pop()
    extended.extended_to, extended.state = dt.date(year.first + 2, 1, 15), "在岗"
    changed = next((p for p in plain if p.subject == "数学"), plain.pop())
    changed.subject_after, changed.subject_on = "科学" if changed.stage == "小学" else "信息科技", year.day(11, 3)


def _overdue(county: County, posting: Posting) -> None:
    """Should have come a week ago and has not."""
    points = [school for school in county.own_schools if school.is_small and school.stage == "教学点"]
    if points and posting.stage == "小学":
        posting.receiver = points[0]
    posting.state, posting.reported = "逾期未报到", None
    posting.start = add_working_days(county.wish.loaded_on, -6)
    posting.end = end_of_stay(posting, county)
    posting.programme = IN_MID_YEAR


def _end_early(posting: Posting, day: dt.date, reason: str) -> None:
    posting.state, posting.ended, posting.end_reason = "提前终止", day, reason


def _extend_learning(postings: list[Posting], day: dt.date, end: dt.date) -> None:
    """One who learns in town for a term stays for another."""
    for posting in postings:
        if posting.programme == "跟岗学习":
            posting.extended_to, posting.extended_on = end, day
            return


def _move(county: County, posting: Posting, day: dt.date, rng: random.Random) -> None:
    others = [s for s in _receivers(county, posting.stage) if s is not posting.receiver and s is not posting.sender]
    if others:
        posting.moved_to, posting.moved_on = rng.choice(others), day


def _on_their_way(county: County, year: Year, pool: Pool, rng: random.Random, postings: list[Posting]) -> list[Posting]:
    """Those who are still with their school or with the bureau, or were told to go and are expected."""
    found = []
    for state, number in ON_THEIR_WAY:
        for place in range(number if county.wish.secondments >= 60 or state == "公示中" else 1):
            pair = busiest(county, postings) if (state, place) in AT_THE_BUSIEST else None
            posting = pair and _posting(year, pool, rng, pair[0], "小学", "县内支教", pair[1])
            posting = posting or _ordinary(county, year, pool, rng)
            if posting is None:
                continue
            posting.programme = IN_MID_YEAR
            posting.duty, posting.reported, posting.state = "支教教师", None, state
            expected = add_working_days(county.wish.loaded_on, -1)
            posting.start = expected if state == "已派出" else next_start(county)
            posting.end = end_of_stay(posting, county)
            posting.teacher.is_taken = True
            found.append(posting)
    return found


def busiest(county: County, postings: list[Posting]) -> tuple[DemoSchool, DemoSchool] | None:
    """The centre school that received most and the school of the town that sent most: both have something to do."""
    received = Counter(id(p.receiver) for p in postings if p.is_teaching)
    sent = Counter(id(p.sender) for p in postings if p.is_teaching)
    centres = [s for s in county.own_schools if s.is_centre and s.stage == "小学"]
    town = [s for s in county.own_schools if s.location == "城区" and s.stage == "小学"]
    if not centres or not town:
        return None
    return max(centres, key=lambda school: received[id(school)]), max(town, key=lambda school: sent[id(school)])
