"""The appraisal at the end of the year: each line of the score with what it rests on, and grades within the quota."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict

from reports.demo.county import County, Posting, Year
from reports.demo.service import LEAVES
from reports.demo.work import LESSONS

SHEET, SCORES = "考核", "考核得分"
QUOTA = 0.2  # of 优秀, as for all public institutions
RUBRIC = (("师德表现", 20), ("教学工作量", 20), ("教学质量", 25), ("听课与教研", 15), ("出勤", 10), ("群众测评", 10))
EXPECTED_OBSERVED = 40  # lessons a year
RECEIVING = {
    "优秀": ("工作扎实，带动学校教研，学生和家长评价高，建议评为优秀", "主动承担紧缺学科，带出两名徒弟，教学成绩提升明显"),
    "合格": ("服从安排，按时完成任课、听课任务，团结同事", "教学常规齐全，能按要求参加教研活动", "工作认真负责，较好地完成了支教任务"),
    "基本合格": ("请假较多，听课记录数量不足，尚需改进",),
}  # fmt: skip
SENDING = ("与受援学校反馈一致，同意受援学校意见", "返校后将安排汇报课，推广支教经验", "同意该等次")


def write(county: County) -> None:
    for year in county.years:
        if year.is_full and not year.is_running:
            _write_year(county, year)


def _write_year(county: County, year: Year) -> None:
    rng = county.chance(f"appraisal {year.first}")
    days_off, observed = _absences(county), _observed(county, year)
    lines = {
        id(posting): _lines(posting, days_off[posting.teacher.name], observed[posting.teacher.name], rng)
        for posting in county.teaching(year)
        if posting.state == "已结束"
    }
    postings = [posting for posting in county.teaching(year) if id(posting) in lines]
    totals = {id(posting): sum(score for _, _, score, _ in lines[id(posting)]) for posting in postings}
    postings.sort(key=lambda posting: -totals[id(posting)])
    best = int(len(postings) * QUOTA)
    for place, posting in enumerate(postings):
        last = place == len(postings) - 1 and len(postings) > 30
        grade = "优秀" if place < best else "基本合格" if last else "合格"
        _write_appraisal(county, year, posting, grade, round(totals[id(posting)], 2), rng)
        for item, maximum, score, source in lines[id(posting)]:
            county.row(
                SCORES, {"考核": posting.teacher.name, "考核项目": item, "满分": maximum, "得分": score, "依据": source}
            )


def _absences(county: County) -> dict[str, float]:
    """Days of personal and sick leave by teacher, as they were recorded."""
    days: dict[str, float] = defaultdict(float)
    for row in county.rows[LEAVES]:
        if row["假别"] in ("事假", "病假"):
            days[row["教师"]] += row["工作日"]
    return days


def _observed(county: County, year: Year) -> dict[str, int]:
    number: dict[str, int] = defaultdict(int)
    for row in county.rows[LESSONS]:
        if row["课型"] == "听课" and row["学年"] == year.code:
            number[row["教师"]] += row["节数"]
    return number


def _lines(posting: Posting, days_off: float, observed: int, rng: random.Random) -> list[tuple[str, int, float, str]]:
    """A level that differs from person to person, and what the records say."""
    level = min(0.985, rng.gauss(0.9, 0.035) + (0.02 if posting.is_backbone else 0))
    load = min(20, round(20 * posting.periods / 13, 1)) if posting.duty == "支教教师" else 18.5
    research = round(min(15, 15 * observed / EXPECTED_OBSERVED * 0.97), 1)
    told = {
        "师德表现": (round(20 * min(1, level + 0.04), 1), "学校评议"),
        "教学工作量": (load, f"周课时 {posting.periods} 节"),
        "教学质量": (round(25 * level, 1), "期末测评与班级进步幅度"),
        "听课与教研": (research, f"听课 {observed} 节"),
        "出勤": (max(0.0, round(10 - 0.4 * days_off, 1)), f"事假、病假 {days_off:g} 天" if days_off else "全勤"),
        "群众测评": (round(10 * min(1, level + 0.02), 1), "学生、家长、同事测评"),
    }
    return [(item, maximum, *told[item]) for item, maximum in RUBRIC]


def _write_appraisal(
    county: County, year: Year, posting: Posting, grade: str, total: float, rng: random.Random
) -> None:
    county.row(SHEET, {
        "教师": posting.teacher.name, "学年": posting.school_year, "考核类型": "期满考核", "考核日期": dt.date(year.first + 1, 6, 22 + rng.randrange(4)),
        "考核方式": "查阅档案、座谈、名誉测评、背对背谈话" if rng.random() < 0.6 else "查阅档案、座谈、测评", "考核内容": "师德表现、工作量、工作实绩、出勤", "得分": total,
        "受援学校建议等次": grade, "考核等次": grade, "受援学校意见": rng.choice(RECEIVING[grade]), "派出学校意见": rng.choice(SENDING),
        "本人签字日期": dt.date(year.first + 1, 6, 26), "考核结果文号": county.document(year.first + 1, 24, "教人"),
    })  # fmt: skip
