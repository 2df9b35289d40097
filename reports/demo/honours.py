"""Honours with issuer and document, and stories worth telling."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

from reports.demo.appraisal import SHEET as APPRAISALS
from reports.demo.county import County, Posting, Year, some

HONOURS, DEEDS = "荣誉", "典型事迹"
MEDIA = ("县融媒体中心", "县教育局公众号", "《清江日报》教育版", "", "")
OTHERS_OF_YEAR = (
    ("县级优质课评比一等奖", "县级", "{bureau}教研室"), ("市级“一师一优课”二等奖", "市级", "清江市教研院"), ("县级教学论文评选一等奖", "县级", "{bureau}"),
    ("县级教学设计评比一等奖", "县级", "{bureau}教研室"), ("市级优秀教师", "市级", "清江市教育局"), ("县级优秀班主任", "县级", "{bureau}"),
)  # fmt: skip
# Who it fits, and what was done. {name}, {from}, {to}, {area}, {subject} are filled in.
STORIES: tuple[tuple[Callable[[Posting], bool], str], ...] = (
    (lambda p: p.receiver.stage == "教学点", "{name}到{to}后，一个人承担两个年级的全部课程，冬天积雪封路，仍然提前一晚到校生好炉火；一学期下来，九名学生的{subject}成绩全部及格，家长自发把土特产送到宿舍门口，都被一一退回。"),
    (lambda p: p.subject == "音乐", "{name}把{from}的合唱队办到了{to}，三十二名留守儿童第一次登上县里的艺术节舞台，获得二等奖；排练用的乐谱是一个字一个音抄出来的。"),
    (lambda p: p.stage == "小学" and p.subject == "数学", "{name}在{to}推行“当日错题当日清”，每天放学后留出半小时面批，全班及格率由 61% 提高到 88%，方法已在{area}推广。"),
    (lambda p: p.subject == "英语", "{name}接手{to}四个班的英语课，把课文改编成短剧，学生从不敢开口到能用英语介绍家乡，期末成绩由{area}第六升到第二。"),
    (lambda p: p.is_backbone, "{name}作为骨干教师，一年听课五十余节、评课三十余次，带着两名青年教师从备一节课做起，徒弟在县级优质课评比中获奖。"),
    (lambda p: p.subject in ("科学", "物理", "化学"), "{name}用废旧材料做了四十余件教具，把没有开过的实验课开了起来，{to}的学生第一次自己动手做完了教材上的全部实验。"),
    (lambda p: p.duty != "支教教师", "{name}挂职期间主持{to}的教学常规建设，建立了每周集体备课和每月教研日制度，离任时教师们把制度汇编成册继续执行。"),
    (lambda p: p.stage == "小学" and p.subject == "语文", "{name}在{to}办起了“晨读十分钟”，从原校募来图书三百余册，建起{area}第一个班级阅读角，孩子们的日记越写越长。"),
    (lambda p: p.teacher.sex == "女" and p.stage == "小学" and not p.receiver.is_small, "{name}的孩子刚上小学，她把孩子一起带到{to}就读，周末走访了全班二十六户家庭，劝返两名准备辍学的学生。"),
    (lambda p: p.subject == "体育", "{name}在{to}的土操场上带出一支足球队，全校学生每天坚持一小时锻炼，肥胖率下降了九个百分点。"),
)  # fmt: skip


def write(county: County) -> None:
    for year in county.years:
        if year.is_full:
            rng = county.chance(f"honours {year.first}")
            if not year.is_running:
                _write_best(county, year, rng)
                _write_deeds(county, year, rng)
            _write_others(county, year, rng)


def _write_best(county: County, year: Year, rng: random.Random) -> None:
    """The county's own: after the appraisal, from those graded best."""
    by_name = {posting.teacher.name: posting for posting in county.teaching(year)}
    excellent = [
        row["教师"] for row in county.rows[APPRAISALS] if row["考核等次"] == "优秀" and row["学年"] == year.code
    ]
    day, told = dt.date(year.first + 1, 7, 15), year.code.replace("-", "—")
    common = {"级别": "县级", "授予单位": county.wish.bureau, "授予日期": day, "学年": year.code}
    number = county.document(year.first + 1, 42)
    for name in excellent[: county.wish.scaled(12)]:
        county.row(
            HONOURS,
            {"荣誉名称": f"{told}学年支教先进个人", "获奖教师": by_name[name].teacher.name, "文号": number} | common,
        )
    senders = sorted(county.senders(year), key=lambda school: -len(school.teachers))
    receivers = [school for school in county.receivers(year) if school.is_centre or school.is_small]
    for school in [*senders[: county.wish.scaled(3)], *some(rng, receivers, county.wish.scaled(4))]:
        county.row(
            HONOURS,
            {"荣誉名称": f"{told}学年支教工作先进集体", "获奖（所属）学校": school.name, "文号": number} | common,
        )


def _write_others(county: County, year: Year, rng: random.Random) -> None:
    teaching = county.teaching(year)
    for place, posting in enumerate(some(rng, teaching, county.wish.scaled(9, 1))):
        title, level, issuer = OTHERS_OF_YEAR[place % len(OTHERS_OF_YEAR)]
        at_teachers_day = "优秀" in title
        month, day = (9, 9) if at_teachers_day else ((11, 24), (4, 17), (5, 21), (12, 18), (3, 26))[place % 5]
        on = year.day(month, day)
        if not county.happened(on):
            continue
        office = "清教发" if level == "市级" else f"{county.wish.name[0]}教发"
        county.row(HONOURS, {
            "荣誉名称": f"{on.year}年{title}", "获奖教师": posting.teacher.name, "级别": level, "授予单位": issuer.format(bureau=county.wish.bureau),
            "文号": f"{office}〔{on.year}〕{rng.randint(11, 70)}号", "授予日期": on, "学年": year.code,
        })  # fmt: skip
    on = year.day(5, 26)
    if county.happened(on):
        county.row(HONOURS, {
            "荣誉名称": f"{on.year}年爱心助学先进集体", "其他获奖者": "县第一中学 1998 届同学会", "级别": "县级", "授予单位": county.wish.bureau,
            "文号": county.document(on.year, 29), "授予日期": on, "学年": year.code,
        })  # fmt: skip


def _write_deeds(county: County, year: Year, rng: random.Random) -> None:
    told: set[int] = set()
    stories = some(rng, STORIES, county.wish.scaled(len(STORIES), 2))
    for fits, text in stories:
        fitting = [
            posting
            for posting in county.teaching(year)
            if fits(posting) and id(posting) not in told and not posting.ended
        ]
        if not fitting:
            continue
        posting = rng.choice(fitting)
        told.add(id(posting))
        filled = text.format(
            name=posting.teacher.name,
            to=posting.receiver.name,
            subject=posting.subject,
            area=f"全{posting.receiver.township[-1]}",
            **{"from": posting.sender.name},
        )
        county.row(DEEDS, {
            "教师": posting.teacher.name, "事迹": filled, "宣传载体": rng.choice(MEDIA), "时间": f"{year.first + 1}年{rng.choice((3, 4, 5, 6))}月", "学年": year.code,
        })  # fmt: skip
