"""Before anybody goes: the year's basic numbers, what is asked for, who gives how many, who may stay, who is paired."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

from reports.demo.county import County, DemoSchool, Year, shares, some
from reports.demo.course import NOTICE_DAYS, notice_end
from reports.demo.roster import told

FACTS, DEMANDS, ALLOCATIONS, EXEMPTIONS, PAIRINGS, NOTICES = (
    "年度基本情况",
    "岗位需求",
    "选派计划",
    "暂缓交流",
    "学校结对",
    "公示",
)
PUPILS_A_TEACHER = {
    "教学点": 6,
    "小学": 14,
    "初中": 12.5,
    "九年一贯制": 12,
    "高中": 13,
    "幼儿园": 9,
    "特殊教育": 4,
    "中等职业": 15,
}
NEEDS = {
    "英语": "能承担三至六年级英语，会用希沃白板", "音乐": "能带合唱队", "美术": "", "体育": "有足球或乒乓球特长更好", "科学": "能带实验课",
    "物理": "能带实验课，有毕业班经验", "化学": "有毕业班经验", "信息科技": "能维护机房", "语文": "愿任班主任", "数学": "", "道德与法治": "",
}  # fmt: skip
EXEMPT = (
    ("哺乳期", "出生医学证明", 12),
    ("孕期", "医院诊断证明", 10),
    ("重病", "三级医院住院病历", 12),
    ("配偶已派出", "派遣通知复印件", 10),
    ("三年内已支教", "支教证书", 24),
)
GOALS = (
    "三年内使受援学校语文、数学、英语三科教学质量达到全县平均水平", "帮助受援学校建立集体备课和听评课制度", "帮助受援学校开齐音乐、体育、美术、科学课程",
    "共享教学资源，两校教师每学期同课异构不少于两次", "帮助培养青年教师 6 名，其中骨干教师 2 名",
)  # fmt: skip


def write(county: County) -> None:
    for year in county.years:
        rng = county.chance(f"plan {year.first}")
        _write_facts(county, year, rng)
        if year.is_full:
            _write_demands(county, year, rng)
            _write_allocations(county, year)
            _write_pairings(county, year, rng)
            _write_notices(county, year, rng)
    _write_exemptions(county)


def _write_facts(county: County, year: Year, rng: random.Random) -> None:
    """The county's line every year; a line a school in the years that are told in full."""
    back = county.years[-1].first - year.first
    teachers = sum(len(school.teachers) for school in county.own_schools) - 3 * back
    eligible = min(year.eligible, teachers)
    backbone, pupils = round(teachers * 0.118) - 2 * back, round(teachers * 12.6) + 140 * back
    county.row(FACTS, {
        "学年": year.code, "在编专任教师": teachers, "符合交流条件教师": eligible, "骨干教师": max(0, backbone), "学生": pupils,
        "班级": round(pupils / 34), "平均周课时": 12.4,
    })  # fmt: skip
    if year.is_full:
        own = county.own_schools
        due = _due_by_school(own, min(eligible, sum(len(school.teachers) for school in own)))
        for school, number in zip(own, due, strict=True):
            _write_school_facts(county, year, school, number, rng)


def _due_by_school(schools: list[DemoSchool], total: int) -> list[int]:
    """By size, nowhere more than there are teachers."""
    sizes = [len(school.teachers) for school in schools]
    due = [min(part, size) for part, size in zip(shares(total, sizes), sizes, strict=True)]
    missing = total - sum(due)
    for place, size in enumerate(sizes):
        more = min(missing, size - due[place])
        due[place] += more
        missing -= more
    return due


def _write_school_facts(county: County, year: Year, school: DemoSchool, due: int, rng: random.Random) -> None:
    number = len(school.teachers)
    pupils = round(number * PUPILS_A_TEACHER[school.stage] * rng.uniform(0.9, 1.1))
    per_class = 12 if school.stage in ("教学点", "特殊教育") else 28 if school.is_small else 42
    county.row(FACTS, {
        "学年": year.code, "学校": school.name, "在编专任教师": number, "符合交流条件教师": due,
        "骨干教师": round(number * (0.19 if school.location == "城区" else 0.05)), "学生": pupils, "班级": max(1, round(pupils / per_class)),
        "平均周课时": round(rng.uniform(10.5, 13.5) + (2 if school.is_small else 0), 1),
    })  # fmt: skip


