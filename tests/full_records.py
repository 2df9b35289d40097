"""Something of everything that can be recorded of a secondment, its teacher, its schools and an inspection; so many times."""

import datetime as dt
from decimal import Decimal

from assignments.models import (
    Activity,
    Allocation,
    AllowancePayment,
    Application,
    AttendanceMonth,
    BackboneTitle,
    CondolenceVisit,
    Demand,
    Difficulty,
    Donation,
    Exemption,
    Incentive,
    LeadingGroup,
    Leave,
    Meeting,
    OutlookItem,
    Pairing,
    PolicyDocument,
    Provision,
    PublicNotice,
    School,
    SecondmentChange,
    Teacher,
    TeamReport,
    Training,
    YearFacts,
)
from evaluations.models import (
    Appraisal,
    AppraisalScore,
    Briefing,
    BriefingPoint,
    Deed,
    Feedback,
    Finding,
    HomeVisit,
    Honour,
    Inspection,
    InspectionRound,
    Lecture,
    Lesson,
    Mentorship,
    QuestionnaireCount,
    RecordsReview,
    ReviewedItem,
    Survey,
    WorkRecord,
)
from zhijiao.dates import ApproximateDate

ID_NUMBER, PHONE, BANK_CARD = "110101199003070039", "13812345678", "6222020200112233"


def on(model, day, **fields):
    """A dated record that happened on a day."""
    row = model(**fields)
    row.when = ApproximateDate.day(day)
    row.save()
    return row


def fill_teacher(teacher):
    """The person, with numbers that nobody may see whole."""
    teacher.id_number, teacher.phone, teacher.bank_card = ID_NUMBER, PHONE, BANK_CARD
    teacher.sex, teacher.title, teacher.subject, teacher.stage = "2", "3", "语文", "primary"
    teacher.birth_date, teacher.at_school_since = dt.date(1990, 3, 7), dt.date(2015, 9, 1)
    teacher.health, teacher.family, teacher.bank = "术后恢复", "两孩", "农商行"
    teacher.save()
    county = teacher.county
    BackboneTitle.objects.create(county=county, teacher=teacher, title="骨干教师", level="county", year=2022)
    Exemption.objects.create(county=county, teacher=teacher, reason="nursing", end=dt.date(2020, 1, 1))


def fill_secondment(secondment, times=1):
    """What is recorded while somebody is on post."""
    county, teacher, receiving = secondment.county, secondment.teacher, secondment.placements.get().receiving_school
    of = {"county": county, "secondment": secondment}
    Application.objects.create(
        **of, applied_on=dt.date(2023, 5, 12), reason="愿意到乡村去", wished_schools=["松岭乡中心小学"]
    )
    for number in range(times):
        month, day = dt.date(2023, 9 + number, 1), dt.date(2023, 10, 1 + number)
        AttendanceMonth.objects.create(**of, month=month, due=22, present=20, sick_leave=2, confirmed_by="吴校长")
        Leave.objects.create(**of, kind="sick", start=day, end=day, days=1, reason="住院手术")
        AllowancePayment.objects.create(**of, month=month, standard=500, amount=480, deduction=20)
        on(SecondmentChange, day, **of, kind="subject", before="数学", after="科学")
        on(Difficulty, day, county=county, teacher=teacher, text=f"宿舍第{number}间没有取暖", category="housing")
        on(WorkRecord, day, **of, category="教案", number=30, title=f"第{number}单元")
        on(Lesson, day, **of, kind="open", number=2, topic=f"《桂林山水》第{number}课", school=receiving)
        on(Lesson, day, **of, kind="observed", number=5)
        on(
            Lecture,
            day,
            **of,
            title=f"怎样教写作{number}",
            people_number=30,
            people_is_approximate=True,
            people_words="三十余人",
        )
        apprentice = Teacher.objects.create(county=county, school=receiving, name=f"徒弟{number}")
        Mentorship.objects.create(**of, apprentice=apprentice, goal="独立上公开课")
        appraisal = on(Appraisal, day, **of, kind="term", score=Decimal("91.5"), grade="excellent")
        AppraisalScore.objects.create(county=county, appraisal=appraisal, item="师德", maximum=20, score=19)
        fill_inspection(county, receiving, day, number)


