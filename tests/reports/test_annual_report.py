"""The annual report: whole sentences out of records, and nothing where there are none."""

import re
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from assignments.choices import DonationKind, Duty, Role, SecondmentState
from assignments.models import (
    Activity,
    CondolenceVisit,
    Difficulty,
    Donation,
    Incentive,
    LeadingGroup,
    Meeting,
    OutlookItem,
    Placement,
    PolicyDocument,
    Programme,
    Provision,
    School,
    SchoolYear,
    Secondment,
    Teacher,
    TeamReport,
    Training,
    YearFacts,
)
from assignments.periods import Period
from evaluations.choices import AppraisalKind, FindingKind, Grade, LessonKind, RespondentKind
from evaluations.models import (
    Appraisal,
    Briefing,
    Deed,
    Feedback,
    Finding,
    Honour,
    Inspection,
    Lesson,
    Mentorship,
    QuestionnaireCount,
    ReviewedItem,
    Survey,
    WorkRecord,
)
from reports.annual_report import annual_report, is_empty
from reports.documents.text import render_text
from reports.documents.tree import NumberedChart, NumberedTable, Paragraph, text_of
from reports.figures import Asked, Viewpoint
from tests.conftest import person
from zhijiao.dates import ApproximateDate
from zhijiao.quantities import Quantity

YEAR = "2023-2024"


class Records:
    """Writes records of one county and school year, as short as a table of them."""

    def __init__(self, county, school_year):
        self.county, self.school_year = county, school_year

    def add(self, model, when=None, **fields):
        row = model(county=self.county)
        if "school_year" in {field.name for field in model._meta.get_fields()}:
            row.school_year = self.school_year
        for name, value in fields.items():
            setattr(row, name, value)
        if when:
            row.when = ApproximateDate.parse(when)
        row.save()
        return row

    def school(self, name, **fields):
        return School.objects.create(county=self.county, name=name, **fields)

    def teacher(self, name, school, **fields):
        return Teacher.objects.create(county=self.county, school=school, name=name, **fields)

    def sent(self, teacher, to, programme="支教", subject="", **fields):
        """A secondment of the whole school year, with its placement."""
        programme = Programme.objects.get(county=None, name=programme)
        row = Secondment(
            county=self.county, teacher=teacher, sending_school=teacher.school, programme=programme, school_year=self.school_year,
            state=SecondmentState.COMPLETED, **fields,
        )  # fmt: skip
        row.when = ApproximateDate.range(self.school_year.start, self.school_year.end)
        row.save()
        Placement.objects.create(county=self.county, secondment=row, receiving_school=to, subject=subject)
        return row


@pytest.fixture
def records(county, school_year):
    return Records(county, school_year)


def report(county, school=None, period=YEAR, user=None, side=None):
    return annual_report(Asked(Period.parse(period), Viewpoint(county, school, side, user)))


def sentences(document):
    """Every sentence of the running text."""
    texts = [item.text for item in document.flow() if isinstance(item, Paragraph)]
    return [sentence for text in texts for sentence in re.findall(r"[^。]+。", text)]


def running_text(document):
    return "".join(item.text for item in document.flow() if isinstance(item, Paragraph))


def headings(document):
    return [heading.text for heading in document.sections() if heading.level == 1 and heading.number]


def charts(document):
    return [item.chart for item in document.flow() if isinstance(item, NumberedChart)]


@pytest.fixture
def away(records, sending_school, receiving_school):
    """A team of one leader and three teachers that the sending school sent."""
    team = [
        ("柳成荫", {"duty": Duty.LEADER, "post_at_home": "副书记"}, ""),
        ("安如山", {"is_backbone": True, "was_class_head": True}, "数学"),
        ("池上楼", {"was_class_head": False}, "数学"),
        ("石敢当", {"is_backbone": True, "was_class_head": False}, "体育"),
    ]
    return [
        records.sent(records.teacher(name, sending_school, education="21"), receiving_school, subject=subject, **fields)
        for name, fields, subject in team
    ]


# --- whose report ----------------------------------------------------------------------------------------------------------


def test_the_title_names_who_tells_and_when(county, sending_school, away):
    assert report(county).title_text == "青岚县2023—2024学年支教工作总结"
    assert report(county, sending_school).title_text == "青岚县第一小学2023—2024学年支教工作总结"
    assert report(county, sending_school, "2023").title_text == "青岚县第一小学2023年支教工作总结"


