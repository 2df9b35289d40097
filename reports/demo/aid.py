"""Aid between schools and from others: activities through the year, and what was given, line by line."""

from __future__ import annotations

import random
from typing import Any

from reports.demo.county import County, DemoSchool, Row, Year, some

ACTIVITIES, DONATIONS = "帮扶活动", "捐赠明细"
# month, day, kind, cells; "town" and "receiver" are filled with schools, "given" leads to donations.
PLAN: tuple[tuple[int, int, str, Row], ...] = (
    (9, 19, "送课下乡", {"参加人数": 6, "涉及学科": "语文、数学、英语", "节数": 6, "提前准备天数": 7, "是否评课研讨": "是", "活动内容": "示范课、评课研讨"}),
    (9, 26, "手拉手共建", {"活动名称": "城乡少年手拉手", "组织者": "校少先队大队", "参加人数": "约60", "活动内容": "互赠书信、同上一节班会课", "given": "books"}),
    (9, 30, "学生资助", {"组织者": "教师志愿者", "参加人数": 9, "受益对象": "留守儿童 12 名", "活动内容": "家访、捐赠学习用品", "given": "stationery"}),
    (10, 13, "送课下乡", {"参加人数": 5, "涉及学科": "物理、化学", "节数": 4, "提前准备天数": 10, "是否评课研讨": "是", "活动内容": "实验课示范、实验教师培训", "stage": "初中"}),
    (10, 17, "联片教研", {"参加人数": "约40", "涉及学科": "语文", "节数": 3, "是否评课研讨": "是", "活动内容": "同课异构、集体备课"}),
    (10, 24, "同课异构", {"参加人数": 28, "涉及学科": "英语", "节数": 2, "提前准备天数": 14, "是否评课研讨": "是", "stage": "初中"}),
    (10, 30, "志愿服务", {"组织者": "教师志愿者", "参加人数": "十余", "活动内容": "整理图书室、安装书架", "given": "shelves"}),
    (11, 6, "送课下乡", {"参加人数": 7, "涉及学科": "音乐、美术、体育", "节数": 7, "提前准备天数": 5, "是否评课研讨": "是", "活动内容": "示范课、课间操指导"}),
    (11, 12, "捐赠活动", {"活动名称": "暖冬行动", "组织者": "机关党支部", "参加人数": 21, "活动内容": "为教学点学生送冬衣", "given": "winter", "bureau": True}),
    (11, 14, "联片教研", {"参加人数": 46, "涉及学科": "数学", "节数": 2, "是否评课研讨": "是", "活动内容": "问题引领课堂观摩"}),
    (11, 20, "手拉手共建", {"参加人数": 30, "活动内容": "管理经验交流、共同备课", "收到的回赠": "锦旗", "回赠数量": 1, "回赠单位": "面"}),
    (12, 3, "助残日活动", {"活动名称": "牵手特殊孩子", "组织者": "青年志愿者", "参加人数": 32, "其他受助单位": "县残疾人康复中心", "活动内容": "陪伴游戏、文艺演出", "no_receiver": True}),
    (12, 9, "送课下乡", {"参加人数": 5, "涉及学科": "科学、信息科技", "节数": 5, "提前准备天数": 6, "是否评课研讨": "是"}),
    (12, 18, "短期指导", {"参加人数": 3, "涉及学科": "语文", "节数": 6, "活动内容": "蹲点听课、指导备课"}),
    (12, 24, "走访帮扶", {"组织者": "校工会", "参加人数": 8, "受益对象": "困难教师家庭 5 户", "活动内容": "走访慰问", "given": "cash"}),
    (1, 7, "联片教研", {"参加人数": 52, "涉及学科": "英语", "节数": 3, "是否评课研讨": "是", "活动内容": "期末复习研讨"}),
    (1, 13, "志愿服务", {"组织者": "教师志愿者", "参加人数": "十余", "活动内容": "为村民写春联、讲家庭教育课", "其他受助单位": "石板河村村委会", "no_receiver": True}),
    (2, 27, "送课下乡", {"参加人数": 6, "涉及学科": "语文、数学", "节数": 6, "提前准备天数": 4, "是否评课研讨": "是", "活动内容": "开学第一课、示范课"}),
    (3, 5, "志愿服务", {"活动名称": "学雷锋进校园", "组织者": "校团委", "参加人数": 45, "活动内容": "图书整理、校园绿化", "given": "saplings"}),
    (3, 12, "联片教研", {"参加人数": 38, "涉及学科": "物理", "节数": 2, "是否评课研讨": "是", "活动内容": "实验教学观摩", "stage": "初中"}),
    (3, 20, "捐赠活动", {"活动名称": "爱心传书", "组织者": "校少先队大队", "参加人数": "全校师生", "活动内容": "图书募捐和赠送", "given": "library"}),
    (3, 27, "手拉手共建", {"参加人数": 24, "活动内容": "结对班级互访、同上一节美术课"}),
    (4, 9, "送课下乡", {"参加人数": 5, "涉及学科": "道德与法治、历史", "节数": 5, "提前准备天数": 8, "是否评课研讨": "是", "stage": "初中"}),
    (4, 16, "同课异构", {"参加人数": 33, "涉及学科": "数学", "节数": 2, "提前准备天数": 12, "是否评课研讨": "是", "出席领导和来宾": "县教研室领导"}),
    (4, 24, "社会实践", {"组织者": "校团委", "参加人数": 68, "活动内容": "参观农业科技园、写观察日记"}),
    (5, 8, "联片教研", {"参加人数": 41, "涉及学科": "语文", "节数": 2, "是否评课研讨": "是", "活动内容": "作文教学研讨"}),
    (5, 15, "学生资助", {"组织者": "县第一中学 1998 届同学会", "参加人数": 14, "受益对象": "贫困学生 16 名", "活动内容": "发放助学金", "given": "grant", "other_donor": True, "报道媒体": "县融媒体中心"}),
    (5, 20, "助残日活动", {"组织者": "青年志愿者", "参加人数": 26, "其他受助单位": "县特殊教育学校家长委员会", "活动内容": "亲子运动会", "no_receiver": True}),
    (5, 29, "捐赠活动", {"活动名称": "六一慰问", "参加人数": 15, "活动内容": "慰问教学点学生", "given": "children", "bureau": True}),
    (6, 5, "送课下乡", {"参加人数": 6, "涉及学科": "英语、音乐", "节数": 6, "提前准备天数": 6, "是否评课研讨": "是", "收到的回赠": "锦旗", "回赠数量": 1, "回赠单位": "面"}),
    (6, 16, "走访帮扶", {"参加人数": 11, "活动内容": "走访受援学校，商定暑期设备维修", "given": "works", "bureau": True}),
)  # fmt: skip
GIVEN: dict[str, tuple[Row, ...]] = {
    "books": ({"名称": "课外读物", "数量": 320, "单位": "册", "金额或估值（元）": 4800}, {"名称": "书信集", "数量": "一批", "单位": "份"}),
    "stationery": ({"名称": "书包", "数量": 12, "单位": "个", "金额或估值（元）": 960}, {"名称": "学习用品", "数量": "一批", "单位": "套", "金额或估值（元）": 720, "受益人数": 12}),
    "shelves": ({"名称": "书架", "数量": 8, "单位": "组", "金额或估值（元）": 3200}, {"名称": "旧课桌", "数量": "约30", "单位": "套"}),
    "winter": ({"名称": "冬衣", "数量": 186, "单位": "件", "金额或估值（元）": 22320, "受益人数": 186}, {"名称": "手套", "数量": "约200", "单位": "副"}, {"名称": "电热水壶", "数量": 12, "单位": "个"}),
    "cash": ({"类别": "资金", "金额或估值（元）": 5000, "用途": "慰问困难教师"},),
    "saplings": ({"名称": "树苗", "数量": 120, "单位": "株", "金额或估值（元）": 1440},),
    "library": ({"名称": "图书", "数量": "约300", "单位": "册", "金额或估值（元）": 6000}, {"名称": "阅读角书柜", "数量": 6, "单位": "组", "金额或估值（元）": 2400}, {"类别": "资金", "金额或估值（元）": 3260.5, "用途": "购置图书"}),
    "grant": ({"类别": "资金", "金额或估值（元）": 16000, "用途": "资助贫困学生", "受益人数": 16},),
    "children": ({"名称": "文具礼包", "数量": 240, "单位": "份", "金额或估值（元）": 7200, "受益人数": 240}, {"名称": "篮球", "数量": 24, "单位": "个", "金额或估值（元）": 1680}, {"名称": "牛奶", "数量": "一批", "单位": "箱"}),
    "works": ({"类别": "工程", "名称": "操场硬化", "数量": 1, "单位": "项", "金额或估值（元）": 46000}, {"类别": "物资", "名称": "投影仪", "数量": 3, "单位": "台", "金额或估值（元）": 9600}),
}  # fmt: skip
# Given without an activity: month, day, donor, cells.
ALONE: tuple[tuple[int, int, str, Row], ...] = (
    (9, 5, "县供电公司", {"名称": "台式电脑", "数量": 15, "单位": "台", "金额或估值（元）": 45000}),
    (10, 28, "清江市爱心企业联合会", {"类别": "资金", "金额或估值（元）": 30000, "用途": "教学点饮水改造"}),
    (12, 16, "县新华书店", {"名称": "工具书", "数量": 212, "单位": "册", "金额或估值（元）": 8480}),
    (3, 8, "县妇联", {"名称": "爱心包", "数量": "约50", "单位": "个"}),
    (6, 1, "望海市第一实验小学", {"名称": "乒乓球台", "数量": 4, "单位": "张", "金额或估值（元）": 6400}),
)  # fmt: skip


