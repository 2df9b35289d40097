"""The schools: those of the county town, a centre school in each township with village schools below it, some outside."""

from __future__ import annotations

import random

from reports.demo.county import County, DemoSchool
from reports.demo.names import FEMALE_FIRST, FEMALE_SECOND, MALE_FIRST, MALE_SECOND, SURNAMES

SHEET = "学校"
TOWN = "城关镇"

# What a county town has, in the order in which a smaller county goes without: name, stage, teachers.
TOWN_SCHOOLS = (
    ("县实验小学", "小学", 72), ("县第一小学", "小学", 64), ("城关中学", "初中", 82), ("县第二小学", "小学", 58), ("县第二中学", "初中", 76),
    ("县实验初级中学", "初中", 70), ("县第三小学", "小学", 50), ("县第一中学", "高中", 104), ("县机关幼儿园", "幼儿园", 26),
    ("县特殊教育学校", "特殊教育", 16), ("县职业技术学校", "中等职业", 44),
)  # fmt: skip
TOWNSHIPS = (
    "石桥乡", "云溪镇", "大岭乡", "南河镇", "松坪镇", "响水乡", "柳河镇", "青龙乡", "长滩镇", "白云乡", "双河镇", "马头山乡", "清水镇", "黄土坡乡",
    "龙泉镇", "三岔乡", "沙坝镇", "桃花乡", "高桥镇", "铁炉乡", "牛角湾乡", "新店镇", "杉木乡", "石门镇", "月亮湾乡", "麻柳镇", "老鹰岩乡", "茶园镇",
)  # fmt: skip
VILLAGES = (
    "柳树沟", "白羊坪", "红石梁", "黑水潭", "杨家湾", "李家沟", "枫树垭", "石板河", "马鞍山", "羊圈岭", "大槐树", "小河口", "野猪岭", "核桃坪", "松林坡",
    "水磨沟", "土门", "三棵树", "双庙", "老君台", "青杠坪", "鹰嘴岩", "竹园", "梨花沟", "大坪", "后山", "干河", "罗家寨", "沙子坝", "花石", "枣林", "仙人桥",
    "黄龙", "北风垭", "南坪", "王家坪", "滴水岩", "铜锣湾", "清泉", "鹿鸣",
)  # fmt: skip
# Schools beyond the county border, in places that do not exist: name, stage, where.
OUTSIDE = (
    ("望海市第一实验小学", "小学", "望海市（东部协作市）"), ("望海市海滨中学", "初中", "望海市（东部协作市）"), ("云岭师范大学附属小学", "小学", "云岭省清江市"),
)  # fmt: skip
KINDS = {
    "幼儿园": "11",
    "小学": "21",
    "教学点": "21",
    "初中": "31",
    "九年一贯制": "31",
    "高中": "34",
    "中等职业": "36",
    "特殊教育": "51",
}
ALLOWANCE = {"一类": 300, "二类": 500, "三类": 700}


