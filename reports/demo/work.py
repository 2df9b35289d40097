"""What they did: work records by kind, lessons given and observed, lectures, mentorships."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from reports.demo.county import County, DemoTeacher, Posting, Year, working_day

RECORDS, LESSONS, LECTURES, MENTORSHIPS = "专项档案", "课例", "讲座", "师徒结对"
# kind of record, fewest and most in a whole year
KEPT = (
    ("教案", 86, 152), ("作业批改", 60, 130), ("教学随笔", 6, 20), ("学习笔记", 1, 3), ("教研组活动", 10, 20), ("试卷分析", 4, 8), ("教学反思", 12, 36),
    ("辅导记载", 14, 40), ("家访", 3, 16),
)  # fmt: skip
TOPICS = {
    "语文": ("《慈母情深》", "《父爱之舟》", "《背影》", "《桂林山水》", "习作：我的心爱之物", "《将相和》整本书阅读导读"),
    "数学": ("分数的初步认识", "长方体的表面积", "一次函数的图象", "鸡兔同笼", "三角形的内角和", "用字母表示数"),
    "英语": ("Unit 3 Let's Go Shopping", "My School Day", "Reading: A Trip to the Farm", "How Can I Get There?", "Weather Around the World"),
    "物理": ("探究杠杆的平衡条件", "浮力", "串联与并联电路", "凸透镜成像规律"), "化学": ("氧气的制取", "酸碱中和反应", "水的净化"),
    "生物": ("光合作用", "人体的消化系统"), "历史": ("新航路的开辟", "商鞅变法"), "地理": ("等高线地形图的判读", "我国的气候"),
    "道德与法治": ("我们的班规我们订", "法律为我们护航"), "科学": ("简单电路", "声音的传播", "种子发芽实验"), "体育": ("篮球行进间运球", "前滚翻", "50 米快速跑"),
    "音乐": ("合唱《让我们荡起双桨》", "竖笛入门", "民歌《采茶》"), "美术": ("剪纸：团花", "家乡的桥", "水墨画：葡萄"), "信息科技": ("制作电子小报", "初识图形化编程"),
    "学前教育": ("绘本《三只小猪》", "户外体能游戏"), "特殊教育": ("生活数学：认识人民币",), "政治": ("矛盾的普遍性",), "职业专业课": ("钳工基本操作",), "通用技术": ("结构的强度",),
}  # fmt: skip
LECTURE_TITLES = (
    "小学数学“问题引领”课堂的备课", "语文单元整体教学的设计", "农村小规模学校的复式教学", "如何上好一节复习课", "英语课堂的情境创设", "初中实验教学的安全与规范",
    "作业设计与分层布置", "青年教师的成长路径", "留守儿童的心理关怀", "班主任工作中的沟通艺术", "听评课怎样才有效", "课堂提问的艺术", "用好国家中小学智慧教育平台",
)  # fmt: skip
GOALS = (
    "三年内成为县级教学能手",
    "独立上好县级公开课",
    "熟练掌握复式班教学",
    "通过一级教师职称评审",
    "胜任毕业班教学",
    "掌握单元整体备课方法",
    "能够主持校级课题",
)
OUTCOMES = (
    "在县级优质课评比中获二等奖", "独立承担校级公开课两节，学生成绩由及格率 62% 提高到 81%", "教学设计在县级评比中获奖", "由一人一班到承担两个年级课程", "通过二级教师考核",
    "撰写教学论文一篇并在市级刊物发表", "期末测评名列片区同年级第二", "独立主持了一次校本教研",
)  # fmt: skip


def write(county: County) -> None:
    for year in county.years:
        if not year.is_full:
            continue
        rng = county.chance(f"work {year.first}")
        away = {id(posting.teacher) for posting in county.of_year(year)}
        for posting in county.teaching(year):
            done = _part_done(county, posting)
            _write_records(county, posting, done, rng)
            _write_lessons(county, year, posting, done, rng)
            if posting.is_backbone or rng.random() < 0.22:
                _write_lecture(county, year, posting, rng)
            _write_mentorships(county, year, posting, away, rng)


def _part_done(county: County, posting: Posting) -> float:
    """How much of the year the teacher has served so far."""
    whole = (dt.date(posting.year + 1, 7, 10) - dt.date(posting.year, 9, 1)).days
    served = (min(county.wish.today, posting.last_day, dt.date(posting.year + 1, 7, 10)) - posting.start).days
    return max(0.03, min(1, served / whole))


def _write_records(county: County, posting: Posting, done: float, rng: random.Random) -> None:
    for category, least, most in KEPT:
        if category in ("家访", "辅导记载", "教学反思") and rng.random() < 0.4:
            continue
        number = max(1, round(rng.randint(least, most) * done))
        row = {"教师": posting.teacher.name, "学年": posting.school_year, "档案类别": category, "数量": number}
        county.row(RECORDS, row | _confirmed(county, posting, done, rng))


def _confirmed(
    county: County, posting: Posting, done: float, rng: random.Random, since: dt.date | None = None
) -> dict[str, Any]:
    """By the receiving school, at the end of the year; in a year that still runs most of it a week ago, the rest waits for the school."""
    day = rng.randint(15, 22)
    confirmed = working_day(dt.date(posting.year + 1, 6, day)) if done > 0.95 else None
    lately = working_day(county.wish.today - dt.timedelta(days=7))
    if done <= 0.95 and day > 16 and lately > (since or posting.start):
        confirmed = lately
    return {"确认日期": confirmed, "确认人": posting.receiver.principal} if confirmed else {}


def _write_lessons(county: County, year: Year, posting: Posting, done: float, rng: random.Random) -> None:
    until = min(county.wish.today, posting.last_day, dt.date(year.first + 1, 6, 26))
    _write_sums(county, posting, done, until, rng)
    kinds = ["公开课"] * (1 + (rng.random() < 0.5))
    if posting.is_backbone or posting.duty == "带队领导":
        kinds.append("示范课")
    for kind in kinds:
        start = posting.start + dt.timedelta(days=20)
        span = max(1, (until - start).days)
        whole = dt.date(year.first + 1, 6, 20) - start
        on = working_day(start + dt.timedelta(days=rng.randrange(max(1, whole.days))))
        if on > until and not (done < 0.4 and rng.random() < 0.25):
            continue
        on = on if on <= until else start + dt.timedelta(days=rng.randrange(span))
        _write_given(county, posting, kind, on, rng)


def _write_sums(county: County, posting: Posting, done: float, until: dt.date, rng: random.Random) -> None:
    """Lessons observed and reviewed, by the school year's count, with no more than the autumn's in autumn."""
    period = f"{posting.start.year}年{posting.start.month}月至{until.year}年{until.month}月"
    for kind, least, most in (("听课", 34, 52), ("评课", 12, 26)):
        number = max(1, round(rng.randint(least, most) * done))
        row = {"教师": posting.teacher.name, "学年": posting.school_year, "课型": kind, "节数": number, "日期": period}
        county.row(
            LESSONS,
            row | {"上课学校": posting.receiver.name, "学科": posting.subject} | _confirmed(county, posting, done, rng),
        )


def _write_given(county: County, posting: Posting, kind: str, on: dt.date, rng: random.Random) -> None:
    school = posting.school_on(on)
    is_wide = kind == "示范课"
    county.row(LESSONS, {
        "教师": posting.teacher.name, "学年": posting.school_year, "课型": kind, "节数": 1, "日期": on, "上课学校": (school.centre or school).name if is_wide else school.name, "学科": posting.subject,
        "课题": rng.choice(TOPICS.get(posting.subject, ("综合活动",))), "听课人数": rng.randint(18, 46) if is_wide else rng.randint(4, 15),
        "评分": round(rng.uniform(84, 97), 1), "主办单位": (school.centre or school).name if is_wide else school.name,
        **_confirmed(county, posting, _part_done(county, posting), rng, on),
    })  # fmt: skip


def _write_lecture(county: County, year: Year, posting: Posting, rng: random.Random) -> None:
    on = year.day(*rng.choice(((9, 24), (10, 22), (11, 5), (11, 19), (12, 10), (3, 11), (4, 15), (5, 13))))
    if not county.happened(on) or on > posting.last_day:
        return
    school = posting.school_on(on)
    place = (school.centre or school).name
    county.row(LECTURES, {
        "教师": posting.teacher.name, "学年": posting.school_year, "讲座题目": rng.choice(LECTURE_TITLES), "日期": on, "地点": f"{place}会议室",
        "时长（小时）": rng.choice((1, 1.5, 1.5, 2)), "参加人数": rng.choice((rng.randint(16, 48), f"约{rng.randint(3, 6) * 10}", "二十余")),
        **_confirmed(county, posting, _part_done(county, posting), rng, on),
    })  # fmt: skip


def _write_mentorships(county: County, year: Year, posting: Posting, away: set[int], rng: random.Random) -> None:
    number = 2 if posting.is_backbone else 1 if rng.random() < 0.6 else 0
    school = posting.receiver
    there = [teacher for teacher in school.teachers if id(teacher) not in away and teacher.title != "高级教师"]
    if len(there) < number and school.centre:
        there += [teacher for teacher in school.centre.teachers if id(teacher) not in away]
    there.sort(key=lambda teacher: (teacher.subject != posting.subject, -teacher.born.year))
    for apprentice in there[:number]:
        _write_mentorship(county, year, posting, apprentice, rng)


def _write_mentorship(
    county: County, year: Year, posting: Posting, apprentice: DemoTeacher, rng: random.Random
) -> None:
    start, end = dt.date(year.first, 9, 15), min(posting.last_day, dt.date(year.first + 1, 6, 30))
    if end <= start:
        return
    is_over = end <= county.wish.today
    signed = start if not year.is_running or rng.random() < 0.95 else None
    county.row(MENTORSHIPS, {
        "师傅": posting.teacher.name, "学年": posting.school_year, "徒弟": apprentice.name, "学科": posting.subject,
        "起止": f"{start.year}年{start.month}月{start.day}日至{end.year}年{end.month}月{end.day}日", "培养目标": rng.choice(GOALS), "协议签订日期": signed,
        "成果": rng.choice(OUTCOMES) if is_over and rng.random() < 0.7 else "",
        **_confirmed(county, posting, _part_done(county, posting), rng, start),
    })  # fmt: skip
