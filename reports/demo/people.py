"""The teachers: who they are, what they teach, how long they have been where they are."""

from __future__ import annotations

import datetime as dt
import random

from reports.demo.county import County, DemoSchool, DemoTeacher, shares
from reports.demo.names import RARE_SENT, RARE_STAYING

SHEET, TITLES_SHEET = "教师", "骨干称号"
STAGE_OF = {
    "幼儿园": "学前", "教学点": "小学", "小学": "小学", "初中": "初中", "九年一贯制": "初中", "高中": "高中", "中等职业": "中职", "特殊教育": "特教",
}  # fmt: skip
SUBJECTS = {
    "学前": {"学前教育": 1},
    "小学": {"语文": 30, "数学": 27, "英语": 14, "科学": 7, "体育": 7, "音乐": 5, "美术": 5, "道德与法治": 3, "信息科技": 2},
    "初中": {"语文": 16, "数学": 16, "英语": 15, "物理": 9, "化学": 6, "生物": 5, "历史": 6, "地理": 5, "道德与法治": 6, "体育": 6, "音乐": 3, "美术": 3, "信息科技": 3},
    "高中": {"语文": 15, "数学": 15, "英语": 14, "物理": 10, "化学": 9, "生物": 8, "历史": 7, "地理": 7, "政治": 7, "体育": 4, "信息科技": 2, "通用技术": 1},
    "中职": {"职业专业课": 60, "语文": 14, "数学": 14, "英语": 12},
    "特教": {"特殊教育": 1},
}  # fmt: skip
CERTIFICATES = {
    "学前": "幼儿园",
    "小学": "小学",
    "初中": "初级中学",
    "高中": "高级中学",
    "中职": "中等职业学校",
    "特教": "小学",
}
MAJORS = {
    "语文": "汉语言文学", "数学": "数学与应用数学", "英语": "英语", "物理": "物理学", "化学": "化学", "生物": "生物科学", "历史": "历史学", "地理": "地理科学",
    "道德与法治": "思想政治教育", "政治": "思想政治教育", "体育": "体育教育", "音乐": "音乐学", "美术": "美术学", "信息科技": "教育技术学", "科学": "科学教育",
    "学前教育": "学前教育", "特殊教育": "特殊教育", "职业专业课": "机电技术教育", "通用技术": "教育技术学",
}  # fmt: skip
CARDLESS = 40  # one in so many
# None of them exists.
UNIVERSITIES = ("云岭师范大学", "清江师范学院", "云岭第二师范学院", "清江学院", "云岭民族大学")
COLLEGES = ("清江师范高等专科学校", "云岭幼儿师范高等专科学校", "云岭广播电视大学")
NORMAL_SCHOOLS = ("清江师范学校", "青岚师范学校")
ETHNICITIES = (("汉族", 88), ("回族", 4), ("土家族", 3), ("苗族", 2), ("满族", 1), ("蒙古族", 1), ("藏族", 1))
BACKBONE_KINDS = (
    ("县级", "骨干教师", 46),
    ("县级", "教学能手", 26),
    ("市级", "骨干教师", 12),
    ("县级", "学科带头人", 9),
    ("市级", "教学能手", 5),
    ("省级", "骨干教师", 2),
)


def build(county: County) -> None:
    """The teachers of every school, and a few of those outside who come to help."""
    rng = county.chance("teachers")
    own = county.own_schools
    for school, number in zip(own, shares(county.wish.teachers, [school.size for school in own], least=2), strict=True):
        _staff(county, rng, school, number)
    for school in county.schools:
        if school.is_outside:
            _staff(county, rng, school, 2)
    _give_rare_names(county, rng)
    for teacher in county.teachers:
        _describe(county, rng, teacher)


def write(county: County) -> None:
    _give_cards(county)
    for teacher in county.teachers:
        county.row(SHEET, teacher.cells | {"姓名": teacher.name, "行政职务": teacher.post})


