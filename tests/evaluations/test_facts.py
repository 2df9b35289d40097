"""What the system knows of a secondment for its appraisal: with its source, and nothing that nobody recorded."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.models import AttendanceMonth, Leave, SchoolYear, Teacher, YearFacts
from evaluations import facts, rubrics
from evaluations.choices import ItemKind
from evaluations.models import (
    Honour,
    Inspection,
    Lecture,
    Lesson,
    Mentorship,
    OptionCount,
    Question,
    Questionnaire,
    QuestionnaireClass,
    ReviewedItem,
    WorkRecord,
)
from evaluations.scoring import fitting, score_item
from tests.evaluations.questionnaires import question_set
from tests.evaluations.rubrics import ready
from zhijiao import clock
from zhijiao.dates import ApproximateDate, parse_day

DAY = parse_day("2023-10-31")


def of(secondment):
    return facts.known([secondment])[secondment.pk]


def month(secondment, number, confirmed=True, **fields):
    return AttendanceMonth.objects.create(
        county=secondment.county, secondment=secondment, month=dt.date(2023, number, 1), due=20,
        present=20 - sum(fields.get(name, 0) for name in ("personal_leave", "sick_leave", "absent", "other_leave")),
        confirmed_on=DAY if confirmed else None, **fields,
    )  # fmt: skip


def work(model, secondment, confirmed=True, **fields):
    return model.objects.create(
        county=secondment.county, secondment=secondment, confirmed_on=DAY if confirmed else None, **fields
    )


def survey(secondment, by, key="pupils", pleased=0, fairly=0, against=0, state="closed", valid=None):
    """A questionnaire about the teacher that was closed, counted."""
    asked = question_set(key)
    row = Questionnaire.objects.create(
        county=secondment.county, question_set=asked, school=secondment.placements.get().receiving_school, secondment=secondment,
        school_year=secondment.school_year, opens_at=clock.now() - dt.timedelta(days=2), closes_at=clock.now(), state=state, opened_by=by,
    )  # fmt: skip
    total = pleased + fairly + against
    line = QuestionnaireClass.objects.create(
        county=row.county, questionnaire=row, name="八（2）班", enrolled=50, valid=total if valid is None else valid
    )
    question = Question.objects.get(question_set=asked, tells_satisfaction=True)
    for opinion, number in (("satisfied", pleased), ("fairly", fairly), ("dissatisfied", against)):
        option = question.options.filter(opinion=opinion).first()
        OptionCount.objects.create(county=row.county, questionnaire_class=line, option=option, number=number)
    return row


def test_where_nothing_was_recorded_nothing_is_known_but_that_there_are_no_honours(secondment):
    assert set(of(secondment)) == {"honours"}
    assert of(secondment)["honours"].words == "支教期间：没有登记荣誉"


def test_attendance_is_the_sum_of_the_months_and_goes_into_the_deductions(secondment):
    month(secondment, 9, personal_leave=1, late=2)
    month(secondment, 10, confirmed=False, sick_leave=3, absent=1)
    known = of(secondment)
    assert known["attendance"].words == (
        "2 个月考勤（其中 1 个月学校还没有确认）：事假 1 天、病假 3 天、旷工 1 天、迟到 2 次"
    )
    assert known["attendance"].source_url == f"/secondments/{secondment.pk}/#attendance"
    (item,) = [item for item in rubrics.items_of(ready("regular-80-20")) if item.name == "出勤"]
    # 1×1 + 3×0.2 + 1×5 + 2×0.2 = 7; 20 − 7 = 13
    assert score_item(item, fitting(item, known["attendance"].value)).score == 13
    assert (known["leave_days"].value, known["absent_days"].value) == ("4", "1")
    assert known["attendance_rate"].value == "87.5"  # 35 of 40


def test_days_that_the_law_gives_are_told_and_not_counted_as_leave(secondment):
    month(secondment, 9, other_leave=8, sick_leave=1)
    known = of(secondment)["leave_days"]
    assert known.value == "1"
    assert known.words.endswith("事假、病假共 1 个工作日；其他假 8 天没有算在内")


def test_why_somebody_was_away_is_told_nowhere(secondment):
    month(secondment, 9, sick_leave=2, remark="阑尾炎手术")
    Leave.objects.create(
        county=secondment.county, secondment=secondment, kind="sick", reason="阑尾炎手术", days=2,
        start=dt.date(2023, 9, 4), end=dt.date(2023, 9, 5),
    )  # fmt: skip
    assert "阑尾炎" not in str(of(secondment))


def test_the_load_is_put_beside_the_average_that_the_school_told(secondment):
    secondment.placements.update(weekly_periods="13")
    known = of(secondment)["load"]
    assert known.value == {"own": "13"}
    assert "全校平均周课时没有登记" in known.words
    place = secondment.placements.get()
    facts_of = {"county": secondment.county, "school": place.receiving_school, "average_periods": "14"}
    YearFacts.objects.create(school_year=SchoolYear.objects.named("2021-2022"), **{**facts_of, "average_periods": "9"})
    YearFacts.objects.create(school_year=secondment.school_year, **facts_of)
    known = of(secondment)["load"]
    assert known.words == "松岭乡中心小学任课：每周 13 节，全校平均 14 节"
    item = next(item for item in rubrics.items_of(ready()) if item.kind == ItemKind.RATIO)
    assert str(score_item(item, fitting(item, known.value)).score) == "9.29"
    assert of(secondment)["load_own"] == facts.Known("13", "松岭乡中心小学任课：每周 13 节", known.source_url)


def test_only_work_that_the_school_confirmed_is_counted(secondment, county, receiving_school):
    work(WorkRecord, secondment, category="教案", number=30)
    work(WorkRecord, secondment, category="教案", number=5, confirmed=False)
    work(Lesson, secondment, kind="observed", number=22)
    work(Lesson, secondment, kind="open", number=2)
    work(Lesson, secondment, kind="open", number=9, confirmed=False)
    work(Lecture, secondment, title="课堂提问")
    work(Mentorship, secondment, apprentice=Teacher.objects.create(county=county, school=receiving_school, name="徒弟"))
    known = of(secondment)
    assert {name: known["work"].value[name] for name in ("教案", "听课记录", "公开课", "专题讲座", "师徒结对", "论文")} == {
        "教案": "30", "听课记录": "22", "公开课": "2", "专题讲座": "1", "师徒结对": "1", "论文": "0",
    }  # fmt: skip
    assert known["work"].words.startswith("专项档案（只算学校确认过的，还有 2 条没有确认）：教案 30 份")
    assert known["work"].source_url == f"/work/{secondment.pk}/"
    assert (known["observed"].value, known["open_lessons"].value, known["mentorships"].value) == ("22", "2", "1")


def test_what_the_programme_asks_for_and_is_missing(secondment, programme):
    work(Lesson, secondment, kind="observed", number=22)
    assert "duties_missing" not in of(secondment)
    programme.lessons_observed, programme.lectures = 40, 1
    programme.save()
    known = of(secondment)["duties_missing"]
    assert known.value == {"听课": "18", "讲座": "1"}
    assert known.words == "项目要求（学校确认过的）：听课 22/40 节，讲座 0/1 场"


def test_how_good_the_records_were_is_known_from_what_was_published_while_the_teacher_was_there(secondment):
    def seen(day, quality, state="closed"):
        row = Inspection(
            county=secondment.county, school=secondment.placements.get().receiving_school,
            school_year=secondment.school_year, state=state,
        )  # fmt: skip
        row.when = ApproximateDate.day(parse_day(day))
        row.save()
        ReviewedItem.objects.create(
            county=row.county, inspection=row, category="教案", teacher=secondment.teacher, quality=quality
        )
        return row

    seen("2023-11-01", "poor", state="feedback")
    seen("2022-11-01", "poor")
    assert "quality" not in of(secondment)
    row = seen("2023-11-02", "good")
    known = of(secondment)["quality"]
    assert known == facts.Known("好", "督导检查看过的资料：好 1 项", f"/inspections/{row.pk}/")
    seen("2024-03-02", "plain")
    assert of(secondment)["quality"].value == "", "which of two holds is for a person to say"


def test_satisfaction_comes_from_closed_questionnaires_with_five_answers_at_least(secondment, officer):
    survey(secondment, officer, pleased=4)
    survey(secondment, officer, pleased=40, state="open")
    assert not {"satisfaction", "opinions"} & set(of(secondment))
    survey(secondment, officer, pleased=30, fairly=8, against=2)
    row = survey(secondment, officer, "colleagues", pleased=5, against=5)
    known = of(secondment)
    # (30 + 8 + 5) ÷ 50
    assert known["satisfaction"].value == "86"
    assert known["satisfaction"].words == "学生、教师问卷：有效 50 份，满意和基本满意 43 份，满意率 86%"
    assert known["satisfaction"].source_url == f"/questionnaires/{row.pk}/"
    assert known["opinions"].value["教师和学生"] == {"满意": 35, "基本满意": 8, "不满意": 7}
    item = rubrics.items_of(ready("exchange-100"))[0]
    scored = score_item(item, fitting(item, known["opinions"].value))
    assert scored.problem == "“满意度测评”还没有校领导的测评"
    survey(secondment, officer, "leaders", pleased=5)
    scored = score_item(item, fitting(item, of(secondment)["opinions"].value))
    # leaders 5; teachers and pupils (35×5 + 8×4 + 7×0) ÷ 50 = 4.14
    assert str(scored.score) == "9.14"


def test_honours_count_by_level_while_the_teacher_was_there(secondment, teacher):
    for day, level in (("2023-12-01", "county"), ("2024-05-01", "city"), ("2024-06-01", ""), ("2022-01-01", "nation")):
        row = Honour(county=secondment.county, teacher=teacher, title="优秀支教教师", level=level)
        row.when = ApproximateDate.day(parse_day(day))
        row.save()
    known = of(secondment)["honours"]
    assert known.words == "支教期间：市级 1 项、县级 1 项；另有 1 项没有写级别"
    item = next(item for item in rubrics.items_of(ready()) if item.kind == ItemKind.BONUS)
    assert score_item(item, fitting(item, known.value)).score == 3  # 1 + 2


def test_what_is_known_of_others_stays_theirs(secondment, second, county, sending_school, officer):
    other = second(Teacher.objects.create(county=county, school=sending_school, name="柳同舟"))
    month(secondment, 9, absent=3)
    survey(other, officer, pleased=9, against=1)
    known = facts.known([secondment, other])
    assert known[secondment.pk]["absent_days"].value == "3" and "satisfaction" not in known[secondment.pk]
    assert known[other.pk]["satisfaction"].value == "90" and "attendance" not in known[other.pk]


@pytest.mark.parametrize("number", [1, 3, 30])
def test_a_whole_county_is_asked_for_in_as_many_questions_as_one_teacher(
    second, county, sending_school, officer, number
):
    rows = [
        second(Teacher.objects.create(county=county, school=sending_school, name=f"教师{place}"))
        for place in range(number)
    ]
    for row in rows:
        row.placements.update(weekly_periods="13")
        month(row, 9, absent=1)
        work(WorkRecord, row, category="教案", number=3)
        survey(row, officer, pleased=6)
    fresh = [type(row).objects.get(pk=row.pk) for row in rows]
    with CaptureQueriesContext(connection) as captured:
        known = facts.known(fresh)
    assert len(captured) == 13
    assert all({"load", "attendance", "work", "satisfaction"} <= set(told) for told in known.values())
    with CaptureQueriesContext(connection) as captured:
        facts.known(fresh, ["attendance", "leave_days"])
    assert len(captured) == 1


# --- only its own time -------------------------------------------------------------------------------------------------


@pytest.fixture
def years(secondment, school_year):
    """Two school years; the secondment runs through both."""
    following = SchoolYear.objects.named("2024-2025")
    secondment.end = dt.date(2025, 7, 10)
    secondment.save()
    return school_year, following


def dated(model, secondment, day, **fields):
    row = model(county=secondment.county, secondment=secondment, confirmed_on=DAY, **fields)
    row.when = ApproximateDate.day(parse_day(day))
    row.save()


def attended(secondment, day, absent):
    AttendanceMonth.objects.create(
        county=secondment.county, secondment=secondment, month=dt.date.fromisoformat(day), due=20, present=20 - absent, absent=absent
    )  # fmt: skip


def in_time(secondment, kind, school_year, day):
    span = facts.span_of(kind, school_year, dt.date.fromisoformat(day))
    return facts.known([secondment], span=span)[secondment.pk]


@pytest.mark.parametrize(
    ("kind", "day", "first", "last"),
    [
        ("term", "2024-01-15", "2023-09-01", "2024-01-31"),
        ("term", "2024-02-26", "2023-09-01", "2024-01-31"),  # in the first weeks of a term: the one before
        ("term", "2024-06-20", "2024-02-01", "2024-08-31"),
        ("term", "2024-10-08", "2024-02-01", "2024-08-31"),  # late: still of that year
        ("term", "2023-09-05", "2023-09-01", "2024-01-31"),
        ("middle", "2024-01-20", "2023-09-01", "2024-01-20"),
        ("middle", "2024-10-08", "2023-09-01", "2024-08-31"),
        ("annual", "2024-06-20", "2023-09-01", "2024-08-31"),
    ],
)
def test_what_an_appraisal_is_about_follows_from_its_kind_its_year_and_its_day(years, kind, day, first, last):
    span = facts.span_of(kind, years[0], dt.date.fromisoformat(day))
    assert (span.first.isoformat(), span.last.isoformat()) == (first, last)


def test_the_appraisal_at_the_end_is_about_all_of_it(years):
    assert facts.span_of("final", years[0], dt.date(2024, 6, 20)) is None
    assert facts.span_of("term", None, dt.date(2024, 6, 20)) is None


def test_a_month_of_attendance_counts_in_its_own_time_alone(secondment, years):
    for day, absent in (("2023-10-01", 1), ("2024-01-01", 2), ("2024-03-01", 4), ("2024-10-01", 8)):
        attended(secondment, day, absent)
    days = {
        (kind, day): in_time(secondment, kind, year, day)["absent_days"].value
        for kind, year, day in (
            ("term", years[0], "2024-01-15"), ("middle", years[0], "2023-12-10"), ("term", years[0], "2024-06-20"),
            ("annual", years[0], "2024-06-20"), ("annual", years[1], "2025-06-20"), ("final", years[1], "2025-06-20"),
        )
    }  # fmt: skip
    assert list(days.values()) == ["3", "1", "4", "7", "8", "15"]


def test_a_term_without_a_record_knows_nothing_of_the_other_one(secondment, years):
    attended(secondment, "2023-10-01", 1)
    known = in_time(secondment, "term", years[0], "2024-06-20")
    assert "attendance" not in known and "work" not in known


def test_work_counts_by_its_day_and_without_one_by_its_whole_school_year(secondment, years):
    dated(WorkRecord, secondment, "2023-11-03", category="听课记录", number=5)
    dated(WorkRecord, secondment, "2024-04-03", category="听课记录", number=7)
    work(WorkRecord, secondment, category="听课记录", number=11, school_year=years[0])
    work(WorkRecord, secondment, category="听课记录", number=100, school_year=years[1])
    observed = [in_time(secondment, *asked)["observed"].value for asked in (
        ("term", years[0], "2024-01-15"), ("term", years[0], "2024-06-20"), ("annual", years[0], "2024-06-20"),
        ("annual", years[1], "2025-06-20"), ("final", years[1], "2025-06-20"),
    )]  # fmt: skip
    assert observed == ["5", "7", "23", "100", "123"]


def test_a_mentorship_counts_while_it_lasts(secondment, years, county, receiving_school):
    pupil = Teacher.objects.create(county=county, school=receiving_school, name="苗青")
    dated(Mentorship, secondment, "2023-10-10", apprentice=pupil)
    assert in_time(secondment, "term", years[0], "2024-06-20")["mentorships"].value == "1"
    over = Mentorship.objects.get()
    over.when = ApproximateDate.range(parse_day("2023-10-10"), parse_day("2024-01-05"))
    over.save()
    assert in_time(secondment, "term", years[0], "2024-01-15")["mentorships"].value == "1"
    assert "mentorships" not in in_time(secondment, "term", years[0], "2024-06-20")


def test_what_a_programme_asks_of_a_year_is_not_held_against_half_of_it(secondment, years):
    secondment.programme.lessons_observed = 40
    secondment.programme.save()
    dated(WorkRecord, secondment, "2023-11-03", category="听课记录", number=5)
    assert "duties_missing" not in in_time(secondment, "term", years[0], "2024-01-15")
    assert in_time(secondment, "annual", years[0], "2024-06-20")["duties_missing"].value["听课"] == "35"


def test_a_questionnaire_and_an_honour_count_in_their_time(secondment, years, officer, teacher, county):
    asked = survey(secondment, officer, pleased=9, against=1)
    Questionnaire.objects.filter(pk=asked.pk).update(opens_at=dt.datetime(2023, 12, 5, 8, tzinfo=dt.UTC))
    row = Honour(county=county, teacher=teacher, title="优秀支教教师", level="county")
    row.when = ApproximateDate.day(parse_day("2024-05-04"))
    row.save()
    autumn, spring = (in_time(secondment, "term", years[0], day) for day in ("2024-01-15", "2024-06-20"))
    assert autumn["satisfaction"].value == "90" and "satisfaction" not in spring
    assert (autumn["honours"].value["县级"], spring["honours"].value["县级"]) == ("0", "1")


def test_where_somebody_taught_in_that_time_tells_the_load(secondment, years, receiving_school):
    secondment.placements.update(weekly_periods="13", start=dt.date(2023, 9, 1), end=dt.date(2024, 1, 31))
    secondment.placements.create(
        county=secondment.county,
        receiving_school=receiving_school,
        order=2,
        weekly_periods="8",
        start=dt.date(2024, 2, 1),
    )
    assert in_time(secondment, "term", years[0], "2024-01-15")["load_own"].value == "13"
    assert in_time(secondment, "term", years[0], "2024-06-20")["load_own"].value == "8"