def test_the_opening_gives_the_grounds_and_the_totals(records, county, sending_school, receiving_school, away):
    records.add(
        PolicyDocument, title="支教实施意见", number="青教〔2023〕7号", issuer="县教育局", school=sending_school
    )

    assert sentences(report(county, sending_school))[0] == (
        "2023—2024学年，根据《支教实施意见》（青教〔2023〕7号）要求，我校扎实推进支教工作，"
        "共选派4名教师（其中带队领导1名、支教教师3名）赴松岭乡中心小学支教。"
    )
    assert sentences(report(county, receiving_school))[0] == (
        "2023—2024学年，我校扎实推进支教工作，共接收青岚县第一小学选派的4名支教教师（其中带队领导1名、支教教师3名）。"
    )
    assert (
        "我县扎实推进支教工作，共选派4名教师（其中带队领导1名、支教教师3名）到1所学校支教"
        in sentences(report(county))[0]
    )


def test_it_is_signed_at_the_end_of_what_it_tells(county, sending_school, away):
    signed = [item for item in report(county, sending_school).flow() if hasattr(item, "dated")]

    assert [(item.organisation, item.date_text) for item in signed] == [("青岚县第一小学", "2024年7月31日")]


def test_a_school_that_sends_and_receives_tells_both(records, county, sending_school, receiving_school, away):
    city = records.school("市育才学校", is_outside_county=True)
    records.sent(records.teacher("关山月", city), sending_school, subject="英语")

    assert sentences(report(county, sending_school))[0].endswith(
        "共选派4名教师（其中带队领导1名、支教教师3名）赴松岭乡中心小学支教，接收市育才学校选派的1名支教教师。"
    )
    assert "接收" not in running_text(report(county, sending_school, side="sending"))


# --- sections --------------------------------------------------------------------------------------------------------------


def test_organisation(records, county, sending_school, away):
    leader = away[0].teacher
    records.add(
        LeadingGroup, school=sending_school, name="支教工作领导小组", head="校长", members=["工会主席", "教导主任"], offices=["教导处"],
        in_place=["人员", "经费"], priorities=["薄弱学科", "骨干教师"],
    )  # fmt: skip
    records.add(PolicyDocument, title="支教管理办法", issuer="青岚县第一小学", school=sending_school)
    records.add(PolicyDocument, title="轮岗办法", number="青教〔2023〕8号", issuer="县教育局", school=sending_school)
    records.add(
        Meeting, "2023-08-30", kind="动员会", school=sending_school, attendees=["全体教师"], resolution="九月一日前到岗"
    )
    records.add(
        Meeting,
        "2024-03-02",
        kind="座谈会",
        school=sending_school,
        topic="听取支教教师意见",
        people=Quantity.parse("10余"),
    )
    for day in ("2023-10-20", "2024-04-26"):
        records.add(TeamReport, day, reporter=leader, school=sending_school, heard_by="校务会")
    records.add(Incentive, school=sending_school, measure="优先评优")

    told = sentences(report(county, sending_school))

    assert (
        "成立支教工作领导小组，由校长任组长，工会主席、教导主任为成员，明确教导处为责任科室，"
        "做到人员落实、经费落实“两落实”，选派坚持“两侧重”，向薄弱学科、骨干教师侧重。" in told
    )
    assert "制定《支教管理办法》，执行县教育局《轮岗办法》（青教〔2023〕8号），共2份文件。" in told
    assert "先后召开会议2次。" in told
    assert "2023年8月30日，召开动员会，全体教师参加，会议议定九月一日前到岗。" in told
    assert "2024年3月2日，召开座谈会，10余人参加，会上听取支教教师意见。" in told
    assert "2023年10月20日和2024年4月26日，带队领导柳成荫先后向校务会就支教工作汇报2次。" in told
    assert "对支教教师优先评优。" in told


