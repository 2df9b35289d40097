"""The four-part inspection: rounds, schools, what was heard, looked at, asked and told, and what came of it."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from reports.demo.county import County, DemoSchool, Posting, Row, Year, some, working_day

ROUNDS, INSPECTIONS, POINTS, REVIEWED = "检查轮次", "督导检查", "座谈要点", "资料检查"
COUNTS, HOMES, FINDINGS = "问卷统计", "走访记录", "反馈意见"
INSPECTORS = ("何志平", "卢晓红", "田家旺", "邹国安", "彭建平", "宋海涛", "姚志红", "丁晓兰", "郝建军", "苏玉兰")
LEADERS = ("郭志远", "马明海", "陆春生", "沈志芳")
ITEMS = (
    ("教案", 8, 24),
    ("作业批改", 12, 30),
    ("听课记录", 10, 26),
    ("教学随笔", 2, 8),
    ("教研组活动", 3, 9),
    ("试卷分析", 2, 6),
)
SAID = (
    ("支教教师", "工作态度", "我承担两个年级的课，每周 16 节，周末和本校老师一起备课，和孩子们已经很熟了。", "好"),
    ("支教教师", "工作方法", "这里班额小，可以给每个孩子面批作业，我把县城学校的错题本用到了这里。", "好"),
    ("支教教师", "生活保障", "宿舍和取暖都解决了，就是周末回城的班车少，希望能协调一下。", "较好"),
    ("受援学校校长", "工作效果", "支教老师来了以后，英语和音乐课开起来了，学生的精神面貌变化很大。", "好"),
    ("受援学校校长", "管理情况", "我们每月召开一次支教教师座谈会，课务安排征求本人意见。", "较好"),
    ("本校教师", "传帮带", "跟着支教老师听了二十多节课，学会了单元整体备课。", "好"),
    ("本校教师", "教研活动", "公开课以前是完成任务，现在评课能说到点子上。", "较好"),
    ("学生代表", "课堂感受", "老师上课有趣，我们敢举手了，作业也会当面讲。", "好"),
    ("村干部", "群众反映", "村里人都说这几个老师肯吃苦，家访走遍了各个组。", "好"),
)  # fmt: skip
IMPRESSIONS = (
    "教案规范，环节完整，体现分层设计；作业批改及时，有讲评记录。", "听课记录齐全，但课后反思偏少；教研记录有主题、有分工。", "随笔真实，能从教学细节入手；个别教案与进度不一致。",
    "资料按月归档，目录清楚；学困生辅导有跟踪记录。", "批改面较宽，二次批改没有全部落实；试卷分析有数据有措施。",
)  # fmt: skip
MERITS = (
    "支教教师承担任课外主动组织社团，音乐、体育活动开展起来", "集体备课坚持每周一次，支教教师轮流主备", "对学困生实行一对一辅导并有记录", "支教教师与本校教师结对听课，每月不少于四节",
    "作业分层布置，低年级不留书面家庭作业", "家访走遍全班，建立联系卡",
)  # fmt: skip
PROBLEMS = (
    ("听课记录缺少课后反思，部分只记流程", "组织专题培训，补写反思并逐份复查"), ("科学、美术课时被语文、数学占用", "调整课表，按课程计划开齐，教导处每周抽查"),
    ("支教教师只承担本学科任课，没有参与学校教研活动", "列入教研组，明确每学期主持一次研讨"), ("教学随笔数量不足，且存在应付现象", "按月提交一篇，由教导主任审阅签字"),
    ("月考勤表填写不及时，确认滞后", "指定专人登记，次月 5 日前确认"), ("宿舍取暖设备功率不足，夜间室温偏低", "更换加热设备，检修电路"),
    ("教案与教学进度不一致，个别章节漏备", "重新核对进度，补齐缺课教案"), ("师徒结对协议签订后没有开展活动记录", "补建活动台账，每月上报一次"),
)  # fmt: skip
ADVICE = (
    "把县城学校的教研制度带过来，建立月教研日",
    "选派学科与学校紧缺学科进一步对应",
    "完善支教教师考核细则，减少材料留痕",
    "由中心校统筹，把支教教师的课例录成资源供村小共享",
    "为教学点配备便携式实验箱",
)
OPINIONS = (
    "老师上门家访，说了孩子的学习情况，我们很满意。", "希望老师能多留一年。", "孩子现在爱读书，晚上会主动看课外书。", "希望多布置一些动手的作业。", "学校伙食有改善，孩子吃得好。",
    "孩子普通话说得比以前好。", "希望放学时间能和班车衔接。", "老师的作业批得认真，孩子进步快。", "希望学校再开一个美术班。", "学校离家远，冬天天黑得早，希望早放学。",
)  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """One school, one day."""

    school: DemoSchool
    day: dt.date
    teachers: tuple[Posting, ...]

    @property
    def name(self) -> str:
        return f"{self.school.name} {self.day.year}年{self.day.month}月{self.day.day}日"


def write(county: County) -> None:
    for year in county.years:
        if year.is_full:
            rng = county.chance(f"inspection {year.first}")
            schools = _schools(county, year)
            _write_round(county, year, "秋季", schools[: county.wish.scaled(24, 2)], rng)
            if not year.is_running:
                _write_round(
                    county, year, "春季", schools[county.wish.scaled(24, 2) :][: county.wish.scaled(8, 1)], rng
                )


def _schools(county: County, year: Year) -> list[DemoSchool]:
    """Those with most seconded teachers first."""
    number: dict[int, int] = {}
    for posting in county.teaching(year):
        number[id(posting.receiver)] = number.get(id(posting.receiver), 0) + 1
    return sorted([s for s in county.receivers(year) if s.location != "城区"], key=lambda school: -number[id(school)])


def _write_round(county: County, year: Year, season: str, schools: list[DemoSchool], rng: random.Random) -> None:
    if not schools:
        return
    first = year.day(11, 2) if season == "秋季" else year.day(4, 13)
    name = f"{first.year}年{season}支教工作督导检查"
    # Two schools a day at most, three days a week.
    days = [working_day(first + dt.timedelta(days=7 * (place // 4) + place % 4)) for place in range(len(schools))]
    number = county.document(first.year, 51 if season == "秋季" else 9, "教督")
    announced = year.day(9, 28) if season == "秋季" else year.day(3, 9)  # at least thirty days before, outside holidays
    county.row(ROUNDS, {
        "检查轮次": name, "检查时间": f"{first:%Y.%m.%d}至{max(days[-1], first + dt.timedelta(days=3)):%Y.%m.%d}", "学年": year.code,
        "清单编号": f"{first.year}-{'07' if season == '秋季' else '03'}", "通知文号": number, "通知日期": announced,
    })  # fmt: skip
    for place, (school, day) in enumerate(zip(schools, days, strict=True)):
        there = tuple(
            posting
            for posting in county.teaching(year)
            if posting.school_on(day) is school and posting.start <= day <= posting.last_day
        )
        visit = Visit(school, day, there)
        inspected_by = school.centre if place % 9 == 8 and school.centre else None
        if county.happened(day):
            _write_visit(county, year, visit, name, inspected_by, rng)
        else:
            row: Row = {"受检学校": school.name, "检查日期": day, "学年": year.code, "检查轮次": name, "状态": "待检查"}
            county.row(INSPECTIONS, row | {"组长": rng.choice(LEADERS), "督导员": "、".join(some(rng, INSPECTORS, 2))})


def _write_visit(
    county: County, year: Year, visit: Visit, round_name: str, inspected_by: DemoSchool | None, rng: random.Random
) -> None:
    findings = _findings(county, visit, rng)
    homes = rng.randint(3, 8)
    is_closed = all(finding.get("是否销号", "是") == "是" for finding in findings)
    feedback_day = working_day(visit.day + dt.timedelta(days=rng.randint(1, 4)))
    has_feedback = feedback_day <= county.wish.today
    state = "已办结" if is_closed and has_feedback else "待整改" if has_feedback else "待反馈"
    row: dict[str, Any] = {
        "受检学校": visit.school.name, "检查日期": visit.day, "学年": year.code, "检查轮次": round_name, "状态": state,
        "检查学校": inspected_by.name if inspected_by else "", "组长": rng.choice(LEADERS), "督导员": "、".join(some(rng, INSPECTORS, rng.choice((2, 2, 3)))),
        "检查结论": rng.choices(("好", "较好", "一般"), (38, 52, 10))[0],
        "座谈日期": visit.day, "座谈地点": "学校会议室", "座谈对象": "学校领导、本校教师、支教教师", "座谈校领导人数": 2 if visit.school.is_small else rng.randint(3, 5),
        "座谈教师人数": rng.randint(2, 9), "座谈支教教师人数": len(visit.teachers), "个别谈话人数": rng.randint(2, 5), "座谈内容": "工作态度、工作方法、工作效果、生活保障",
        "资料检查日期": visit.day, "查阅地点": "教导处", "资料总体印象": rng.choice(IMPRESSIONS), "问卷走访日期": visit.day, "走访户数": homes,
        "走访人": "、".join(some(rng, INSPECTORS, 2)),
    }  # fmt: skip
    if has_feedback:
        row |= {
            "反馈日期": feedback_day, "反馈对象": "、".join([visit.school.name, *(posting.teacher.name for posting in visit.teachers[:2])]), "反馈意见条数": len(findings),
            "反馈意见书文号": county.document(visit.day.year, rng.randint(60, 99), "教督"), "回复日期": working_day(feedback_day + dt.timedelta(days=12)) if is_closed else None,
        }  # fmt: skip
    county.row(INSPECTIONS, row)
    _write_lines(county, visit, homes, rng)
    if has_feedback:
        for finding in findings:
            county.row(FINDINGS, {"督导检查": visit.name} | finding)


def _write_lines(county: County, visit: Visit, homes: int, rng: random.Random) -> None:
    for speaker, topic, text, quality in some(rng, SAID, rng.randint(2, 4)):
        county.row(
            POINTS, {"督导检查": visit.name, "发言人（身份）": speaker, "内容": topic, "要点": text, "评价": quality}
        )
    for posting in visit.teachers[:3]:
        for category, least, most in some(rng, ITEMS, 4):
            quality = rng.choices(("好", "较好", "一般"), (5, 5, 1))[0]
            county.row(REVIEWED, {
                "督导检查": visit.name, "资料类别": category, "被查教师": posting.teacher.name, "抽查数量": rng.randint(least, most),
                "缺少数量": rng.randint(1, 3) if quality == "一般" else 0, "质量": quality,
            })  # fmt: skip
    _write_questionnaires(county, visit, rng)
    for number in range(1, homes + 1):
        _write_home(county, visit, number, rng)


def _write_questionnaires(county: County, visit: Visit, rng: random.Random) -> None:
    small = visit.school.stage == "教学点"
    for respondents, least, most in (("学生", 40, 90), ("家长", 24, 60), ("教师", 6, 20)):
        issued = rng.randint(8, 16) if small else rng.randint(least, most)
        if visit.school.stage == "幼儿园" and respondents == "学生":
            continue
        if small and respondents == "教师":
            issued = 2 + len(visit.teachers)
        returned = issued - rng.randint(0, max(1, issued // 20))
        valid = max(0, returned - rng.randint(0, 2))
        satisfied = round(valid * rng.uniform(0.78, 0.93))
        fairly = round((valid - satisfied) * rng.uniform(0.55, 0.95))
        county.row(COUNTS, {
            "督导检查": visit.name, "问卷对象": respondents, "发放份数": issued, "收回份数": returned, "有效份数": valid, "满意": satisfied, "基本满意": fairly,
            "不满意": valid - satisfied - fairly,
        })  # fmt: skip


def _write_home(county: County, visit: Visit, number: int, rng: random.Random) -> None:
    grades = ("小班", "中班", "大班") if visit.school.stage == "幼儿园" else ("七年级", "八年级", "九年级") if visit.school.stage == "初中" else (
        "一年级", "二年级", "三年级", "四年级", "五年级", "六年级"
    )  # fmt: skip
    opinion = rng.choice(OPINIONS)
    needs = opinion in OPINIONS[3::6] or "班车" in opinion
    county.row(HOMES, {
        "督导检查": visit.name, "走访编号": f"{number:02}", "走访日期": visit.day, "走访人": rng.choice(INSPECTORS), "学生年级": rng.choice(grades),
        "与学生关系": rng.choice(("父亲", "母亲", "爷爷", "奶奶")), "走访方式": rng.choices(("入户", "电话", "到校"), (7, 2, 1))[0], "意见": opinion,
        "是否需处理": "是" if needs else "否", "处理结果": "已转告学校，学校与客运站协商调整发车时间" if needs and "班车" in opinion else "已转告任课教师" if needs else "",
    })  # fmt: skip


def _findings(county: County, visit: Visit, rng: random.Random) -> list[Row]:
    found: list[Row] = [
        {"类别": "优点", "内容": text, "是否销号": "是"} for text in some(rng, MERITS, rng.randint(1, 2))
    ]
    if visit.teachers and rng.random() < 0.6:
        found[0]["涉及教师"] = rng.choice(visit.teachers).teacher.name
    for text, measure in some(rng, PROBLEMS, rng.randint(1, 3)):
        due = working_day(visit.day + dt.timedelta(days=21))
        done = working_day(visit.day + dt.timedelta(days=rng.randint(8, 20)))
        checked = working_day(done + dt.timedelta(days=rng.randint(3, 9)))
        row: Row = {"类别": "问题", "内容": text, "整改期限": due, "是否销号": "否"}
        if done <= county.wish.today and (checked < dt.date(county.wish.running, 6, 10) or rng.random() < 0.8):
            row |= {"整改情况": measure, "整改完成日期": done}
            if checked <= county.wish.today:
                row |= {"复查日期": checked, "是否销号": "是"}
        found.append(row)
    return [*found, {"类别": "建议", "内容": rng.choice(ADVICE), "是否销号": "是"}]
