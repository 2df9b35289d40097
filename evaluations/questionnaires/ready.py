"""The sets of questions that are there from the start, as data. A county copies one and makes it its own."""

from __future__ import annotations

from typing import Any

from evaluations.choices import Opinion, QuestionKind, RespondentKind

GOOD, FAIR, BAD = Opinion.SATISFIED, Opinion.FAIRLY, Opinion.DISSATISFIED
Option = tuple[str, int | None, str]  # its words, its points, what it says of satisfaction

OFTEN: tuple[Option, ...] = (("总是", 95, GOOD), ("常常", 85, GOOD), ("有时", 65, FAIR), ("很少", 50, BAD))
FACES: tuple[Option, ...] = (("是的", 95, GOOD), ("有时候", 75, FAIR), ("不是", 50, BAD))
PLEASED: tuple[Option, ...] = (("很满意", 95, GOOD), ("满意", 85, GOOD), ("基本满意", 70, FAIR), ("不满意", 50, BAD))
OVERALL: tuple[Option, ...] = (("满意", 95, GOOD), ("基本满意", 75, FAIR), ("不满意", 50, BAD))
GRADES: tuple[Option, ...] = (("优", 95, GOOD), ("良", 85, GOOD), ("合格", 70, FAIR), ("差", 50, BAD))
WISHED: tuple[Option, ...] = (("希望", 95, ""), ("不希望", 50, ""))
KNOWN: tuple[Option, ...] = (("知道", None, ""), ("不知道", None, ""))
TIMES: tuple[Option, ...] = (("没有", None, ""), ("1—2 次", None, ""), ("3 次以上", None, ""))
CHANGES: tuple[Option, ...] = (("变化明显", 95, ""), ("有一些变化", 80, ""), ("没有变化", 60, ""))
GIFTS: tuple[Option, ...] = (("没有", None, ""), ("不清楚", None, ""), ("有", None, ""))


def scale(text: str, options: tuple[Option, ...], *, overall: bool = False, required: bool = False) -> dict[str, Any]:
    return {
        "text": text, "kind": QuestionKind.SCALE, "options": options, "tells_satisfaction": overall, "is_required": required,
    }  # fmt: skip


def choice(text: str, options: tuple[Option, ...]) -> dict[str, Any]:
    return {"text": text, "kind": QuestionKind.CHOICE, "options": options, "is_required": False}


def words(text: str) -> dict[str, Any]:
    return {"text": text, "kind": QuestionKind.TEXT, "options": (), "is_required": False}


# Nobody is made to answer: of a pupil nothing is required, of an adult the overall word alone.
SETS: tuple[dict[str, Any], ...] = (
    {
        "key": "pupils", "title": "学生问卷", "respondents": RespondentKind.PUPILS,
        "introduction": "想一想这位老师平时的课，选一个最像的。",
        "questions": (
            scale("老师按时上课、下课，不缺课", OFTEN),
            scale("老师讲的课，我听得懂", OFTEN),
            scale("上课有意思，我愿意听", OFTEN),
            scale("上课时，我有机会提问和发言", OFTEN),
            scale("作业不多不少，批改后会讲评", OFTEN),
            scale("同学不懂的地方，老师耐心教", OFTEN),
            scale("老师对每个同学都公平", OFTEN),
            scale("老师不讽刺、不体罚同学", OFTEN),
            scale("老师关心我们的生活", OFTEN),
            scale("我喜欢这位老师的课", OFTEN, overall=True),
            choice("希望这位老师明年继续教我们", WISHED),
            words("有一句话想说"),
        ),
    },
    {
        "key": "pupils-lower", "title": "学生问卷（低年级）", "respondents": RespondentKind.PUPILS, "has_faces": True,
        "introduction": "想一想，点一个脸。",
        "questions": (
            scale("老师上课，我听得懂", FACES),
            scale("老师上课很有意思", FACES),
            scale("老师会帮助我", FACES),
            scale("老师对大家都一样好", FACES),
            scale("我喜欢上这位老师的课", FACES, overall=True),
        ),
    },
    {
        "key": "parents", "title": "家长问卷", "respondents": RespondentKind.PARENTS,
        "introduction": "孩子班上有一位支教老师，请您说说看法。",
        "questions": (
            choice("您知道孩子班上有支教老师吗", KNOWN),
            scale("老师的师德", PLEASED),
            scale("老师的责任心", PLEASED),
            scale("老师的教学水平", PLEASED),
            scale("作业的布置和批改", PLEASED),
            choice("这学期老师家访、打电话或当面沟通的次数", TIMES),
            choice("孩子在学习、习惯、兴趣上的变化", CHANGES),
            choice("老师有没有收礼、有偿补课", GIFTS),
            scale("总的来说，您对这位老师", OVERALL, overall=True, required=True),
            words("您的意见和建议"),
        ),
    },
    {
        "key": "colleagues", "title": "同事测评", "respondents": RespondentKind.COLLEAGUES,
        "introduction": "请按平时了解的情况，对这位支教教师作出评价。",
        "questions": (
            scale("工作态度", GRADES),
            scale("教学能力", GRADES),
            scale("帮带作用", GRADES),
            scale("团结协作", GRADES),
            scale("遵守纪律", GRADES),
            scale("总体评价", OVERALL, overall=True, required=True),
            words("想补充的话"),
        ),
    },
    {
        "key": "leaders", "title": "领导测评（名誉测评）", "respondents": RespondentKind.LEADERS,
        "introduction": "请学校领导对这位支教教师作出评价。",
        "questions": (
            scale("师德师风", GRADES),
            scale("出勤和遵守纪律", GRADES),
            scale("教学能力和效果", GRADES),
            scale("对本校教师的帮带", GRADES),
            scale("团结协作、服从安排", GRADES),
            scale("总体评价", OVERALL, overall=True, required=True),
            words("主要成绩和不足"),
        ),
    },
)  # fmt: skip


def put(question_sets: Any, questions: Any, options: Any) -> None:
    """Writes those that are not there yet; takes the models, so that a migration can give its own."""
    for known in SETS:
        fields = {name: value for name, value in known.items() if name != "questions"}
        if question_sets.objects.filter(county=None, key=fields["key"]).exists():
            continue
        one = question_sets.objects.create(county=None, version=1, **fields)
        for number, asked in enumerate(known["questions"], 1):
            told = {name: value for name, value in asked.items() if name != "options"}
            question = questions.objects.create(county=None, question_set=one, number=number, **told)
            options.objects.bulk_create(
                options(county=None, question=question, number=place, text=text, points=points, opinion=opinion)
                for place, (text, points, opinion) in enumerate(asked["options"], 1)
            )
