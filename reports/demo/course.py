"""When each step of the running year was taken: those of the summer on their days, those that still wait counted back from today."""

from __future__ import annotations

import datetime as dt

from reports.demo.county import County, Posting, Year
from zhijiao.working_days import add_working_days

NOTICE_DAYS = 5  # working days of a public notice
# Working days before the demo is loaded: applied, recommended, forwarded, approved, dispatched.
BACK: dict[str, tuple[int, ...]] = {
    "已申报": (3,), "公示中": (10, 8), "局审核": (14, 12, 6), "已批准": (20, 18, 12, 4), "已派出": (24, 22, 16, 9, 3),
}  # fmt: skip
RUNNING = (4, 2)  # of those in a public notice all but the first: theirs still runs
DAY = dt.timedelta(days=1)


def build(county: County) -> None:
    """For the running year only: what was before is told by its dates in the roster."""
    for year in county.years:
        if year.is_running:
            _summer(county, year)
            _lately(county, year)


def takes_steps(posting: Posting) -> bool:
    """Who comes from outside for a fortnight applies to nobody here."""
    return posting.programme != "短期指导"


def notice_end(start: dt.date) -> dt.date:
    return add_working_days(start - DAY, NOTICE_DAYS)


def next_start(county: County) -> dt.date:
    """The first day of the spring term; once that is near, a Monday in a fortnight."""
    spring, soon = dt.date(county.years[-1].first + 1, 2, 22), county.wish.loaded_on + dt.timedelta(days=14)
    return spring if soon <= spring else soon + dt.timedelta(days=-soon.weekday() % 7)


def end_of_stay(posting: Posting, county: County) -> dt.date:
    """The end of the school year; if that is near, four months on."""
    return max(county.years[-1].end, posting.start + dt.timedelta(days=120))


def _summer(county: County, year: Year) -> None:
    rng = county.chance(f"course {year.first}")
    noticed: dict[int, dt.date] = {}
    approved: dict[int, dt.date] = {}
    for posting in county.of_year(year):
        if not takes_steps(posting) or posting.state in BACK:
            continue
        start = noticed.setdefault(id(posting.sender), dt.date(year.first, 6, rng.choice((1, 2, 3, 4, 8, 9))))
        partner = approved.get(id(posting.swapped_with)) if posting.swapped_with else None
        posting.applied = dt.date(year.first, 5, rng.randint(11, 29))
        posting.recommended, posting.forwarded = start, add_working_days(notice_end(start), 1)
        posting.approved = partner or add_working_days(dt.date(year.first, 6, 30), rng.randint(1, 7))
        posting.dispatched = dt.date(year.first, 8, 25)
        if posting.state == "逾期未报到":
            posting.dispatched = add_working_days(posting.start, -4)
        approved[id(posting.teacher)] = posting.approved


def _lately(county: County, year: Year) -> None:
    seen: dict[str, int] = {}
    for posting in county.of_year(year):
        if posting.state not in BACK:
            continue
        place = seen[posting.state] = seen.get(posting.state, -1) + 1
        back = RUNNING if posting.state == "公示中" and place else BACK[posting.state]
        days = [add_working_days(county.wish.loaded_on, -number) for number in back]
        if posting.state == "已申报":
            days = [add_working_days(days[0], place)]
        names = ("applied", "recommended", "forwarded", "approved", "dispatched")
        for name, day in zip(names, days, strict=False):
            setattr(posting, name, day)
