"""How the work is led: groups, documents, meetings, training, incentives; and what remains to be done."""

from __future__ import annotations

import random
from typing import Any

from reports.demo.county import County, DemoSchool, Year, some

GROUPS, DOCUMENTS, MEETINGS, TRAININGS, INCENTIVES, OUTLOOK = (
    "组织领导",
    "政策文件",
    "会议",
    "培训",
    "激励措施",
    "问题与打算",
)
RULES_OF_CARE = "支教教师生活补助和后勤保障管理办法"  # issued once; what follows it in the next year is a notice
# month, day, number, office, title: issued by the bureau every year.
ISSUED = (
    (4, 14, 12, "教人", "关于做好{next}学年支教岗位需求申报工作的通知"), (8, 12, 34, "教人", "{year}学年教师支教和交流轮岗工作实施方案"),
    (8, 25, 37, "教人", "关于下达{year}学年支教教师派遣计划的通知"), (9, 8, 41, "教督", "{year}学年支教工作督导检查方案"),
    (10, 12, 45, "教发", RULES_OF_CARE), (5, 25, 18, "教人", "关于开展{year}学年支教教师期满考核工作的通知"),
)  # fmt: skip
MEETINGS_OF_BUREAU: tuple[dict[str, Any], ...] = (
    {"on": (8, 18), "会议名称": "领导小组会议", "主持人": "局长", "会议主题": "审定{year}学年支教派遣计划和经费安排", "参加人员": "领导小组成员、有关股室负责人", "参加人数": 14,
     "议定事项": "同意派遣计划；县财政安排支教补助和保障经费，列入年度预算；派出学校不得以课程无人接替为由截留骨干教师"},
    {"on": (8, 26), "会议名称": "动员会", "主持人": "分管副局长", "会议主题": "{year}学年支教教师派遣动员", "参加人员": "全体支教教师、派出学校校长、受援学校校长", "参加人数": "约{people}",
     "议定事项": "支教教师 9 月 1 日前到岗；派出学校负责送达，受援学校当天办理报到并落实住宿"},
    {"on": (10, 20), "会议名称": "专题会议", "主持人": "人事股股长", "会议主题": "研究支教教师住宿和冬季取暖问题", "参加人员": "人事股、计财股、项目办负责人，有关中心校校长", "参加人数": 17,
     "议定事项": "11 月 15 日前为海拔较高的教学点配齐取暖设备，费用由公用经费列支；周转宿舍维修列入寒假项目"},
    {"on": (12, 22), "会议名称": "督导工作会议", "主持人": "督导室主任", "会议主题": "通报秋季支教工作督导检查情况", "参加人员": "责任督学、受检学校校长", "参加人数": 38,
     "议定事项": "对未整改到位的学校下达督办单，春季开学后逐校复查"},
    {"on": (3, 18), "会议名称": "座谈会", "主持人": "局长", "会议主题": "听取支教教师意见建议", "参加人员": "支教教师代表、受援学校校长代表", "参加人数": 26,
     "议定事项": "交通补助按月发放；县域内培训名额向支教教师倾斜；职称评审材料由县局统一出具服务年限证明"},
    {"on": (6, 30), "会议名称": "总结会", "主持人": "分管副局长", "会议主题": "{year}学年支教工作总结和考核结果审定", "参加人员": "领导小组成员、督导员、中心校校长", "参加人数": 42,
     "议定事项": "审定考核等次；评为优秀的优先推荐参加职称评审；启动下一学年派遣工作"},
)  # fmt: skip
RECEIVING_TOPICS = (
    "接待支教教师，介绍学校情况，明确任教学科",
    "落实支教教师住宿、食堂和任课安排",
    "听取支教教师对学校教研工作的建议",
)
TRAININGS_OF_BUREAU: tuple[dict[str, Any], ...] = (
    {"on": (8, 27), "培训形式": "岗前培训", "培训主题": "乡村小规模学校的课堂组织与复式教学", "主讲人": "县教研室主任 康正明", "参加对象": "全体支教教师", "参加人数": "{people}"},
    {"on": (9, 26), "培训形式": "专题培训", "培训主题": "国家中小学智慧教育平台在乡村课堂的使用", "主讲人": "县电教馆 钟海波", "参加对象": "支教教师和受援学校教师", "参加人数": "约150"},
    {"on": (11, 14), "培训形式": "观摩研讨", "培训主题": "小学数学“问题引领”课堂教学", "主讲人": "县实验小学教研团队", "参加对象": "小学数学支教教师及徒弟", "参加人数": 46},
    {"on": (4, 10), "培训形式": "报告会", "培训主题": "做有温度的乡村教师", "主讲人": "省特级教师 蒋玉芳", "参加对象": "支教教师代表", "参加人数": "近百"},
)  # fmt: skip
MEASURES = (
    ("支教经历作为申报高级教师职称的必备条件，同等条件下优先", "青岚县中小学教师职称评审推荐办法"), ("考核优秀的在评选县级以上骨干教师时加 2 分", "教师支教和交流轮岗工作实施方案"),
    ("原校职务、工资、福利待遇不变，另发生活补助和交通补助", "支教教师生活补助和后勤保障管理办法"), ("每年安排一次健康体检，投保人身意外伤害保险", "支教教师生活补助和后勤保障管理办法"),
    ("每年评选支教先进个人，由县教育局表彰", "支教教师考核办法"),
)  # fmt: skip
PROBLEMS = (
    ("学科结构性缺口仍然存在，初中物理、化学和小学音乐、信息科技的需求没有全部满足", "扩大走教和联片授课，由中心校统筹专任教师到村小、教学点上课"),
    ("选派的骨干教师中县级以下称号占多数，市级以上骨干教师偏少，示范作用有限", "把市级以上骨干教师到乡村任教一年作为继续享受骨干待遇的条件"),
    ("个别教学点取暖、用水条件较差，周转宿舍数量不足，部分教师每日往返路途较远", "申报周转宿舍项目，先解决海拔高、路程远的教学点"),
    ("少数派出学校对支教教师期满后的使用重视不够，支教成果没有在原校得到推广", "把支教教师返校后的汇报课和成果推广纳入派出学校年度考核"),
    ("部分受援学校把支教教师当作临时补缺人员，听评课、师徒结对等任务落实不够扎实", "检查结果按月通报，与学校校长年度绩效挂钩"),
)  # fmt: skip
NEXT_STEPS = (
    ("按“学科需求在前、人员选派在后”的办法编制下一学年派遣计划，紧缺学科选派比例不低于三成", "7 月 10 日前完成需求核对"),
    ("实施骨干教师“县管校聘、轮流下乡”，两年内使交流教师中骨干教师比例稳定在 20% 以上", "建立县级以上骨干教师交流台账"),
    ("新建、改造乡村教师周转宿舍 24 套，为 11 个教学点更换取暖设备", "列入年度改薄项目"),
    ("建立支教教师工作室 6 个，由考核优秀的支教教师主持，带动受援学校教研", "每个工作室每学期开展活动不少于 3 次"),
    ("支教期满三年内跟踪受援学校教学质量变化，作为评价派出学校工作的依据", "由教研室、督导室共同实施"),
    ("完善困难诉求当月受理、当月答复的办法，办理情况每季度公布一次", "由人事股牵头"),
)  # fmt: skip
FOLLOWING = ("把支教工作经历、考核结果记入教师个人档案，期满一个月内发放服务年限证明", "由人事股办理")


