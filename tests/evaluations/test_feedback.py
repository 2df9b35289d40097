"""The letter to the school: issued once, known to those concerned, answered, put right, looked at again, over."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from assignments.choices import Role
from assignments.models import School, Teacher
from assignments.waiting import waiting_for
from evaluations import feedback
from evaluations.choices import FindingKind, InspectionState
from evaluations.models import (
    Briefing,
    Feedback,
    Finding,
    Inspection,
    InspectionTeam,
    RecordsReview,
    Survey,
    TeamMember,
)
from evaluations.models import InspectionRound as Round
from evaluations.telling import feedback as telling
from tests.access_text import words
from tests.assignments.test_same_moment import at_once, with_a_quicker_one
from tests.conftest import person
from zhijiao import clock
from zhijiao.accounts.models import AuditEntry, User
from zhijiao.attachments.forms import FilesField
from zhijiao.attachments.models import Attachment
from zhijiao.dates import ApproximateDate
from zhijiao.notices.models import Notice
from zhijiao.refusals import Refused

VISITED, GIVEN = dt.date(2023, 11, 6), dt.date(2023, 11, 8)


@pytest.fixture
def inspect(county, receiving_school, school_year):
    """An inspection whose parts are done and which waits for its letter."""

    def make(school=receiving_school, day=VISITED, **fields):
        row = Inspection(
            county=county,
            school=school,
            school_year=school_year,
            leader="郭志远",
            inspectors=["何志平"],
            **{"state": "feedback", **fields},
        )
        row.when = ApproximateDate.day(day)
        row.save()
        for part in (Briefing, RecordsReview, Survey):
            part.objects.create(county=county, inspection=row, day=day)
        return row

    return make


@pytest.fixture
def visited(inspect, secondment):
    return inspect()


def found(inspection, text, kind=FindingKind.PROBLEM, **fields):
    return Finding.objects.create(county=inspection.county, inspection=inspection, kind=kind, text=text, **fields)


@pytest.fixture
def points(visited, teacher):
    return [
        found(visited, "听课记录缺少课后反思", teacher=teacher),
        found(visited, "考勤确认滞后"),
        found(visited, "集体备课扎实", FindingKind.MERIT),
    ]


@pytest.fixture
def issued(visited, points, officer):
    with clock.standing_at(GIVEN):
        feedback.issue(visited, by=officer)
    visited.refresh_from_db()
    return visited


@pytest.fixture
def inspector(county):
    return person("inspector", "何督学", Role.INSPECTOR, district=county)


def page(inspection):
    return reverse("evaluations:inspection_feedback", args=[inspection.pk])


def told(client, address):
    return client.get(address).content.decode()


def photo(name="现场.jpg"):
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(stream, "JPEG")
    return SimpleUploadedFile(name, stream.getvalue(), "image/jpeg")


# --- issuing -----------------------------------------------------------------------------------------------------------


def test_the_bureau_looks_at_the_letter_and_issues_it(client_of, officer, visited, points):
    browser = client_of(officer)
    address = reverse("evaluations:feedback_issue", args=[visited.pk])
    html = told(browser, address)
    assert "松岭乡中心小学支教工作督导检查反馈意见书" in html
    assert "沈若兰：听课记录缺少课后反思" in html
    given, due = f"{VISITED:%Y-%m-%d}", "2023-12-01"
    sent = {"given_on": given, "answer_due_on": due, **{f"due_{one.pk}": "2023-12-15" for one in points[:2]}}
    assert "2023年12月15日" in browser.get(address, sent).content.decode()
    visited.refresh_from_db()
    assert visited.state == InspectionState.FEEDBACK
    assert browser.post(address, sent).url == page(visited)
    visited.refresh_from_db()
    sheet = visited.feedback
    assert (visited.state, visited.published_on) == (InspectionState.RECTIFYING, VISITED)
    assert (sheet.document, sheet.answer_due_on, sheet.points) == ("支教督反〔2023〕1号", dt.date(2023, 12, 1), 3)
    assert [one["due_on"] for one in sheet.letter["points"]] == ["2023-12-15", "2023-12-15", ""]
    assert AuditEntry.objects.filter(verb="印发反馈意见书").exists()


def test_terms_are_offered_in_working_days(issued):
    """15 working days from 8 November 2023 is the 29th; 30 is 20 December."""
    assert issued.feedback.answer_due_on == dt.date(2023, 11, 29)
    assert set(issued.findings.filter(kind="problem").values_list("due_on", flat=True)) == {dt.date(2023, 12, 20)}


def test_letters_are_numbered_by_year_and_a_number_is_never_given_twice(inspect, officer, county, receiving_school):
    rows = [inspect(day=VISITED + dt.timedelta(days=n)) for n in range(3)]
    for row in rows:
        found(row, "问题")
    with clock.standing_at(dt.date(2023, 11, 20)):
        first = feedback.issue(rows[0], by=officer)
        second = feedback.issue(rows[1], by=officer)
        feedback.withdraw(rows[1], by=officer, reason="教师姓名写错")
        third = feedback.issue(rows[2], by=officer)
        again = feedback.issue(rows[1], by=officer)
    assert [one.number for one in (first, second, third, again)] == [1, 2, 3, 4]
    with clock.standing_at(dt.date(2024, 1, 5)):
        row = inspect(day=dt.date(2024, 1, 4))
        found(row, "问题")
        assert feedback.issue(row, by=officer).document == "支教督反〔2024〕1号"


@pytest.mark.parametrize("part", [Briefing, RecordsReview, Survey])
def test_a_visit_that_is_not_finished_gets_no_letter(client_of, officer, visited, points, part):
    part.objects.filter(inspection=visited).update(state="open")
    response = client_of(officer).post(reverse("evaluations:feedback_issue", args=[visited.pk]))
    assert response.status_code == 409
    assert part._meta.verbose_name in response.content.decode()
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("state", ["planned", "under_way", "rectifying", "closed"])
def test_a_letter_goes_out_only_when_it_is_time(officer, visited, points, state):
    Inspection.objects.filter(pk=visited.pk).update(state=state)
    with pytest.raises(Refused):
        feedback.issue(visited, by=officer)
    assert not Feedback.objects.exists()


def test_without_a_point_there_is_no_letter(officer, visited):
    with pytest.raises(Refused, match="至少写一条"):
        feedback.issue(visited, by=officer)


def test_days_that_do_not_follow_each_other_are_refused(officer, visited, points):
    with clock.standing_at(GIVEN):
        for wrong in (
            {"given_on": dt.date(2023, 11, 5)}, {"given_on": dt.date(2023, 11, 9)}, {"answer_due_on": dt.date(2023, 11, 7)},
            {"deadlines": {points[0].pk: dt.date(2023, 11, 1)}},
        ):  # fmt: skip
            with pytest.raises(Refused):
                feedback.issue(visited, by=officer, **wrong)
    assert not Feedback.objects.exists()


def test_only_the_bureau_issues(client_of, visited, points, principal, inspector, outsider, teacher_user):
    for user in (principal, inspector, outsider, teacher_user):
        with pytest.raises(Refused):
            feedback.issue(visited, by=user)
        address = reverse("evaluations:feedback_issue", args=[visited.pk])
        assert client_of(user).post(address).status_code in (403, 404)
    assert not Feedback.objects.exists()


def test_without_a_problem_it_is_over_with_the_letter(officer, visited):
    found(visited, "集体备课扎实", FindingKind.MERIT)
    feedback.issue(visited, by=officer)
    visited.refresh_from_db()
    assert visited.state == InspectionState.CLOSED


# --- who knows ---------------------------------------------------------------------------------------------------------


def test_before_the_letter_only_the_bureau_knows(
    client_of, visited, points, officer, principal, teacher_user, secondment
):
    assert "缺少课后反思" in told(client_of(officer), page(visited))
    assert "缺少课后反思" not in told(client_of(principal), page(visited))
    mine = reverse("assignments:secondment_detail", args=[secondment.pk])
    assert "缺少课后反思" not in told(client_of(teacher_user), mine)


def test_a_point_about_one_teacher_is_known_to_that_teacher_and_both_schools(
    client_of, issued, points, second, county, sending_school, principal, teacher_user, secondment
):
    third = School.objects.create(county=county, name="青岚县第三小学", stage="primary")
    colleague = Teacher.objects.create(county=county, school=third, name="顾长风")
    other = second(colleague, sending_school=third)
    sender = person("sender", "派校长", Role.PRINCIPAL, school=sending_school)
    other_sender = person("sender3", "三校长", Role.PRINCIPAL, school=third)
    other_teacher = person("teacher2", "顾长风", Role.TEACHER, teacher=colleague)
    of_one, of_school = points[0], points[1]
    seen = {
        user.username: set(Finding.objects.visible_to(user))
        for user in (principal, sender, teacher_user, other_sender, other_teacher)
    }
    assert {of_one, of_school} <= seen["principal"] & seen["sender"]
    assert of_one in seen["teacher"]
    assert seen["sender3"] == {of_school, points[2]}
    assert seen["teacher2"] == set()
    html = told(client_of(teacher_user), reverse("assignments:secondment_detail", args=[secondment.pk]))
    assert "缺少课后反思" in html
    assert "缺少课后反思" not in told(
        client_of(other_sender), reverse("assignments:secondment_detail", args=[other.pk])
    )
    one = reverse("evaluations:finding_detail", args=[of_one.pk])
    assert client_of(teacher_user).get(one).status_code == 200
    assert {client_of(user).get(one).status_code for user in (other_sender, other_teacher)} == {404}


def test_the_letter_tells_those_concerned(principal, teacher_user, officer, issued):
    told_to = set(Notice.objects.filter(kind="feedback_issued").values_list("user__username", flat=True))
    assert told_to == {"principal", "teacher"}


# --- the letter as a file ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_the_letter_is_a_file_and_stays_as_it_was_issued(client_of, issued, points, principal, officer, form):
    Finding.objects.filter(pk=points[0].pk).update(text="改了的话", due_on=dt.date(2024, 3, 1))
    address = reverse("reports:paper_file", args=["feedback"])
    response = client_of(principal).get(address, {"pick": issued.pk, "year": "", "format": form})
    assert response.status_code == 200
    said = words(response)
    for text in ("支教督反〔2023〕1号", "听课记录缺少课后反思", "2023年12月20日", "青岚县教育局", "存在的问题"):
        assert text in said
    assert "改了的话" not in said
    assert "郭志远" in said


def test_the_whole_letter_is_not_for_another_sending_school_nor_for_a_teacher(
    client_of, issued, sending_school, teacher_user
):
    sender = person("sender", "派校长", Role.PRINCIPAL, school=sending_school)
    address = reverse("reports:paper_file", args=["feedback"])
    for user, answer in ((sender, 404), (teacher_user, 403)):
        assert client_of(user).get(address, {"pick": issued.pk, "year": "", "format": "pdf"}).status_code == answer


def test_a_letter_that_was_not_issued_is_no_file(client_of, visited, points, officer):
    address = reverse("reports:paper_file", args=["feedback"])
    assert client_of(officer).get(address, {"pick": visited.pk, "year": "", "format": "pdf"}).status_code == 409


# --- taken back --------------------------------------------------------------------------------------------------------


def test_a_letter_is_taken_back_with_a_reason_while_nobody_has_answered(client_of, issued, officer, principal, points):
    address = reverse("evaluations:feedback_withdraw", args=[issued.pk])
    assert "请写明为什么收回" in client_of(officer).post(address, {"reason": " "}).content.decode()
    with clock.standing_at(GIVEN):
        feedback.acknowledge(issued, by=principal)
    client_of(officer).post(address, {"reason": "教师姓名写错"})
    issued.refresh_from_db()
    assert (issued.state, issued.published_on) == (InspectionState.FEEDBACK, None)
    assert not Finding.objects.visible_to(principal).exists()
    assert AuditEntry.objects.filter(verb="收回反馈意见书", reason="教师姓名写错").exists()
    assert "缺少课后反思" not in told(client_of(principal), page(issued))


def test_what_was_answered_or_put_right_is_not_taken_back(issued, officer, principal, points):
    feedback.rectify(points[0], "补写了", by=principal)
    with pytest.raises(Refused, match="已经报了整改情况"):
        feedback.withdraw(issued, by=officer, reason="写错")
    Finding.objects.update(done="", done_on=None)
    feedback.answer(issued, "照办", by=principal)
    with pytest.raises(Refused, match="已经回复"):
        feedback.withdraw(issued, by=officer, reason="写错")


# --- the school answers ------------------------------------------------------------------------------------------------


def test_the_school_acknowledges_once_and_answers_once(client_of, issued, principal, officer):
    browser = client_of(principal)
    browser.post(reverse("evaluations:feedback_acknowledge", args=[issued.pk]))
    sheet = Feedback.objects.get()
    assert sheet.acknowledged_on == dt.date.today()
    assert browser.post(reverse("evaluations:feedback_acknowledge", args=[issued.pk])).status_code == 409
    address = reverse("evaluations:feedback_answer", args=[issued.pk])
    assert "请写一句话" in browser.post(address, {"text": ""}).content.decode()
    too_long = browser.post(address, {"text": "长" * 501}).content.decode()
    assert "最多 500 个字" in too_long and "长" * 501 in too_long
    assert browser.post(address, {"text": "已经布置下去"}).status_code == 302
    assert browser.post(address, {"text": "再说一次"}).status_code == 409
    sheet.refresh_from_db()
    assert (sheet.answer, sheet.answered_by) == ("已经布置下去", principal)
    assert "已经布置下去" in told(client_of(officer), page(issued))
    assert Notice.objects.filter(kind="feedback_answered", user=officer).exists()


def test_only_the_inspected_school_answers_and_puts_right(
    issued, points, officer, inspector, sending_school, teacher_user
):
    sender = person("sender", "派校长", Role.PRINCIPAL, school=sending_school)
    for user in (officer, inspector, sender, teacher_user):
        for step in (
            lambda user=user: feedback.acknowledge(issued, by=user), lambda user=user: feedback.answer(issued, "好", by=user),
            lambda user=user: feedback.rectify(points[0], "改了", by=user),
        ):  # fmt: skip
            with pytest.raises(Refused):
                step()
    assert not Finding.objects.exclude(done="").exists()


# --- put right, looked at again ----------------------------------------------------------------------------------------


def test_every_problem_put_right_and_looked_at_closes_the_inspection(client_of, issued, points, principal, officer):
    school, bureau = client_of(principal), client_of(officer)
    first, last = points[:2]
    sent = {"done": "补写了反思，教导处看过", "done_on": "2023-11-20", "photos": [photo()]}
    assert school.post(reverse("evaluations:finding_rectify", args=[first.pk]), sent).status_code == 302
    first.refresh_from_db()
    assert (first.done, first.done_on) == ("补写了反思，教导处看过", dt.date(2023, 11, 20))
    assert Attachment.objects.of(first).count() == 1
    one = reverse("evaluations:finding_detail", args=[first.pk])
    assert reverse("attachments:file", args=[Attachment.objects.get().pk]) in told(bureau, one)

    again = reverse("evaluations:finding_recheck", args=[first.pk])
    assert "请写明还差什么" in bureau.post(again, {"result": "again"}).content.decode()
    bureau.post(again, {"result": "again", "remark": "还有两份没有补。", "deadline": f"{dt.date.today():%Y-%m-%d}"})
    first.refresh_from_db()
    assert (first.is_closed, first.due_on) == (False, dt.date.today())
    assert "复查退回：还有两份没有补" in told(school, one)
    assert bureau.post(again, {"result": "passed"}).status_code == 409  # nothing new was said yet

    feedback.rectify(first, "两份也补了", by=principal)
    bureau.post(again, {"result": "passed", "remark": "都补齐了"})
    feedback.rectify(last, "次月 5 日前确认", by=principal)
    issued.refresh_from_db()
    assert issued.state == InspectionState.RECTIFYING
    feedback.recheck(last, True, "", by=officer)
    issued.refresh_from_db()
    assert issued.state == InspectionState.CLOSED
    assert set(Finding.objects.filter(kind="problem").values_list("is_closed", flat=True)) == {True}
    with pytest.raises(Refused, match="已经销号"):
        feedback.rectify(last, "再改", by=principal)
    kinds = set(Notice.objects.values_list("kind", flat=True))
    assert {"rectified", "rechecked", "inspection_closed"} <= kinds


def test_a_double_click_reports_once(client_of, issued, points, principal):
    browser = client_of(principal)
    html = told(browser, reverse("evaluations:finding_detail", args=[points[0].pk]))
    token = html.partition('name="once" value="')[2].partition('"')[0]
    address = reverse("evaluations:finding_rectify", args=[points[0].pk])
    sent = {"done": "改了", "done_on": "2023-11-20", "once": token}
    assert browser.post(address, sent).url == browser.post(address, sent).url
    assert AuditEntry.objects.filter(verb="报送整改情况").count() == 1


def test_what_was_typed_stays_when_something_is_wrong(client_of, issued, points, principal):
    address = reverse("evaluations:finding_rectify", args=[points[0].pk])
    tomorrow = dt.date.today() + dt.timedelta(days=1)
    html = client_of(principal).post(address, {"done": "快做好了", "done_on": f"{tomorrow}"}).content.decode()
    assert "完成日期还没有到" in html and "快做好了" in html
    bad = SimpleUploadedFile("病毒.jpg", b"not a picture", "image/jpeg")
    client_of(principal).post(address, {"done": "改了", "done_on": "2023-11-20", "photos": [bad]})
    points[0].refresh_from_db()
    assert points[0].done == ""


def test_an_inspector_looks_again_only_at_schools_of_their_team(issued, points, inspector, county, principal, officer):
    feedback.rectify(points[0], "改了", by=principal)
    rounds = Round.objects.create(county=county, name="秋季检查", state="announced")
    team = InspectionTeam.objects.create(county=county, round=rounds, name="第一组")
    Inspection.objects.filter(pk=issued.pk).update(team=team)
    with pytest.raises(Refused, match="检查组"):
        feedback.recheck(points[0], True, "", by=inspector)
    TeamMember.objects.create(county=county, team=team, user=inspector)
    inspector = User.objects.get(pk=inspector.pk)
    assert {"recheck", "rectify_late"} <= set(tasks_of(inspector, dt.date(2023, 12, 25)))
    assert feedback.recheck(points[0], True, "", by=inspector).is_closed


def test_the_school_does_not_look_at_itself(issued, points, principal):
    feedback.rectify(points[0], "改了", by=principal)
    with pytest.raises(Refused):
        feedback.recheck(points[0], True, "", by=principal)


# --- days --------------------------------------------------------------------------------------------------------------


def tasks_of(user, today):
    return {task.kind: task for group in waiting_for(user, today) for task in group.tasks if group.is_mine}


def test_at_home_stands_what_waits_and_what_is_late(visited, points, officer, principal, inspector):
    assert "feedback_to_issue" in tasks_of(officer, GIVEN)
    with clock.standing_at(GIVEN):
        feedback.issue(visited, by=officer)
    school = tasks_of(principal, GIVEN)
    assert {"feedback_unread", "rectify"} <= set(school)
    assert not school["feedback_unread"].is_late
    late_day = dt.date(2023, 12, 25)
    assert tasks_of(principal, late_day)["feedback_unread"].is_late
    late = tasks_of(officer, late_day)
    assert late["rectify_late"].is_late and late["feedback_unread_late"].is_late
    feedback.acknowledge(visited, by=principal)
    feedback.rectify(points[0], "改了", by=principal)
    assert "feedback_unread" not in tasks_of(principal, late_day)
    assert "recheck" in tasks_of(officer, late_day)


def test_deadlines_are_reminded_of_once_before_and_once_after(issued, points, principal, officer):
    number = {}
    for day in (
        dt.date(2023, 11, 9),
        dt.date(2023, 11, 27),
        dt.date(2023, 11, 28),
        dt.date(2023, 11, 30),
        dt.date(2023, 12, 1),
    ):
        number[day.isoformat()] = telling.tell_terms_of_letters(day)
    assert number == {"2023-11-09": 0, "2023-11-27": 1, "2023-11-28": 0, "2023-11-30": 2, "2023-12-01": 0}
    assert telling.tell_terms_of_rectification(dt.date(2023, 12, 18)) == 2
    assert telling.tell_terms_of_rectification(dt.date(2023, 12, 19)) == 0
    assert telling.tell_terms_of_rectification(dt.date(2023, 12, 21)) == 4
    feedback.rectify(points[0], "改了", by=principal)
    Notice.objects.all().delete()
    assert telling.tell_terms_of_rectification(dt.date(2023, 12, 21)) == 2


# --- the list ----------------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_and_taken_as_excel(client_of, issued, points, principal, officer):
    feedback.rectify(points[1], "次月确认", by=principal)
    browser, address = client_of(officer), reverse("evaluations:rectification_list")
    assert "缺少课后反思" in told(browser, address) and "集体备课" not in told(browser, address)
    waiting = browser.get(address, {"state": "to_recheck"}).content.decode()
    assert "考勤确认滞后" in waiting and "缺少课后反思" not in waiting
    late = browser.get(address, {"overdue": "true"}).content.decode()
    assert "缺少课后反思" in late and "考勤确认滞后" not in late
    assert "缺少课后反思" not in browser.get(address, {"school": "别的学校"}).content.decode()
    file = browser.get(reverse("evaluations:rectification_export"), {"state": "to_recheck"})
    rows = list(openpyxl.load_workbook(io.BytesIO(file.content)).active.iter_rows(values_only=True))
    assert len(rows) == 2
    assert rows[1][1] == "松岭乡中心小学" and rows[1][3] == "考勤确认滞后" and rows[1][10] == "待复查"
    assert AuditEntry.objects.filter(verb="导出整改清单").exists()


def test_pages_ask_the_same_for_1_and_3_and_30(client_of, issued, officer, principal):
    asked = []
    for number in (1, 2, 27):
        for index in range(number):
            one = found(issued, f"问题{number}-{index}", due_on=GIVEN, done="改了", done_on=GIVEN)
        counts = []
        for user in (officer, principal):
            for address in (
                page(issued),
                reverse("evaluations:rectification_list"),
                reverse("evaluations:finding_detail", args=[one.pk]),
            ):
                browser = client_of(user)
                with CaptureQueriesContext(connection) as captured:
                    assert browser.get(address).status_code == 200
                counts.append(len(captured))
        asked.append(counts)
    assert asked[0] == asked[1] == asked[2]
    assert max(asked[0]) <= 12


def test_an_imported_inspection_tells_its_feedback_too(client_of, inspect, officer, principal):
    row = inspect(state="closed")
    Feedback.objects.create(county=row.county, inspection=row, document="青教督〔2023〕7号", day=GIVEN)
    found(row, "科学课被占用", done="调整了课表", done_on=GIVEN, is_closed=True)
    html = told(client_of(principal), page(row))
    assert "青教督〔2023〕7号" in html and "科学课被占用" in html
    file = client_of(principal).get(
        reverse("reports:paper_file", args=["feedback"]), {"pick": row.pk, "year": "", "format": "docx"}
    )
    assert "青教督〔2023〕7号" in words(file)
    assert "签收" not in {task.what for group in waiting_for(principal, GIVEN) for task in group.tasks}


def test_evidence_is_examined_like_every_file():
    assert FilesField().clean([photo()])[0].kind == "jpg"


# --- at one moment -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@at_once
def test_two_letters_at_one_moment_get_two_numbers_and_one_letter_goes_out_once(inspect, officer):
    first, second = inspect(), inspect(day=VISITED + dt.timedelta(days=1))
    for row in (first, second):
        found(row, "考勤确认滞后")
    made = with_a_quicker_one(lambda: feedback.issue(first, by=officer), lambda: feedback.issue(second, by=officer))
    assert made.number == 2
    feedback.withdraw(second, by=officer, reason="写错")
    with pytest.raises(Refused, match="已经印发"):
        with_a_quicker_one(lambda: feedback.issue(second, by=officer), lambda: feedback.issue(second, by=officer))
    assert set(Feedback.objects.values_list("number", flat=True)) == {1, 3}


@pytest.mark.django_db(transaction=True)
@at_once
def test_the_last_two_problems_looked_at_at_one_moment_close_the_inspection_once(inspect, officer, principal):
    row = inspect()
    one, other = found(row, "考勤确认滞后"), found(row, "随笔少")
    feedback.issue(row, by=officer)
    for point in (one, other):
        feedback.rectify(point, "改了", by=principal)
    with_a_quicker_one(
        lambda: feedback.recheck(one, True, "", by=officer), lambda: feedback.recheck(other, True, "", by=officer)
    )
    row.refresh_from_db()
    assert row.state == InspectionState.CLOSED
    assert AuditEntry.objects.filter(verb="督导检查办结").count() == 1