def _give_cards(county: County) -> None:
    """Who goes in the last two years is paid for it; some have not handed in their card yet."""
    years = {year.first for year in county.years[-2:]}
    going = dict.fromkeys(posting.teacher for posting in county.postings if posting.year in years)
    for place, teacher in enumerate(teacher for teacher in going if not teacher.school.is_outside):
        if place % CARDLESS != CARDLESS - 1:
            teacher.cells |= {"开户行": f"{county.wish.name}农村商业银行", "银行卡号": county.people.bank_card()}


def _staff(county: County, rng: random.Random, school: DemoSchool, number: int) -> None:
    stage = STAGE_OF[school.stage]
    weights = SUBJECTS[stage]
    subjects = [
        subject
        for subject, share in zip(weights, shares(number, list(weights.values())), strict=True)
        for _ in range(share)
    ]
    for place, subject in enumerate(subjects):
        woman = rng.random() < (0.96 if stage == "学前" else 0.62 if stage == "小学" else 0.5)
        sex = "女" if woman else "男"
        teacher_stage = stage
        if school.stage == "九年一贯制" and place % 2 and subject in SUBJECTS["小学"]:
            teacher_stage = "小学"
        teacher = DemoTeacher(county.people.name(sex), sex, _born(rng, sex), school, teacher_stage, subject)
        teacher.since = _since(rng, teacher)
        teacher.title = _title(rng, teacher)
        teacher.is_class_head = subject in ("语文", "数学", "英语", "学前教育") and rng.random() < 0.5
        school.teachers.append(teacher)


def _born(rng: random.Random, sex: str) -> dt.date:
    """In the years in which teachers are between 23 and retirement, fewest at both ends."""
    age = min(max(round(rng.gauss(41, 9.5)), 24), 59 if sex == "男" else 54)
    return dt.date(2026 - age, 1, 1) + dt.timedelta(days=rng.randrange(365))


def _since(rng: random.Random, teacher: DemoTeacher) -> dt.date:
    """Most have been at their school for six years and more, which is why they are due to go."""
    began = teacher.born.year + 22
    years = max(1, 2026 - began)
    stayed = min(years, rng.randint(6, 26) if rng.random() < 0.84 else rng.randint(1, 5))
    return dt.date(2026 - stayed, 9, 1)


def _title(rng: random.Random, teacher: DemoTeacher) -> str:
    age = 2026 - teacher.born.year
    if age >= 48 and rng.random() < 0.015:
        return "正高级教师"
    if age >= 38 and rng.random() < (age - 34) / 50:
        return "高级教师"
    if age >= 32 and rng.random() < 0.7:
        return "一级教师"
    if age >= 26:
        return "二级教师"
    return rng.choice(("二级教师", "三级教师", "未评定"))


def _give_rare_names(county: County, rng: random.Random) -> None:
    """Some who will go, and some who stay, have names that test every font and every list."""
    town = [t for s in county.own_schools if s.location == "城区" and s.stage in ("小学", "初中") for t in s.teachers]
    for (name, sex), teacher in zip(
        (*RARE_SENT, *RARE_STAYING), rng.sample(town, len(RARE_SENT) + len(RARE_STAYING)), strict=True
    ):
        teacher.name, teacher.sex = name, sex
        teacher.born = dt.date(1984 + rng.randrange(9), rng.randint(1, 12), rng.randint(1, 28))
        teacher.since = _since(rng, teacher)
        teacher.title = "一级教师"
        teacher.goes = (name, sex) in RARE_SENT