def write(county: County) -> None:
    for year in county.years:
        if not year.is_full:
            continue
        rng = county.chance(f"organisation {year.first}")
        _write_group(county, year)
        _write_documents(county, year)
        _write_bureau_meetings(county, year)
        _write_school_meetings(county, year, rng)
        _write_trainings(county, year, rng)
        for measure, basis in MEASURES:
            county.row(
                INCENTIVES, {"学年": year.code, "激励措施": measure, "依据": basis.replace("青岚县", county.wish.name)}
            )
        if not year.is_running:
            _write_outlook(county, year, rng)


def _filled(text: Any, county: County, year: Year) -> Any:
    """A sentence with this year's numbers in it."""
    if not isinstance(text, str):
        return text
    people = len(county.teaching(year))
    told = text.replace("{year}", year.code.replace("-", "—")).replace("{next}", f"{year.first}—{year.first + 1}")
    return told.replace("{people}", str(people))


def _write_group(county: County, year: Year) -> None:
    county.row(GROUPS, {
        "学年": year.code, "成立时间": year.day(8, 13), "领导小组名称": f"{county.wish.name}支教工作领导小组", "组长": "局长",
        "成员": "分管副局长、人事股股长、计财股股长、督导室主任、教研室主任", "是否明确责任科室": "是", "责任科室": "人事股、督导室、教研室、计财股",
        "落实事项": "人员、经费、责任", "选派侧重": "紧缺学科、骨干教师",
    })  # fmt: skip
    biggest = sorted(county.senders(year), key=lambda school: -len(school.teachers))[: county.wish.scaled(5)]
    for school in biggest:
        county.row(GROUPS, {
            "学年": year.code, "成立时间": f"{year.first}年8月", "学校": school.name, "领导小组名称": f"{school.name}支教工作领导小组", "组长": school.principal,
            "成员": "教学副校长、教导主任、工会主席", "是否明确责任科室": "是", "责任科室": "教导处", "落实事项": "领导、教师、经费", "选派侧重": "学校重点学科、骨干教师",
        })  # fmt: skip