def test_who_went(county, sending_school, away):
    told = sentences(report(county, sending_school))

    assert "选派支教教师4名，其中带队领导1名、支教教师3名。" in told
    assert "按学科分，数学2人、体育1人。" in told
    assert "骨干教师2名，占支教教师的66.7%；派出前担任班主任的1名，占支教教师的33.3%。" in told
    assert "选派教师全部具有大学本科及以上学历（100%）。" in told
    assert "安如山（数学）、池上楼（数学）、石敢当（体育）到松岭乡中心小学任教，由副书记柳成荫带队。" in told


def test_a_leader_who_teaches_is_counted_in_the_subjects_and_told_apart(records, county, sending_school, away):
    away[0].placements.update(subject="数学")

    assert "按学科分，数学3人、体育1人，其中支教教师数学2人、体育1人。" in sentences(report(county, sending_school))


def test_swaps_shadowing_and_short_visits(records, county, sending_school, receiving_school):
    first, second = records.teacher("甲一", sending_school), records.teacher("乙二", receiving_school)
    records.sent(first, receiving_school, "对口互派", swapped_with=second)
    records.sent(second, sending_school, "对口互派", swapped_with=first)
    for name in ("丙三", "丁四"):
        records.sent(records.teacher(name, receiving_school), sending_school, "跟岗学习")
    guest = records.sent(records.teacher("戊五", sending_school, subject="历史"), receiving_school, "短期指导")
    records.add(Lesson, secondment=guest, kind=LessonKind.OPEN, number=2)

    told = sentences(report(county, receiving_school))

    assert "青岚县第一小学与我校对口互派1对：甲一与乙二。" in told
    assert "选派教师跟岗学习2人，丙三、丁四到青岚县第一小学学习。" in told
    assert "接待短期指导教师1人，青岚县第一小学戊五（历史）到我校指导，上公开课2节。" in told


def test_care_tells_no_names_and_groups_what_is_alike(records, county, sending_school, receiving_school, away):
    village = records.school("岭后小学", centre_school=receiving_school)
    records.add(Provision, school=receiving_school, items=["宿舍", "食堂", "网络"])
    records.add(Provision, school=village, items=["宿舍", "取暖"], rooms=2)
    for day, occasion in (("2023-09-10", "教师节"), ("2024-01-01", "元旦")):
        records.add(
            CondolenceVisit,
            day,
            occasion=occasion,
            visiting_school=sending_school,
            gifts="米面。",
            visited=Quantity.parse(4),
        )
    for secondment in away[1:3]:
        records.add(
            Difficulty, "2023-10-08", teacher=secondment.teacher, text="周末没有班车。", resolution="安排校车接送",
            resolved_on="2023-10-20", owner="青岚县第一小学",
        )  # fmt: skip

    sender, receiver = report(county, sending_school), report(county, receiving_school)

    assert "我校、岭后小学均为支教教师提供宿舍。" in sentences(receiver)
    assert "我校还提供食堂、网络；岭后小学还提供取暖。" in sentences(receiver)
    assert "共安排宿舍2间。" in sentences(receiver)
    assert "在教师节、元旦走访慰问2次，共慰问支教教师8人次。" in sentences(sender)
    assert "2023年9月10日教师节，慰问支教教师4名，送去米面；2024年1月1日元旦，慰问支教教师4名，送去米面。" in sentences(
        sender
    )
    assert "收到困难诉求2件，已全部解决。" in sentences(sender)
    assert "教师反映周末没有班车，我校于2023年10月20日安排校车接送。" in sentences(sender)
    care = running_text(sender).split("收到困难诉求")[1]
    assert "安如山" not in care


def test_teaching_and_archive(records, county, receiving_school, away):
    mentor = away[1]
    records.add(
        Training,
        "2023-10-12",
        kind="报告会",
        topic="作业怎么改",
        school=receiving_school,
        speaker="市教研员",
        audience="全体教师",
    )
    records.add(
        Training,
        "2023-10-16至2024-01-12",
        kind="晚间学习",
        topic="备课",
        school=receiving_school,
        frequency="每周",
        sessions=12,
    )
    records.add(Lesson, secondment=mentor, kind=LessonKind.OPEN, number=3)
    records.add(Lesson, secondment=away[2], kind=LessonKind.DEMONSTRATION, number=1)
    records.add(Mentorship, secondment=mentor, apprentice=records.teacher("小满", receiving_school))
    for secondment, number in ((mentor, 40), (away[2], 47)):
        records.add(WorkRecord, secondment=secondment, category="教案", number=number)
    records.add(WorkRecord, secondment=mentor, category="教学随笔", number=5)

    document = report(county, receiving_school)
    told = sentences(document)

    assert "2023年10月12日，举办“作业怎么改”报告会，由市教研员主讲，全体教师参加。" in told
    assert "10月16日至2024年1月12日，每周开展“备课”晚间学习，共12次。" in told
    assert "支教教师上公开课3节、示范课1节，合计4节。" in told
    assert "支教教师与当地教师师徒结对1对：安如山结对小满。" in told
    assert "为2名支教教师建立专项档案，收录教案87份、教学随笔5篇。" in told
    table = next(item.table for item in document.flow() if isinstance(item, NumberedTable))
    assert tuple(map(text_of, table.rows[-1])) == ("合计", "87", "5")


