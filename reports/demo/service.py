"""On post: attendance by month, leave, allowances."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from reports.demo.county import County, Posting, Year, working_day
from reports.demo.selection import busiest

ATTENDANCE, LEAVES, ALLOWANCES = "月考勤", "请假", "补助发放"
# School days of each month of a school year, without holidays; the spring festival leaves February eight.
SCHOOL_DAYS = {9: 21, 10: 18, 11: 20, 12: 23, 1: 11, 2: 8, 3: 22, 4: 20, 5: 19, 6: 21}
LEAVE_REASONS = {
    "事假": ("孩子开家长会", "家中老人住院陪护", "搬家", "办理房产手续", "亲属婚礼"),
    "病假": ("感冒发烧", "急性肠胃炎", "腰椎不适，做理疗", "牙科手术", "扁桃体发炎"),
    "公假": (
        "参加省级骨干教师培训",
        "回原校参加职称评审答辩",
        "担任县教学比赛评委",
        "参加市级教研活动",
        "参加普通话水平测试监考",
    ),
}
COLUMN_OF = {"事假": "事假", "病假": "病假", "公假": "公假", "产假": "其他假"}


@dataclass
class Absence:
    kind: str
    start: dt.date
    days: int


def write(county: County) -> None:
    for year in county.years:
        if year.is_full:
            rng = county.chance(f"service {year.first}")
            late = _schools_that_are_late(county, year, rng)
            for posting in county.on_post(year):
                if posting.programme != "短期指导":
                    _write_posting(county, year, posting, rng, late)


def _schools_that_are_late(county: County, year: Year, rng: random.Random) -> set[str]:
    """Those who have not confirmed last month's attendance yet, in the running year."""
    if not year.is_running:
        return set()
    names = [school.name for school in county.receivers(year)]
    late = set(rng.sample(names, min(len(names), county.wish.scaled(8))))
    pair = busiest(county, county.of_year(year))
    return late | {pair[0].name} if pair else late


def _months(county: County, posting: Posting) -> list[dt.date]:
    """The first days of the months served, as far as they are over."""
    found = []
    for month in (9, 10, 11, 12, 1, 2, 3, 4, 5, 6):
        day = dt.date(posting.year if month >= 9 else posting.year + 1, month, 1)
        over = (day + dt.timedelta(days=32)).replace(day=1)
        if over <= county.wish.today and day <= min(posting.last_day, posting.end) and over > posting.start:
            found.append(day)
    return found


def _write_posting(county: County, year: Year, posting: Posting, rng: random.Random, late: set[str]) -> None:
    last = county.wish.today.replace(day=1) - dt.timedelta(days=1)
    for month in _months(county, posting):
        due = SCHOOL_DAYS[month.month]
        ended = (
            posting.ended
            if posting.ended and (posting.ended.year, posting.ended.month) == (month.year, month.month)
            else None
        )
        if ended:
            due = max(1, round(due * ended.day / 30))
        absence = _absence(rng, month, due)
        unconfirmed = (month.year, month.month) == (last.year, last.month) and posting.receiver.name in late
        if not unconfirmed:
            _write_attendance(county, posting, month, due, absence, rng)
        if absence:
            _write_leave(county, posting, absence, rng)
        if posting.is_teaching and posting.school_on(month).allowance and not unconfirmed:
            _write_allowance(county, posting, month, absence, half=ended is not None)


def _absence(rng: random.Random, month: dt.date, due: int) -> Absence | None:
    """One month in twelve somebody is away for a day or two."""
    if rng.random() > 0.085 or month.month in (1, 2):
        return None
    kind = rng.choices(("事假", "病假", "公假"), (3, 4, 4))[0]
    start = working_day(month + dt.timedelta(days=rng.randint(10, 22) if month.month == 10 else rng.randint(6, 19)))
    return Absence(kind, start, min(rng.choice((1, 1, 1, 2, 2, 3)), 5 - start.weekday(), due))


def _write_attendance(
    county: County, posting: Posting, month: dt.date, due: int, absence: Absence | None, rng: random.Random
) -> None:
    away = absence.days if absence else 0
    confirmed = working_day(
        (month + dt.timedelta(days=32)).replace(day=1)
        + dt.timedelta(days=rng.randint(8, 12) if month.month == 9 else rng.randint(1, 7))
    )
    if confirmed > county.wish.today:
        confirmed = county.wish.today
    cells = {
        "教师": posting.teacher.name, "月份": f"{month.year}年{month.month}月", "应出勤": due, "实出勤": due - away,
        "迟到次数": 1 if rng.random() < 0.02 else 0,
        "缺课节数": away * 2 if absence and absence.kind == "病假" else 0,
        "确认日期": confirmed, "确认人": posting.school_on(month).principal,
    }  # fmt: skip
    if absence:
        cells[COLUMN_OF[absence.kind]] = away
    county.row(ATTENDANCE, cells)


def _write_leave(county: County, posting: Posting, absence: Absence, rng: random.Random) -> None:
    end = absence.start + dt.timedelta(days=absence.days - 1)
    county.row(LEAVES, {
        "教师": posting.teacher.name, "假别": absence.kind, "开始": absence.start, "结束": end, "工作日": absence.days,
        "事由": rng.choice(LEAVE_REASONS[absence.kind]), "批准人": posting.school_on(absence.start).principal, "销假日期": working_day(end + dt.timedelta(days=1)),
    })  # fmt: skip


def _write_allowance(county: County, posting: Posting, month: dt.date, absence: Absence | None, *, half: bool) -> None:
    standard = posting.school_on(month).allowance
    months = 0.5 if half or month.month == 2 else 1
    # The county's rule: two days of personal leave a month and more cost a day's part each.
    deducted = round(standard / 22) * absence.days if absence and absence.kind == "事假" and absence.days > 1 else 0
    paid = (month + dt.timedelta(days=32)).replace(day=1) + dt.timedelta(days=19)
    last_month = county.wish.today.replace(day=1) - dt.timedelta(days=1)
    if paid > county.wish.today or (month.year, month.month) == (last_month.year, last_month.month):
        return  # the sheet of last month is only being drawn up
    county.row(ALLOWANCES, {
        "教师": posting.teacher.name, "月份": f"{month.year}年{month.month}月", "标准（元/月）": standard, "应发月数": months,
        "扣减（元）": deducted, "扣减原因": f"事假 {absence.days} 天" if deducted and absence else "", "实发（元）": round(standard * months) - deducted,
        "经费来源": "县财政", "发放日期": working_day(paid),
    })  # fmt: skip