def _write_documents(county: County, year: Year) -> None:
    for month, day, number, office, title in ISSUED:
        # Of April: what prepares this very year was issued before it began.
        issued = year.day(month, day)
        if month == 4:
            issued = issued.replace(year=year.first)
        if county.happened(issued):
            if year.is_running and title == RULES_OF_CARE:
                title = "关于进一步做好支教教师冬季取暖和安全工作的通知"
            county.row(DOCUMENTS, {
                "文件名称": _filled(title, county, year), "文号": county.document(issued.year, number, office), "发文单位": county.wish.bureau, "发文日期": issued,
                "学年": year.code,
            })  # fmt: skip


def _write_bureau_meetings(county: County, year: Year) -> None:
    for meeting in MEETINGS_OF_BUREAU:
        day = year.day(*meeting["on"])
        if county.happened(day):
            told = {header: _filled(cell, county, year) for header, cell in meeting.items() if header != "on"}
            county.row(MEETINGS, told | {"会议日期": day, "学年": year.code})


def _write_school_meetings(county: County, year: Year, rng: random.Random) -> None:
    centres = [school for school in county.receivers(year) if school.is_centre]
    for school in some(rng, centres, county.wish.scaled(7)):
        day = year.day(8, rng.randint(28, 31))
        county.row(MEETINGS, _school_meeting(school, year, rng) | {"会议日期": day})
    for school in some(rng, county.senders(year), county.wish.scaled(5)):
        day = year.day(6, rng.randint(21, 25)) if not year.is_running else year.day(8, 27)
        topic = "听取期满支教教师汇报，安排返校任课" if not year.is_running else "欢送支教教师，签订支教协议"
        county.row(MEETINGS, {
            "会议名称": "座谈会", "会议日期": day, "学年": year.code, "召开学校": school.name, "主持人": school.principal, "会议主题": topic,
            "参加人员": "支教教师、中层以上干部", "参加人数": rng.randint(12, 24),
        })  # fmt: skip


def _school_meeting(school: DemoSchool, year: Year, rng: random.Random) -> dict[str, Any]:
    return {
        "会议名称": "接收工作会议", "学年": year.code, "召开学校": school.name, "主持人": school.principal, "会议主题": rng.choice(RECEIVING_TOPICS),
        "参加人员": "各村小校长、教导主任、后勤负责人", "参加人数": rng.randint(8, 16), "议定事项": rng.choice((
            "为支教教师每人配一间宿舍，统一在教师食堂就餐", "每位支教教师至少带一名徒弟，每月听课不少于四节", "由教导主任每月核对考勤，次月五日前上报",
        )),
    }  # fmt: skip


def _write_trainings(county: County, year: Year, rng: random.Random) -> None:
    for training in TRAININGS_OF_BUREAU:
        day = year.day(*training["on"])
        if county.happened(day):
            told = {header: _filled(cell, county, year) for header, cell in training.items() if header != "on"}
            county.row(TRAININGS, told | {"培训日期": day, "学年": year.code, "次数": 1})
    centres = [school for school in county.receivers(year) if school.is_centre]
    for school in some(rng, centres, county.wish.scaled(3)):
        start, end = year.day(9, 14), year.day(1, 8) if not year.is_running else county.wish.today
        weeks = (end - start).days // 7
        county.row(TRAININGS, {
            "培训形式": "晚间学习交流", "培训主题": rng.choice(("有效教学", "大单元备课", "复式班课堂管理")), "培训日期": f"{start:%Y.%m.%d}至{end:%Y.%m.%d}", "学年": year.code,
            "举办学校": school.name, "主讲人": "支教教师轮流主讲", "参加对象": "支教教师和本校青年教师", "参加人数": "十余", "频次": "每周", "次数": max(1, weeks),
        })  # fmt: skip


def _write_outlook(county: County, year: Year, rng: random.Random) -> None:
    for kind, items in (("存在问题", some(rng, PROBLEMS, 4)), ("下一步打算", [*some(rng, NEXT_STEPS, 4), FOLLOWING])):
        for text, measure in items:
            county.row(OUTLOOK, {"学年": year.code, "类别": kind, "内容": text, "措施": measure})
