"""The rubrics that are there from the start, as data. A county copies one and makes it its own.

Two follow published ones of which only a part can be read: what is missing is told as missing, not made up.
"""

from __future__ import annotations

from typing import Any

from evaluations.choices import Grade, ItemKind, QuotaGroup


def levels(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"levels": [{"name": name, "points": points} for name, points in pairs]}


def per(*lines: tuple[str, str, str]) -> dict[str, Any]:
    return {"per": [{"name": name, "unit": unit, "points": points} for name, unit, points in lines]}


def opinions(*groups: str) -> dict[str, Any]:
    options = [{"name": name, "points": points} for name, points in (("满意", "5"), ("基本满意", "4"), ("不满意", "0"))]
    return {"groups": [{"name": group, "options": options} for group in groups]}


def item(
    section: str, name: str, kind: str, maximum: int, rule: dict[str, Any], words: str, fact: str = ""
) -> dict[str, Any]:
    return {
        "section": section,
        "name": name,
        "kind": kind,
        "maximum": maximum,
        "rule": rule,
        "words": words,
        "fact": fact,
    }


RUBRICS: tuple[dict[str, Any], ...] = (
    {
        "key": "plain", "name": "德能勤绩廉考核办法", "quota_percent": "20", "quota_group": QuotaGroup.COUNTY,
        "basis": "事业单位工作人员考核规定（人社部发〔2023〕6号）",
        "remark": "德能勤绩廉五个方面，侧重德和绩。可以直接用，也可以复制一份，按本县的改。",
        "items": (
            item("德", "师德师风", ItemKind.LEVEL, 20, levels(("好", "20"), ("较好", "16"), ("一般", "12"), ("差", "0")),
                 "爱岗敬业、关爱学生、为人师表、团结协作、服从安排"),
            item("能", "教育教学能力", ItemKind.LEVEL, 20, levels(("好", "20"), ("较好", "16"), ("一般", "12"), ("差", "0")),
                 "教学设计、课堂教学、作业批改和辅导、教学研究、示范带动"),
            item("勤", "出勤", ItemKind.DEDUCTION, 10, per(("事假", "天", "1"), ("旷工", "天", "5"), ("迟到", "次", "0.5"), ("早退", "次", "0.5")),
                 "病假、公假和法定的假不扣分", "attendance"),
            item("勤", "工作量", ItemKind.RATIO, 10, {}, "周课时达到全校平均的得满分，不到的按比例", "load"),
            item("绩", "教学实绩", ItemKind.LEVEL, 15, levels(("好", "15"), ("较好", "12"), ("一般", "9"), ("差", "0")),
                 "所教班级学习情况的变化、带徒弟和教研的成效"),
            item("绩", "满意度", ItemKind.RATING, 15, {"scale": "100"}, "师生和家长问卷的满意率，100% 得满分", "satisfaction"),
            item("廉", "廉洁从教", ItemKind.LEVEL, 10, levels(("好", "10"), ("较好", "8"), ("一般", "6"), ("差", "0")),
                 "遵守廉洁从教的规定，不收礼，不有偿补课"),
            item("", "表彰加分", ItemKind.BONUS, 5, per(("县级", "项", "1"), ("市级", "项", "2"), ("省级", "项", "3"), ("国家级", "项", "5")),
                 "支教期间受到的表彰", "honours"),
            item("", "师德一票否决", ItemKind.VETO, 0, {}, "师德失范、有偿补课、责任事故，有其中一项的定为不合格"),
        ),
        "thresholds": (
            (Grade.EXCELLENT, "90", "105"), (Grade.QUALIFIED, "70", "89.99"), (Grade.BASIC, "60", "69.99"), (Grade.FAILED, "0", "59.99"),
        ),
    },
    {
        "key": "exchange-100", "name": "交流支教教师考核办法（满意度、出勤、常规、质量）",
        "basis": "参照岚县中小学交流支教教师考核办法（试行）",
        "remark": "公开的条文合计 90 分，还差 10 分；等次分数线也没有公开。复制以后由本县补齐，补齐了才能用。",
        "items": (
            item("", "满意度测评", ItemKind.RATING, 10, opinions("校领导", "教师和学生"),
                 "校领导 5 分，同学段教师和学生 5 分；满意 5、基本满意 4、不满意 0，取平均；受援学校每学期至少测评一次", "opinions"),
            item("出勤和工作量", "工作量", ItemKind.RATIO, 10, {}, "本人课时 ÷ 全校平均课时 × 10，达到平均的得满分", "load"),
            item("出勤和工作量", "出勤", ItemKind.BANDS, 20,
                 {"unit": "天", "bands": [
                     {"from": "0", "to": "5", "points": "20"}, {"from": "6", "to": "10", "points": "15"},
                     {"from": "15", "to": "27", "points": "10"}, {"from": "31", "points": "0"},
                 ]},
                 "请假 5 个工作日以内 20 分；6 到 10 天 15 分；连续超过两周不满四周或累计不满四周 10 分；累计超过一个月 0 分，县局批准的除外", "leave_days"),
            item("", "常规教学", ItemKind.DEDUCTION, 20, per(("检查不合格", "次", "1")), "各项常规都完成 20 分；检查中每发现一次不合格扣 1 分，扣完为止"),
            item("", "教学质量", ItemKind.LEVEL, 30, levels(("优", "30"), ("良", "24"), ("合格", "18"), ("不合格", "0")),
                 "按年终全县检测，由学校和县教研室核定"),
        ),
        "thresholds": (),
    },
    {
        "key": "regular-80-20", "name": "支教教师考核办法（常规 80、测评 20）",
        "basis": "参照洛南县边远贫困山区支教教师考核办法",
        "remark": "能、教学成绩和测评怎样计分，公开的条文里看不到；等次分数线也没有公开。复制以后由本县补齐，补齐了才能用。",
        "items": (
            item("德", "师德表现", ItemKind.LEVEL, 10, levels(("优秀", "10"), ("合格", "8"), ("基本合格", "6"), ("不合格", "0")), "受援学校按自己的细则每年评定"),
            item("能", "教学能力", ItemKind.LEVEL, 20, {}, "教学设计、课堂教学、课外辅导和作业批改、教学研究、示范引领；各档多少分由本县定"),
            item("勤", "出勤", ItemKind.DEDUCTION, 20,
                 per(("事假", "天", "1"), ("病假", "天", "0.2"), ("旷工", "天", "5"), ("迟到", "次", "0.2"), ("早退", "次", "0.2")), "扣完为止", "attendance"),
            item("绩", "学术汇报和示范课", ItemKind.DEDUCTION, 10, per(("缺少", "次", "5")), "每学期 1 次学术汇报、2 节示范课，每少一次扣 5 分"),
            item("绩", "教学成绩", ItemKind.LEVEL, 20, {}, "检测成绩在全镇（县）上游，或比上年提高；各档多少分由本县定"),
            item("", "测评", ItemKind.RATING, 20, {}, "怎样测评由本县定"),
        ),
        "thresholds": (),
    },
)  # fmt: skip


def put(rubrics: Any, items: Any, thresholds: Any) -> None:
    """Writes those that are not there yet; takes the models, so that a migration can give its own."""
    for known in RUBRICS:
        fields = {name: value for name, value in known.items() if name not in ("items", "thresholds")}
        if rubrics.objects.filter(county=None, key=fields["key"]).exists():
            continue
        one = rubrics.objects.create(county=None, version=1, **fields)
        items.objects.bulk_create(
            items(county=None, rubric=one, number=number, **line) for number, line in enumerate(known["items"], 1)
        )
        thresholds.objects.bulk_create(
            thresholds(county=None, rubric=one, grade=grade, lowest=lowest, highest=highest)
            for grade, lowest, highest in known["thresholds"]
        )