def test_inspections_are_summed_and_then_told_one_by_one(records, county, receiving_school, away):
    for day, issued, valid in (("2023-11-15", 30, 29), ("2024-04-10", 20, 20)):
        one = records.add(Inspection, day, school=receiving_school)
        records.add(Briefing, inspection=one, heard=["学校领导", "支教教师"], topics=["工作态度", "工作方法"])
        records.add(ReviewedItem, inspection=one, category="备课", number=11)
        records.add(QuestionnaireCount, inspection=one, respondents=RespondentKind.PUPILS, issued=issued, valid=valid)
        records.add(Survey, inspection=one, home_visits=4)
        records.add(Feedback, inspection=one, recipients=["安如山"], points=2)
    records.add(Finding, inspection=one, kind=FindingKind.PROBLEM, text="听课记录不全")

    document = report(county, receiving_school)
    told = sentences(document)

    assert "开展督导检查2次，覆盖1所学校，涉及支教教师4名，按照汇报座谈、资料检查、问卷走访、反馈等环节进行。" in told
    assert "听取汇报，与学校领导、支教教师座谈，重点了解工作态度、工作方法等情况。" in told
    assert "查阅支教教师备课22份。" in told
    assert "发放学生问卷50份，收回有效问卷49份，有效率98%。" in told
    assert "走访学生家庭8户。" in told
    assert "向安如山进行反馈，提出反馈意见4条。" in told
    assert "督导检查中发现的以下问题正在整改：听课记录不全（松岭乡中心小学）。" in told
    assert any(sentence.startswith("2023年11月15日，青岚县教育局检查我校，查阅资料11份") for sentence in told)


def test_a_count_that_is_known_of_some_inspections_only_is_not_added_up(records, county, receiving_school, away):
    for day, returned in (("2023-11-15", 28), ("2024-04-10", None)):
        one = records.add(Inspection, day, school=receiving_school)
        records.add(
            QuestionnaireCount,
            inspection=one,
            respondents=RespondentKind.PUPILS,
            issued=30,
            returned=returned,
            valid=27,
        )

    assert "发放学生问卷60份，收回有效问卷54份，有效率90%。" in sentences(report(county, receiving_school))