def fill_inspection(county, school, day, number=0):
    """One inspection with its four parts."""
    name = f"秋季第{number}轮"
    announced = {"list_number": "清单7", "announced_on": day}
    list_of = InspectionRound.objects.filter(county=county, name=name).first() or on(
        InspectionRound, day, county=county, name=name, **announced
    )
    inspection = on(
        Inspection,
        day,
        county=county,
        school=school,
        round=list_of,
        leader="何志平",
        inspectors=["卢晓红"],
        conclusion="good",
    )
    of = {"county": county, "inspection": inspection}
    Briefing.objects.create(**of, day=day, heard=["学校领导"], teachers_heard=8, topics=["工作态度"])
    RecordsReview.objects.create(**of, impression="齐全")
    Survey.objects.create(**of, home_visits=3, interviewers="何志平")
    Feedback.objects.create(**of, recipients=["沈若兰"], points=2, document="青教督〔2023〕5号")
    for each in range(1 + number):
        BriefingPoint.objects.create(**of, speaker="校长", text=f"备课认真{each}")
        ReviewedItem.objects.create(**of, category=["教案", "听课记录", "教学反思"][each % 3], number=12, missing=1)
        HomeVisit.objects.create(**of, number=f"0{each}", opinion="孩子爱上语文课")
        Finding.objects.create(**of, kind="problem", text=f"听课记录缺课后反思{each}", due_on=day)
    Finding.objects.create(**of, kind="merit", text="与当地教师一起备课")
    QuestionnaireCount.objects.create(
        **of, respondents="pupils", issued=50, returned=48, valid=45, satisfied=40, fairly_satisfied=4
    )
    return inspection


def fill_school(school, other, school_year, times=1):
    """What is recorded of a school by itself; `other` is the school it has to do with."""
    county = school.county
    of = {"county": county, "school": school}
    YearFacts.objects.create(**of, school_year=school_year, teachers=42, pupils=600)
    Provision.objects.create(**of, school_year=school_year, items=["宿舍", "食堂"], spent=Decimal("12000"))
    on(Pairing, dt.date(2023, 9, 1), county=county, supporting_school=other, supported_school=school)
    for number in range(times):
        day = dt.date(2023, 10, 1 + number)
        School.objects.create(county=county, name=f"{school.name}教学点{number}", centre_school=school)
        Demand.objects.create(**of, school_year=school_year, subject=["语文", "数学", "英语"][number], number=1)
        Allocation.objects.create(
            county=county, school_year=school_year, sending_school=other, receiving_school=school, number=2,
            subject=["语文", "数学", "英语"][number],
        )  # fmt: skip
        on(LeadingGroup, day, **of, name=f"领导小组{number}", head="校长")
        on(Meeting, day, **of, kind="座谈会", topic="支教教师座谈")
        on(Training, day, **of, kind="报告会", topic="新课标")
        on(PolicyDocument, day, **of, title=f"实施方案{number}")
        on(PublicNotice, day, **of, title="支教人选公示")
        Incentive.objects.create(**of, school_year=school_year, measure=f"评优优先{number}")
        OutlookItem.objects.create(**of, school_year=school_year, kind="problem", text=f"缺英语教师{number}")
        reporter = Teacher.objects.create(county=county, school=other, name=f"领队{number}")
        on(TeamReport, day, county=county, reporter=reporter, school=school, content="进展顺利")
        on(
            CondolenceVisit,
            day,
            county=county,
            visiting_school=other,
            visited_school=school,
            occasion="教师节",
            amount=600,
        )
        activity = on(
            Activity, day, county=county, school=other, receiving_school=school, kind="送课下乡", lessons=6,
            received="锦旗", received_number=2, received_unit="面", reported_by="青岚融媒",
        )  # fmt: skip
        gift = {"county": county, "donor_school": other, "receiving_school": school, "activity": activity}
        on(Donation, day, **gift, kind="cash", amount=Decimal("3000"))
        on(Donation, day, **gift, kind="goods", item="图书", quantity_number=200, unit="册", amount=Decimal("4000"))
        on(Donation, day, **gift, kind="goods", item="篮球", quantity_number=10, unit="个")
        on(Honour, day, **of, title=f"先进集体{number}", level="county")
        on(Deed, day, **of, teacher=reporter, text="雨夜送学生回家")
