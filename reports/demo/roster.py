"""The roster as a bureau keeps it: 支教派遣 with what was applied for and decided, teams, moves and other changes."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from reports.demo.county import County, Posting, Year
from zhijiao.dates import told as day_told

SHEET, TEAMS, MOVES, CHANGES, REPORTS = "支教派遣", "支教队", "换岗记录", "派遣变更", "带队汇报"
PROGRAMMES = "项目类型"
# What this county asks of them in a school year, beyond what the programmes ask everywhere.
DUTIES: dict[str, Any] = {
    "县内支教": {
        "别名": "县域内支教、城镇教师支教",
        "最短月数": 9,
        "学年听课节数": 40,
        "学年公开课节数": 2,
        "带徒弟人数": 1,
    },
    "城乡交流轮岗": {"别名": "交流轮岗、定期交流、轮岗、交流", "最短月数": 9, "学年听课节数": 30, "学年公开课节数": 1},
}
GRADES = {
    "学前": ("小班", "中班", "大班"),
    "小学": ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级"),
    "初中": ("七年级", "八年级", "九年级"),
}  # fmt: skip
LODGINGS = (
    "校内周转宿舍",
    "校内周转宿舍",
    "校内周转宿舍",
    "教师公寓",
    "租住学校附近民房，租金由学校承担",
    "每日往返，学校补助交通费",
    "与本校教师合住宿舍",
)
REASONS = (
    "在县城学校工作多年，愿意到乡村学校去，把所学的教学方法带给那里的孩子，也让自己经受锻炼。",
    "我从乡村走出来，了解乡村孩子的需要。家里老人孩子已经安排好，申请到农村学校任教一年。",
    "学校缺少本学科专任教师的情况我在送课下乡时亲眼看到，愿意去补上这个缺口。",
    "任现职以来还没有农村任教经历，希望通过支教了解乡村教育，提高独立处理教学问题的能力。",
    "响应局里的号召，服从组织安排，到最需要的学校去。",
    "往年曾与这所学校的老师结对教研，想把没有做完的课题在那里做完。",
    "孩子已上大学，没有后顾之忧，愿意到偏远的教学点去。",
    "本人担任教研组长多年，愿意帮助受援学校把教研活动开展起来。",
)
EXPERIENCE = ("2009年至2012年在乡镇初级中学任教", "参加工作后在村小任教四年", "2014年曾到教学点支教一年", "")
BUREAU_OPINION, DECISION = "材料齐全，符合选派条件。", "同意。"
REPORT_TEXTS = (
    "队员到岗、住宿和任课安排情况，开学两周的教学常规", "期中质量分析，受援学校反映的科学课开设困难，请求增派实验器材",
    "期末工作小结，队员考核初步意见，寒假慰问安排建议", "一学年工作总结，受援学校语文、数学两科教研组建设情况",
)  # fmt: skip


def write(county: County) -> None:
    for name, asked in DUTIES.items():
        basis = {"依据文件": county.document(county.years[0].first, 28, "教人")}
        county.row(PROGRAMMES, {"项目类型": name, **asked, **basis})
    gone: set[int] = set()
    for year in county.years:
        rng = county.chance(f"roster {year.first}")
        postings = county.of_year(year)
        _write_teams(county, year, postings)
        for posting in postings:
            is_first = id(posting.teacher) not in gone and rng.random() < 0.8
            gone.add(id(posting.teacher))
            posting.cells = _row(county, year, posting, rng) | {"是否首次": "是" if is_first else "否"}
            county.row(SHEET, posting.cells)
            _write_changes(county, posting, rng)


def told(start: dt.date, end: dt.date) -> str:
    return f"{start.year}年{start.month}月{start.day}日至{end.year}年{end.month}月{end.day}日"


def _row(county: County, year: Year, posting: Posting, rng: random.Random) -> dict[str, Any]:
    teacher = posting.teacher
    cells: dict[str, Any] = {
        "教师": teacher.name,
        "派出学校": posting.sender.name,
        "受援学校": posting.receiver.name,
        "学年": posting.school_year,
        "起止时间": told(posting.start, posting.extended_to or posting.end),
        "项目类型": posting.programme,
        "职责": posting.duty,
        "任教学科": posting.subject,
        "任教学段": posting.stage,
        "是否骨干教师": "是" if posting.is_backbone else "否",
        "派出前是否班主任": "是" if teacher.is_class_head else "否",
        "派出学校职务": teacher.post or ("教研组长" if posting.is_backbone and rng.random() < 0.4 else ""),
        "支教队": posting.team,
        "互派教师": posting.swapped_with.name if posting.swapped_with else "",
        "状态": posting.state,
    }
    if year.is_full:
        cells |= _teaching(posting, rng) | _procedure(county, year, posting, rng) | _application(year, posting, rng)
    return cells


def _teaching(posting: Posting, rng: random.Random) -> dict[str, Any]:
    grades = GRADES.get(posting.stage, ("",))
    classes = 1 if posting.receiver.is_small else rng.randint(1, 3)
    size = rng.randint(9, 19) if posting.receiver.stage == "教学点" else rng.randint(24, 46)
    others = [s for s in ("道德与法治", "科学", "劳动", "综合实践") if s != posting.subject]
    return {
        "兼任学科": "、".join(rng.sample(others, rng.randint(1, 2))) if posting.receiver.is_small else "",
        "任教年级": rng.choice(grades),
        "任教班数": classes,
        "学生数": classes * size,
        "周课时": posting.periods,
        "是否任班主任": "是" if rng.random() < 0.24 and posting.is_teaching else "否",
        "住宿": rng.choice(LODGINGS) if posting.is_on_post else "",
    }


def _procedure(county: County, year: Year, posting: Posting, rng: random.Random) -> dict[str, Any]:
    """What was issued, signed and dated on the way; nothing that has not happened yet."""
    if posting.is_on_the_way:
        return {"批次": f"{year.first + 1}年春季"}
    cells: dict[str, Any] = {
        "批次": f"{year.first}年秋季",
        "派遣文号": county.document(year.first, 37, "教人"),
        "派出日期": dt.date(year.first, 8, 25),
        "协议签订日期": dt.date(year.first, 8, 28),
        "报到日期": posting.reported,
    }
    if posting.programme == "短期指导":
        cells |= {"派出日期": posting.start, "协议签订日期": None, "派遣文号": county.document(year.first, 49, "教人")}
    elif posting.state in ("逾期未报到", "已派出") and posting.dispatched:
        number = 58 if posting.state == "逾期未报到" else 60
        cells |= {"批次": f"{year.first}年秋季补派", "派遣文号": county.document(year.first, number, "教人")}
        cells |= {"派出日期": posting.dispatched, "协议签订日期": posting.dispatched}
    if posting.ended:
        cells |= {"实际结束日期": posting.ended, "提前终止原因": posting.end_reason}
        cells["终止后月数是否认定"] = "否" if posting.end_reason == "调动" else "是"
    elif posting.state == "已结束" and posting.programme != "短期指导":
        cells["支教月数"] = 4.5 if posting.programme == "跟岗学习" else 10
    return cells


def _application(year: Year, posting: Posting, rng: random.Random) -> dict[str, Any]:
    if posting.programme in ("短期指导", "跟岗学习"):
        return {}
    on_a_day = dt.date(year.first, 5, rng.randint(11, 29))
    cells: dict[str, Any] = {
        "申请日期": posting.applied or on_a_day,
        "申请理由": rng.choice(REASONS),
        "意向学校": posting.receiver.name,
        "意向学科": posting.subject,
        "是否服从调剂": "是" if rng.random() < 0.85 else "否",
        "农村或薄弱校任教经历": rng.choice(EXPERIENCE),
        "配偶是否同校": "是" if rng.random() < 0.12 else "否",
    }
    if posting.state != "已申报":
        cells["派出学校意见"] = rng.choice(
            ("同意推荐，已在校内公示，无异议。", "经校长办公会研究，同意推荐。", "同意推荐，该同志课程已安排他人接替。")
        )
    if posting.is_on_post or posting.state in ("逾期未报到", "已派出", "已批准"):
        cells |= {
            "受援学校意见": rng.choice(("同意接收，任课和住宿已落实。", "学校急需，欢迎到校任教。", "同意接收。")),
            "人事股意见": BUREAU_OPINION,
            "局领导审批": DECISION,
            "审批日期": dt.date(year.first, 7, rng.randint(2, 9)),
        }
        if posting.approved:
            cells["审批日期"] = posting.approved
    return cells


def _write_teams(county: County, year: Year, postings: list[Posting]) -> None:
    for leader in postings:
        if not leader.team or leader.duty != "带队领导":
            continue
        cells = {
            "学年": year.code,
            "支教队名称": leader.team,
            "派出学校": leader.sender.name,
            "受援学校": leader.receiver.name,
        }
        county.row(TEAMS, cells | {"带队领导": leader.teacher.name})
        days = (year.day(9, 22), year.day(11, 17), year.day(1, 12), year.day(6, 24))
        for day, text in zip(days, REPORT_TEXTS, strict=True):
            if county.happened(day):
                row = {
                    "汇报人": leader.teacher.name,
                    "汇报日期": day,
                    "学年": year.code,
                    "听取学校": leader.sender.name,
                }
                county.row(REPORTS, row | {"听取对象": "校委会", "汇报内容": text})


def _write_changes(county: County, posting: Posting, rng: random.Random) -> None:
    def change(kind: str, day: dt.date, reason: str, **told_: str) -> None:
        row = {
            "教师": posting.teacher.name,
            "学年": posting.school_year,
            "变更类型": kind,
            "变更日期": day,
            "原因": reason,
        }
        county.row(CHANGES, row | told_ | {"文号": county.document(day.year, rng.randint(3, 60), "教人")})

    if posting.moved_to and posting.moved_on:
        move = {
            "教师": posting.teacher.name,
            "第几段": 2,
            "新受援学校": posting.moved_to.name,
            "开始": posting.moved_on,
            "结束": posting.end,
        }
        county.row(
            MOVES,
            move
            | {
                "任教学科": posting.subject,
                "任教年级": rng.choice(GRADES.get(posting.stage, ("",))),
                "任教班数": 1,
                "周课时": posting.periods,
                "住宿": "校内周转宿舍",
            },
        )
        told_ = {"原内容": posting.receiver.name, "新内容": posting.moved_to.name}
        change(
            "换岗",
            posting.moved_on,
            "工作需要",
            说明=f"{posting.moved_to.name}一名{posting.subject}教师休产假，课程无人承担",
            **told_,
        )
    if posting.ended:
        details = {
            "健康": "腰椎手术后需休养，不宜继续在山区任教",
            "孕产": "怀孕后学校离医院较远，按规定返回原校",
            "调动": "调入县教研室工作",
        }
        until = {"原内容": f"至{day_told(posting.end)}", "新内容": f"至{day_told(posting.ended)}"}
        change("提前终止", posting.ended, posting.end_reason, 说明=details[posting.end_reason], **until)
    if posting.extended_to:
        until = {"原内容": f"至{day_told(posting.end)}", "新内容": f"至{day_told(posting.extended_to)}"}
        why = (
            "跟岗一学期收获明显，本人和两校都同意再学习一学期"
            if posting.programme == "跟岗学习"
            else "所带毕业班的接任教师尚未到岗，本人同意延长一学期"
        )
        change("延期", posting.extended_on or posting.end - dt.timedelta(days=25), "工作需要", 说明=why, **until)
    if posting.subject_after and posting.subject_on:
        row = {"原内容": posting.subject, "新内容": f"{posting.subject}、{posting.subject_after}"}
        change(
            "调整学科",
            posting.subject_on,
            "工作需要",
            说明=f"受援学校{posting.subject_after}教师休假，兼任一学期",
            **row,
        )