def test_aid_adds_up_and_then_tells_in_order_of_date(records, county, sending_school, receiving_school):
    visit = records.add(
        Activity, "2023-11-05", kind="志愿服务", school=sending_school, organiser="校团委", people=Quantity.parse(21),
        receiving_school=receiving_school, contents=["粉刷围墙"], received="锦旗", received_quantity=Quantity.parse(2), received_unit="面",
    )  # fmt: skip
    records.add(
        Activity, "2023-10", kind="送课下乡", school=sending_school, receiving_school=receiving_school, subjects=["语文", "音乐"],
        lessons=2, led_by="副校长", people=Quantity.parse("10余"),
    )  # fmt: skip
    common = {"donor_school": sending_school, "receiving_school": receiving_school}
    records.add(Donation, "2023-11-05", activity=visit, kind=DonationKind.CASH, amount=Decimal("1250.50"), **common)
    records.add(Donation, "2023-11-05", activity=visit, item="面粉", quantity=Quantity.parse(90), unit="斤", **common)
    records.add(Donation, "2023-11-05", activity=visit, item="文具", quantity=Quantity.parse("一批"), **common)
    for item, number in (("字典", 14), ("绘本", 33)):
        records.add(
            Donation,
            "2024-03-05",
            campaign="书香相伴",
            donor="图书馆",
            item=item,
            quantity=Quantity.parse(number),
            unit="册",
            **common,
        )
    earlier = SchoolYear.objects.named("2021-2022")
    records.add(
        Donation, "2021-2022学年", school_year=earlier, item="课桌", quantity=Quantity.parse(9), unit="套", **common
    )

    told = sentences(report(county, sending_school))

    assert "开展各类帮扶活动2次，其中志愿服务1次、送课下乡1次。" in told
    assert "送课下乡涉及语文、音乐2个学科，共上课2节。" in told
    assert "收到锦旗2面。" in told
    assert "累计捐款1250.5元，捐赠面粉90斤、字典14册、绘本33册、文具一批，其中各类图书47册。" in told
    dated = [sentence for sentence in told if re.match(r"(\d{4}年)?\d+月", sentence)]
    assert dated == [
        "2023年10月，由副校长带队，10余人到松岭乡中心小学开展送课下乡活动，涉及语文、音乐2个学科，上课2节。",
        "11月5日，校团委21人到松岭乡中心小学开展志愿服务活动，主要内容有粉刷围墙，捐款1250.5元，捐赠面粉90斤、文具一批，收到锦旗2面。",
        "2024年3月5日，图书馆组织“书香相伴”活动，向松岭乡中心小学捐赠字典14册、绘本33册。",
    ]
    assert "此前，2021—2022学年曾向松岭乡中心小学捐赠课桌9套。" in told


def test_what_was_received_is_not_told_as_given(records, county, receiving_school):
    records.add(
        Donation,
        "2024-01-10",
        donor="县工商联",
        receiving_school=receiving_school,
        item="取暖器",
        quantity=Quantity.parse(6),
        unit="台",
    )
    records.add(Donation, "2024-01-12", receiving_school=receiving_school, kind=DonationKind.CASH, amount=Decimal(800))

    told = sentences(report(county, receiving_school))

    assert "接受捐款800元，接受捐赠取暖器6台。" in told
    assert "2024年1月10日，县工商联向我校捐赠取暖器6台。" in told
    assert "1月12日，我校接受捐款800元。" in told


def test_appraisal_honours_and_deeds(records, county, receiving_school, away):
    for secondment, grade, score in zip(
        away[1:], (Grade.EXCELLENT, Grade.QUALIFIED, Grade.QUALIFIED), (95, 88, 87), strict=True
    ):
        records.add(
            Appraisal, "2024-01-06至2024-01-07", secondment=secondment, kind=AppraisalKind.MIDDLE, grade=grade, score=score,
            methods=["名誉测评", "座谈"], criteria=["考勤", "实绩"],
        )  # fmt: skip
    for secondment in away[1:3]:
        records.add(
            Honour,
            "2024-06-01",
            teacher=secondment.teacher,
            title="支教先进个人",
            issuer="县教育局",
            document="青教〔2024〕3号",
        )
    records.add(Honour, recipient="校友会", school=away[0].sending_school, title="爱心单位")
    records.add(Deed, teacher=away[1].teacher, text="每周家访两户")

    told = sentences(report(county, away[0].sending_school))

    assert "2024年1月6日至7日，采取名誉测评、座谈等方式，从考勤、实绩两个方面，对3名支教教师进行中期考核。" in told
    assert "考核结果为优秀1人、合格2人，优秀率33.3%，平均得分90分。" in told
    assert "获得各类荣誉3项。" in told
    assert "2024年6月1日，安如山、池上楼被县教育局授予“支教先进个人”（青教〔2024〕3号）；校友会获“爱心单位”。" in told
    assert "安如山每周家访两户。" in told


def test_the_county_is_held_to_its_ratios(records, county, away):
    records.add(YearFacts, teachers=300, eligible=100)

    told = sentences(report(county))

    assert "全县在编专任教师300人，符合交流条件教师100人。" in told
    assert "实际交流轮岗教师4人，占符合交流条件教师100人的4%，未达到10%的国家标准。" in told
    assert "实际交流骨干教师2人，占实际交流轮岗教师4人的50%，达到20%的国家标准。" in told