def _describe(county: County, rng: random.Random, teacher: DemoTeacher) -> None:
    people, wish = county.people, county.wish
    education, school = _education(rng, teacher)
    began = dt.date(min(teacher.born.year + rng.randint(21, 24), teacher.since.year), rng.choice((7, 8, 9)), 1)
    grade = {
        "正高级教师": "四级",
        "高级教师": "七级",
        "一级教师": "九级",
        "二级教师": "十一级",
        "三级教师": "十三级",
    }.get(teacher.title, "")
    teacher.cells = {
        "姓名": teacher.name,
        "所在学校": teacher.school.name,
        "身份证号": people.id_number(teacher.born, teacher.sex),
        "性别": teacher.sex,
        "民族": _ethnicity(rng, teacher.name),
        "籍贯": wish.name if rng.random() < 0.7 else "云岭省清江市",
        "政治面貌": _political(rng, teacher),
        "手机号": people.phone(),
        "参加工作时间": min(began, teacher.since),
        "本校任教起始": teacher.since,
        "编制性质": "在编" if rng.random() < 0.96 else "备案制",
        "最高学历": education,
        "毕业院校": school,
        "所学专业": MAJORS[teacher.subject],
        "教师资格": f"{CERTIFICATES[teacher.stage]} {teacher.subject}",
        "普通话等级": "二级甲等" if teacher.subject in ("语文", "学前教育") or rng.random() < 0.4 else "二级乙等",
        "职称": teacher.title,
        "职称聘任时间": dt.date(rng.randint(max(2010, min(2024, teacher.born.year + 26)), 2024), 12, 1)
        if teacher.title != "未评定"
        else None,
        "岗位等级": f"专业技术{grade}" if grade else "",
        "行政职务": teacher.post,
        "学段": teacher.stage,
        "任教学科": teacher.subject,
        "周课时": rng.randint(10, 17),
        "是否班主任": "是" if teacher.is_class_head else "否",
    }


def _education(rng: random.Random, teacher: DemoTeacher) -> tuple[str, str]:
    age = 2026 - teacher.born.year
    if teacher.stage == "高中" and rng.random() < 0.14:
        return "硕士研究生", UNIVERSITIES[0]
    if rng.random() < (0.97 if age < 35 else 0.84 if age < 48 else 0.62) or teacher.stage == "高中":
        return "大学本科", rng.choice(UNIVERSITIES)
    if age < 52 or rng.random() < 0.8:
        return "大学专科", rng.choice(COLLEGES)
    return "中专", rng.choice(NORMAL_SCHOOLS)


def _ethnicity(rng: random.Random, name: str) -> str:
    if "·" in name:
        return "维吾尔族"
    return rng.choices([name for name, _ in ETHNICITIES], [weight for _, weight in ETHNICITIES])[0]


def _political(rng: random.Random, teacher: DemoTeacher) -> str:
    if teacher.born.year > 1998 and rng.random() < 0.6:
        return "共青团员"
    return rng.choices(("中共党员", "群众", "民盟盟员", "民进会员"), (38, 59, 2, 1))[0]


def write_titles(county: County) -> None:
    """Backbone titles: of those who went as backbone teachers, and of some who stay."""
    rng = county.chance("titles")
    gone = {id(posting.teacher): posting for posting in county.postings}
    for teacher in county.teachers:
        posting = gone.get(id(teacher))
        if posting:
            if posting.is_backbone:
                _write_title(county, rng, teacher, posting.year - rng.randint(1, 3))
        elif teacher.title in ("高级教师", "一级教师", "正高级教师") and rng.random() < 0.13:
            _write_title(county, rng, teacher, rng.randint(2018, 2025))


def _write_title(county: County, rng: random.Random, teacher: DemoTeacher, year: int) -> None:
    level, title, _ = rng.choices(BACKBONE_KINDS, [weight for *_, weight in BACKBONE_KINDS])[0]
    teacher.backbone = f"{level}{title}"
    giver = {"县级": county.document(year, rng.randint(20, 60)), "市级": f"清教发〔{year}〕{rng.randint(10, 80)}号"}
    county.row(
        TITLES_SHEET,
        {
            "教师": teacher.name,
            "骨干称号": title,
            "级别": level,
            "获得年份": year,
            "有效至（年）": year + 5,
            "文号": giver.get(level, ""),
        },
    )