def write(county: County) -> None:
    for year in county.years:
        if not year.is_full:
            continue
        rng = county.chance(f"aid {year.first}")
        town, receivers = _schools(county, year)
        if not town or not receivers:
            continue
        for place, (month, day, kind, cells) in enumerate(PLAN, start=1):
            if rng.random() > min(1, county.wish.secondments / 60):
                continue
            on = year.day(month, day)
            if county.happened(on):
                _write_activity(county, year, on, kind, dict(cells), f"{year.first}HD{place:02}", town, receivers, rng)
        _write_alone(county, year, receivers, rng)


def _schools(county: County, year: Year) -> tuple[list[DemoSchool], list[DemoSchool]]:
    town = [school for school in county.own_schools if school.location == "城区" and school.stage in ("小学", "初中")]
    return town, [school for school in county.receivers(year) if not school.is_outside and school.location != "城区"]


def _write_activity(
    county: County,
    year: Year,
    on: Any,
    kind: str,
    cells: Row,
    code: str,
    town: list[DemoSchool],
    receivers: list[DemoSchool],
    rng: random.Random,
) -> None:
    stage = cells.pop("stage", "小学")
    given = cells.pop("given", "")
    by_bureau, other = cells.pop("bureau", False), cells.pop("other_donor", False)
    without = cells.pop("no_receiver", False)
    host = rng.choice([school for school in town if (school.stage == "初中") == (stage == "初中")] or town)
    fitting = [school for school in receivers if (school.stage == "初中") == (stage == "初中")] or receivers
    receiver = rng.choice(fitting)
    row: Row = {"活动编号": code, "活动类型": kind, "活动日期": on, "学年": year.code}
    if not by_bureau and not other:
        row |= {"主办学校": host.name, "带队人": host.principal if rng.random() < 0.5 else "教导主任"}
    if not without:
        row["受援学校"] = receiver.name
    if kind in ("联片教研", "手拉手共建") and not without:
        row["合作学校"] = rng.choice([school for school in receivers if school is not receiver] or [receiver]).name
    if cells.get("参加人数") == "全校师生":
        cells["参加人数"] = len(host.teachers) * 13
    county.row(ACTIVITIES, row | cells)
    for line in GIVEN.get(given, ()):
        donor: Row = {"捐赠人（单位）": row.get("组织者", "")} if other else {}
        if by_bureau:
            donor = {"捐赠人（单位）": "县教育局机关干部职工"}
        county.row(DONATIONS, {"活动编号": code, "学年": year.code, "类别": "物资"} | donor | line)


def _write_alone(county: County, year: Year, receivers: list[DemoSchool], rng: random.Random) -> None:
    outside = {school.name for school in county.schools if school.is_outside}
    for month, day, donor, cells in some(rng, ALONE, county.wish.scaled(len(ALONE), 1)):
        on = year.day(month, day)
        if not county.happened(on) or (donor.startswith("望海") and donor not in outside):
            continue
        who: Row = {"捐赠学校": donor} if donor in outside else {"捐赠人（单位）": donor}
        target: Row = {"受赠学校": rng.choice(receivers).name}
        county.row(
            DONATIONS,
            {"捐赠日期": on, "学年": year.code, "类别": "物资"}
            | who
            | target
            | cells
            | {"经办人": rng.choice(receivers).principal},
        )