def test_problems_and_plans_are_those_of_who_tells(records, county, sending_school, away):
    records.add(OutlookItem, kind="problem", text="物理教师不足。", measure="扩大走教")
    records.add(OutlookItem, kind="problem", text="经费偏紧")
    records.add(OutlookItem, kind="next", school=sending_school, text="再派两名教师")

    assert "一是物理教师不足。" in sentences(report(county))
    assert "二是经费偏紧。" in sentences(report(county))
    assert "再派两名教师" not in running_text(report(county))
    assert sentences(report(county, sending_school))[-1] == "再派两名教师。"


# --- nothing false -----------------------------------------------------------------------------------------------------------


def test_of_nothing_nothing_is_told(county, sending_school):
    document = report(county, sending_school)

    assert is_empty(document)
    assert running_text(document) == "2023—2024学年没有支教工作的记录。"


def test_nothing_is_told_as_zero(records, county, sending_school, receiving_school, away):
    records.add(Inspection, "2023-11-15", school=receiving_school)
    records.add(Activity, "2023-11-20", kind="志愿服务", school=sending_school)
    records.add(Appraisal, secondment=away[1])

    for document in (report(county), report(county, sending_school), report(county, receiving_school)):
        text = running_text(document)
        assert re.findall(r"(?<![\d.])0[^\d.]", text) == []
        assert not re.search(r"None|，，|。。|，。|：。|（）|、，|　　", text)


def test_sections_stand_in_their_order_and_close_up(records, county, sending_school, away):
    records.add(Deed, teacher=away[1].teacher, text="每周家访两户")

    assert headings(report(county, sending_school)) == ["一、选派情况", "二、典型事迹"]


def test_another_schools_year_is_not_told(records, county, sending_school, away):
    elsewhere = records.school("别处小学")
    records.add(Meeting, "2023-09-01", kind="座谈会", school=elsewhere)
    records.add(Meeting, "2023-09-02", kind="动员会")

    assert "座谈会" not in running_text(report(county, sending_school))
    assert "召开动员会" in running_text(report(county))
    assert "各学校召开相关会议1次。" in sentences(report(county))


def test_there_are_two_charts_where_there_is_anything_to_draw(records, county, sending_school, away):
    assert len(charts(report(county, sending_school))) >= 2


def test_every_figure_of_the_text_opens_its_records(client_of, officer, county, sending_school, away):
    document = report(county, sending_school, user=officer)
    client = client_of(officer)

    addresses = {figure.url for figure in document.figures()}

    assert addresses
    assert {client.get(address).status_code for address in addresses} == {200}


def test_the_number_of_queries_does_not_grow_with_the_schools(
    records, county, sending_school, receiving_school, away, django_assert_max_num_queries
):
    for number in range(25):
        school = records.school(f"第{number}小学")
        records.sent(records.teacher(f"教师{number}", school, sex="1"), receiving_school, subject="语文")
        one = records.add(Inspection, "2023-11-15", school=school)
        records.add(QuestionnaireCount, inspection=one, respondents=RespondentKind.PUPILS, issued=30, valid=27)
        records.add(Provision, school=school, items=["宿舍"])
        records.add(Meeting, "2023-09-01", kind="座谈会", school=school)

    with django_assert_max_num_queries(170):
        document = report(county)

    assert "全县选派支教教师29名" in running_text(document)


# --- pages -------------------------------------------------------------------------------------------------------------------


def page(name, school=None, **query):
    query = {"period": YEAR, **({"school": school.pk} if school else {}), **query}
    return reverse(f"reports:{name}") + "?" + "&".join(f"{key}={value}" for key, value in query.items())


def test_the_bureau_reads_every_report_and_a_school_its_own(
    client_of, officer, county, sending_school, receiving_school, away
):
    principal = person("sender", "李校长", Role.PRINCIPAL, school=sending_school)

    assert client_of(officer).get(page("annual_report")).status_code == 200
    assert client_of(officer).get(page("annual_report", receiving_school)).status_code == 200
    assert client_of(principal).get(page("annual_report", sending_school)).status_code == 200
    assert client_of(principal).get(page("annual_report", receiving_school)).status_code == 404
    # Without a school it is their own, never the county's.
    own = client_of(principal).get(page("annual_report")).content.decode()
    assert sending_school.name in own and "全县" not in own
    assert client_of(principal).get(page("annual_report_pdf")).content.startswith(b"%PDF")