def build(county: County) -> None:
    """The schools of the county, each a row of the sheet."""
    rng = county.chance("places")
    number = max(4, county.wish.schools)
    outside = min(3, max(1, number // 20))
    in_town = max(3, round(number * 0.18)) if number < 60 else max(11, round(number * 0.15))
    schools = _in_town(in_town) + _in_townships(rng, number - outside - in_town)
    for name, stage, region in OUTSIDE[:outside]:
        schools.append(DemoSchool(name, stage, "", "城区", 0, is_outside=True, region=region))
    county.schools = schools
    for serial, school in enumerate(schools, start=1):
        school.principal = _principal(rng)
        _write(county, school, serial, rng)


def _in_town(number: int) -> list[DemoSchool]:
    schools = [DemoSchool(name, stage, TOWN, "城区", size) for name, stage, size in TOWN_SCHOOLS[:number]]
    for extra in range(number - len(schools)):
        name, stage, size = (
            (f"县第{_chinese(extra + 4)}小学", "小学", 54)
            if extra % 3
            else (f"县第{_chinese(extra // 3 + 3)}中学", "初中", 66)
        )
        schools.append(DemoSchool(name, stage, TOWN, "城区", size))
    return schools


def _chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    if number < 10:
        return digits[number]
    return ("" if number < 20 else digits[number // 10]) + "十" + (digits[number % 10] if number % 10 else "")


def _in_townships(rng: random.Random, number: int) -> list[DemoSchool]:
    """A centre school first, then by turns a junior school, village schools, teaching points, a kindergarten."""
    townships = _townships(max(1, round(number / 4.6)))
    villages = _village_names(rng, number)
    shares = [number // len(townships) + (place < number % len(townships)) for place in range(len(townships))]
    schools: list[DemoSchool] = []
    for place, (township, share) in enumerate(zip(townships, shares, strict=True)):
        schools += _of_township(township, place, share, villages)
    return schools


def _townships(number: int) -> list[str]:
    names = list(TOWNSHIPS[:number])
    while len(names) < number:
        first, second = VILLAGES[len(names) % len(VILLAGES)], TOWNSHIPS[len(names) // len(VILLAGES) % len(TOWNSHIPS)]
        names.append(f"{first[:1]}{second}")
    return names


def _village_names(rng: random.Random, number: int) -> list[str]:
    names = list(VILLAGES)
    pairs = [f"{side}{village}" for side in "上下东西南北" for village in VILLAGES]
    rng.shuffle(pairs)
    names += pairs
    names += [f"{village}{_chinese(place)}组" for place in range(1, 9) for village in VILLAGES]
    return names[: number + 8][::-1]


def _of_township(township: str, place: int, share: int, villages: list[str]) -> list[DemoSchool]:
    location = "镇区" if township.endswith("镇") else "乡村"
    bare = township.removesuffix("镇").removesuffix("乡")
    is_nine_year = bare == "松坪"
    centre = DemoSchool(
        f"{bare}九年制学校" if is_nine_year else f"{township}中心小学",
        "九年一贯制" if is_nine_year else "小学", township, location, 34 if is_nine_year else 24, is_centre=True, allowance=ALLOWANCE["一类"],
    )  # fmt: skip
    schools = [centre]
    if share > 1 and not is_nine_year and place % 5 != 4:
        schools.append(DemoSchool(f"{township}初级中学", "初中", township, location, 26, allowance=ALLOWANCE["一类"]))
    if share > 4 and place % 4 == 1:
        schools.append(
            DemoSchool(f"{township}中心幼儿园", "幼儿园", township, location, 11, allowance=ALLOWANCE["一类"])
        )
    while len(schools) < share:
        is_point = (len(schools) + place) % 5 in (0, 3)
        village = villages.pop()
        school = DemoSchool(
            f"{village}教学点" if is_point else f"{village}小学", "教学点" if is_point else "小学", township, "乡村",
            2.4 if is_point else 7, centre=centre, is_focus=is_point, allowance=ALLOWANCE["三类" if is_point else "二类"],
        )  # fmt: skip
        schools.append(school)
    return schools


def _principal(rng: random.Random) -> str:
    first, second = (MALE_FIRST, MALE_SECOND) if rng.random() < 0.68 else (FEMALE_FIRST, FEMALE_SECOND)
    return rng.choice(SURNAMES[:60]) + rng.choice(first) + rng.choice(second)


def _write(county: County, school: DemoSchool, serial: int, rng: random.Random) -> None:
    kind = next((name for name, amount in ALLOWANCE.items() if amount == school.allowance), "")
    aliases = [f"{county.wish.name}{school.name.removeprefix('县')}"] if school.name.startswith("县") else []
    if school.is_centre and school.name.endswith("中心小学"):
        aliases.append(f"{school.township}中心校")
    county.row(
        SHEET,
        {
            "学校名称": school.name,
            "其他名称": "、".join(aliases),
            "学校标识码": f"{KINDS[school.stage]}99{county.wish.index * 1000 + serial:06}",
            "乡镇（街道）": school.township,
            "学段": school.stage,
            "城乡分类": school.location,
            "是否中心校": "是" if school.is_centre else "否",
            "所属中心校": school.centre.name if school.centre else "",
            "是否县外": "是" if school.is_outside else "否",
            "所在地区": school.region,
            "是否重点帮扶": "是" if school.is_focus else "否",
            "补助类别": kind,
            "地址": _address(county, school),
            "校长": school.principal,
            "联系人": _principal(rng) if not school.is_small else school.principal,
            "联系电话": f"0990-5{serial % 1000:03}{rng.randrange(1000):03}",
        },
    )


def _address(county: County, school: DemoSchool) -> str:
    if school.is_outside:
        return school.region
    if school.location == "城区":
        return f"{county.wish.name}{TOWN}"
    village = school.name.removesuffix("教学点").removesuffix("小学") if school.is_small else ""
    return f"{county.wish.name}{school.township}{village + '村' if village else ''}"