def _write_demands(county: County, year: Year, rng: random.Random) -> None:
    """What was met, and some that was asked for in vain."""
    asked: Counter[tuple[str, str, str]] = Counter()
    for posting in county.of_year(year):
        if posting.programme in ("跟岗学习", "短期指导", "对口互派"):
            continue
        asked[posting.receiver.name, posting.stage, posting.subject] += 1
    scarce = ("物理", "化学", "英语", "音乐", "信息科技", "科学")
    junior = [school for school in county.own_schools if school.stage == "初中" and school.location != "城区"]
    for school in some(rng, junior or county.receivers(year), county.wish.scaled(6)):
        asked[
            school.name,
            "初中" if school.stage == "初中" else "小学",
            rng.choice(scarce[:3] if school.stage == "初中" else scarce[3:]),
        ] += 1
    for (school_name, stage, subject), number in asked.items():
        county.row(DEMANDS, {
            "学年": year.code, "需求学校": school_name, "学段": stage, "学科": subject, "需求人数": number + (rng.random() < 0.08),
            "要求": NEEDS.get(subject, "") if rng.random() < 0.6 else "", "申报日期": dt.date(year.first, 4, rng.randint(20, 29)),
        })  # fmt: skip


def _write_allocations(county: County, year: Year) -> None:
    planned = Counter(
        (posting.sender.name, posting.receiver.name, posting.subject)
        for posting in county.of_year(year)
        if posting.programme not in ("跟岗学习", "短期指导")
    )
    for (sender, receiver, subject), number in planned.items():
        row = {"学年": year.code, "派出学校": sender, "受援学校": receiver, "学科": subject, "选派名额": number}
        county.row(ALLOCATIONS, row | {"计划文号": county.document(year.first, 21, "教人")})


def _write_pairings(county: County, year: Year, rng: random.Random) -> None:
    town = [school for school in county.own_schools if school.location == "城区" and school.stage in ("小学", "初中")]
    helped = [school for school in county.receivers(year) if school.is_centre or school.stage == "初中"]
    for place, school in enumerate(some(rng, helped, county.wish.scaled(14))):
        fitting = [other for other in town if (other.stage == "初中") == (school.stage == "初中")] or town
        signed = dt.date(year.first, 8, 28)
        county.row(PAIRINGS, {
            "学年": year.code, "帮扶学校": fitting[place % len(fitting)].name, "受援学校": school.name, "期限": told(year.start, year.end),
            "协议名称": f"{year.code.replace('-', '—')}学年学校结对帮扶协议书", "签订日期": signed, "目标": rng.choice(GOALS), "每学期活动次数": rng.choice((2, 2, 3)),
        })  # fmt: skip


def _write_notices(county: County, year: Year, rng: random.Random) -> None:
    if year.is_running:
        _write_notices_of_steps(county, year)
        return
    for school in county.senders(year):
        start = dt.date(year.first, 6, rng.choice((1, 2, 3, 4, 8, 9)))
        county.row(NOTICES, {
            "公示名称": f"{year.first}年支教教师推荐名单公示", "公示学校": school.name, "公示日期": told(start, start + dt.timedelta(days=6)), "学年": year.code,
            "工作日": 5, "收到异议": 0, "处理结果": "无异议",
        })  # fmt: skip
    appraised = dt.date(year.first + 1, 6, 29)
    if county.happened(appraised):
        county.row(NOTICES, {
            "公示名称": f"{year.code.replace('-', '—')}学年支教教师考核结果公示", "公示日期": told(appraised, appraised + dt.timedelta(days=6)), "学年": year.code,
            "工作日": 5, "收到异议": 1, "处理结果": "反映一名教师听课节数统计有误，经核对专项档案后更正，等次不变",
        })  # fmt: skip


def _write_notices_of_steps(county: County, year: Year) -> None:
    """One for all whom a school recommended on a day, with the name that the system gives it."""
    over: dict[tuple[str, dt.date], bool] = {}
    for posting in county.of_year(year):
        if posting.recommended:
            over[posting.sender.name, posting.recommended] = posting.forwarded is not None
    number: Counter[str] = Counter()
    for school, start in sorted(over, key=lambda key: (key[1], key[0])):
        number[school] += 1
        later = f"（第{number[school]}批）" if number[school] > 1 else ""
        county.row(NOTICES, {
            "公示名称": f"{school}{year.code.replace('-', '—')}学年支教教师推荐名单公示{later}", "公示学校": school,
            "公示日期": told(start, notice_end(start)), "学年": year.code, "工作日": NOTICE_DAYS, "收到异议": 0,
            "处理结果": "无异议" if over[school, start] else "",
        })  # fmt: skip


def _write_exemptions(county: County) -> None:
    rng = county.chance("exemptions")
    staying = [
        t for school in county.own_schools if school.location == "城区" for t in school.teachers if not t.is_taken
    ]
    for teacher in some(rng, staying, county.wish.scaled(16)):
        women_only = teacher.sex == "女" and county.wish.running - teacher.born.year < 40
        reason, proof, months = rng.choice(EXEMPT if women_only else EXEMPT[2:])
        start = dt.date(rng.choice((county.wish.running - 1, county.wish.running)), 9, 1)
        end = dt.date(start.year + (1 if months <= 12 else 2), 8, 31)
        county.row(
            EXEMPTIONS, {"教师": teacher.name, "免派原因": reason, "证明材料": proof, "开始": start, "到期": end}
        )