def test_neither_another_county_nor_a_teacher_reads_it(client_of, outsider, teacher_user, county, sending_school, away):
    for user, status in ((outsider, 404), (teacher_user, 403)):
        assert client_of(user).get(page("annual_report", sending_school)).status_code == status
        assert "青岚县第一小学" not in client_of(user).get(page("index")).content.decode()
    assert client_of(teacher_user).get(page("annual_report")).status_code == 403
    assert "柳成荫" not in client_of(outsider).get(page("annual_report")).content.decode()


def test_the_pdf_has_a_chinese_file_name(client_of, officer, county, sending_school, away):
    response = client_of(officer).get(page("annual_report_pdf", sending_school))

    assert response.content.startswith(b"%PDF")
    assert "filename*=utf-8''%E9%9D%92%E5%B2%9A" in response["Content-Disposition"]


def test_the_index_offers_the_county_and_its_schools(
    client_of, officer, county, sending_school, receiving_school, school_year
):
    html = client_of(officer).get(page("index")).content.decode()

    assert "按现在的记录看青岚县2023—2024学年总结" in html
    assert page("annual_report", receiving_school).replace("&", "&amp;") in html
    assert "松岭乡中心小学" not in client_of(officer).get(page("index", q="第一")).content.decode()


def test_a_figure_shows_the_records_it_counted(client_of, officer, sending_school, away, django_assert_max_num_queries):
    client = client_of(officer)
    address = reverse("reports:figure", args=["seconded_teachers"])

    with django_assert_max_num_queries(12):
        html = client.get(f"{address}?period={YEAR}&subject=数学").content.decode()

    assert "支教教师（不含带队领导）" in html
    assert re.search(r">\s*2\s*<small>\s*名", html) or "2名" in re.sub(r"<[^>]+>|\s", "", html)
    assert "池上楼" in html
    assert "石敢当" not in html
    assert client.get(f"{reverse('reports:figure', args=['nonsense'])}?period={YEAR}").status_code == 404
    assert client.get(f"{address}?period=some-day").status_code == 404


def test_every_figure_of_the_catalogue_has_a_page(client_of, officer, sending_school, away):
    from reports.figures import REGISTRY

    client = client_of(officer)
    html = client.get(page("figures")).content.decode()

    assert all(definition.label in html for definition in REGISTRY.values())
    for key in REGISTRY:
        assert client.get(f"{reverse('reports:figure', args=[key])}?period={YEAR}").status_code == 200, key


# --- the command -------------------------------------------------------------------------------------------------------------


def test_the_command_writes_text_and_a_whole_page(county, sending_school, away, tmp_path, capsys):
    sending_school.aliases = ["一小"]
    sending_school.save()

    call_command("annual_report", "--period", YEAR, "--school", "一小", "--format", "txt", str(tmp_path / "year.txt"))
    call_command("annual_report", "--period", YEAR, "--format", "html", str(tmp_path / "year.html"))

    call_command("annual_report", "--period", YEAR, "--format", "xlsx", str(tmp_path / "year.xlsx"))

    assert (tmp_path / "year.xlsx").read_bytes().startswith(b"PK")
    assert (tmp_path / "year.txt").read_text() == render_text(report(county, sending_school))
    assert (tmp_path / "year.html").read_text().lstrip().lower().startswith("<!doctype html>")
    assert "《青岚县第一小学2023—2024学年支教工作总结》已写到" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["--school", "青岚县第二小学"], "没有叫“青岚县第二小学”的学校，是不是“青岚县第一小学”", 1),
        (["--period", "2010", "--school", "青岚县第一小学"], "青岚县第一小学2010年没有支教工作的记录", 1),
        (["--district", "110101"], "没有区划“110101”", 1),
        (["--period", "去年"], "“去年”不是时段", 2),
        (["--side", "sending"], "--side 只用于学校的总结", 2),
    ],
)
def test_the_command_says_what_is_wrong(arguments, said, code, county, sending_school, away, tmp_path):
    given = arguments if "--period" in arguments else ["--period", YEAR, *arguments]

    with pytest.raises(CommandError, match=re.escape(said)) as raised:
        call_command("annual_report", *given, str(tmp_path / "year.pdf"))

    assert raised.value.returncode == code
    assert list(tmp_path.iterdir()) == []
