"""An appraisal: opened by the bureau, scored by the school, answered by the teacher, settled within the quota, made public, final."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments import workflow
from assignments.choices import Role
from assignments.models import Teacher
from evaluations import appraisal, appraising, versions
from evaluations.choices import AppraisalState, Grade, NoticeState
from evaluations.models import Appeal, Appraisal, AppraisalNotice, AppraisalScore, AppraisalVersion, Rubric
from evaluations.telling import appraisals as telling
from evaluations.views.appraisal_notices import with_state
from tests.conftest import inspects, person
from tests.evaluations.rubrics import ready
from zhijiao.accounts import audit
from zhijiao.accounts.models import AuditEntry, User
from zhijiao.clock import standing_at
from zhijiao.notices.models import Notice
from zhijiao.refusals import Refused, WordsNeeded

JUNE = dt.date(2024, 6, 17)
LINES = {
    "师德师风": "好", "教育教学能力": "好", "出勤": {"事假": "2", "旷工": "0", "迟到": "0", "早退": "0"},
    "工作量": {"own": "18", "average": "15"}, "教学实绩": "较好", "满意度": "96", "廉洁从教": "好",
    "表彰加分": {"县级": "0", "市级": "0", "省级": "0", "国家级": "0"}, "师德一票否决": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def june():
    with standing_at(JUNE):
        yield


@pytest.fixture
def leader(county):
    return person("leader", "高局长", Role.LEADER, district=county)


@pytest.fixture
def sender(sending_school):
    return person("sender", "秦校长", Role.PRINCIPAL, school=sending_school)


@pytest.fixture
def opened(secondment, school_year, officer, principal, teacher_user, sender):
    return appraisal.open_year(school_year, "final", ready(), [secondment], by=officer)[0]


@pytest.fixture
def scored(opened, principal):
    return appraisal.save_draft(opened, {"lines": LINES, "summary": "教了一年三年级。"}, by=principal)


@pytest.fixture
def submitted(scored, principal):
    return appraisal.submit(scored, by=principal)


@pytest.fixture
def settled(submitted, officer):
    return appraisal.settle({submitted.pk: (Grade.QUALIFIED, "名额")}, by=officer)[0]


@pytest.fixture
def noticed(settled, officer):
    appraisal.publish([settled], JUNE, dt.date(2024, 6, 24), by=officer)
    return fresh(settled)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def again(user):
    return User.objects.get(pk=user.pk)


def many(number, second, county, sending_school, school_year, officer, principal, rubric=None):
    """So many teachers, all handed in."""
    rows = [
        second(Teacher.objects.create(county=county, school=sending_school, name=f"教师{n:02}")) for n in range(number)
    ]
    made = appraisal.open_year(school_year, "final", rubric or ready(), rows, by=officer)
    for row in made:
        appraisal.submit(appraisal.save_draft(row, {"lines": LINES}, by=principal), by=principal)
    return made


# --- opened and scored -------------------------------------------------------------------------------------------------


def test_opening_makes_a_draft_with_every_line_and_freezes_the_rubric(opened, principal):
    assert opened.state == AppraisalState.DRAFT
    assert [line.item for line in appraisal.lines_of(opened)] == list(LINES)
    assert Rubric.objects.get(pk=opened.rubric_id).is_frozen
    assert Notice.objects.filter(user=principal, kind="appraisal_opened").count() == 1


def test_nobody_is_appraised_twice_in_the_same_way(opened, secondment, school_year, officer):
    with pytest.raises(Refused, match="已经有了期满考核"):
        appraisal.open_year(school_year, "final", ready(), [secondment], by=officer)
    assert Appraisal.objects.count() == 1


def test_a_rubric_with_holes_opens_nothing(secondment, school_year, officer):
    with pytest.raises(Refused, match="还不能用"):
        appraisal.open_year(school_year, "final", ready("exchange-100"), [secondment], by=officer)
    assert not Appraisal.objects.exists()


def test_all_is_undone_when_something_breaks_in_the_middle(secondment, school_year, officer, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("kaputt")

    monkeypatch.setattr(telling, "tell_opened", broken)
    with pytest.raises(RuntimeError):
        appraisal.open_year(school_year, "final", ready(), [secondment], by=officer)
    assert not Appraisal.objects.exists()
    assert not AppraisalScore.objects.exists()
    assert not Rubric.objects.get(county=None, key="plain").is_frozen


def test_what_is_known_is_filled_in_with_its_source(secondment, school_year, officer, county):
    from assignments.models import AttendanceMonth

    AttendanceMonth.objects.create(
        county=county, secondment=secondment, month=dt.date(2023, 10, 1), due=20, present=18, personal_leave=2
    )
    row = appraisal.open_year(school_year, "final", ready(), [secondment], by=officer)[0]
    line = row.scores.get(item="出勤")
    assert line.is_known
    assert line.score == 8
    assert "考勤" in line.source or "事假" in line.source
    AttendanceMonth.objects.update(personal_leave=3, present=17)
    appraisal.refresh(
        row, by=person("p2", "吴副校长", Role.PRINCIPAL, school=secondment.placements.get().receiving_school)
    )
    assert row.scores.get(item="出勤").score == 7


def test_a_draft_is_kept_with_what_is_there(opened, principal):
    row = appraisal.save_draft(opened, {"lines": {"师德师风": "好"}, "summary": "一年"}, by=principal)
    assert row.score is None
    assert fresh(row).summary == "一年"
    assert row.scores.get(item="师德师风").score == 20
    with pytest.raises(Refused, match=r"教育教学能力.*请选一档"):
        appraisal.submit(row, by=principal)
    assert fresh(row).state == AppraisalState.DRAFT


def test_all_lines_make_the_total_and_the_proposal(scored):
    assert scored.score == Decimal("94.40")  # 20 + 20 + 8 + 10 + 12 + 14.4 + 10
    assert scored.rule_grade == Grade.EXCELLENT


def test_a_veto_leaves_no_other_grade(opened, principal, officer):
    lines = {**LINES, "师德一票否决": "有偿补课"}
    row = appraisal.submit(appraisal.save_draft(opened, {"lines": lines}, by=principal), by=principal)
    assert row.rule_grade == row.proposed_grade == Grade.FAILED
    with pytest.raises(Refused, match="一票否决"):
        appraisal.settle({row.pk: (Grade.QUALIFIED, "照顾")}, by=officer)


def test_a_person_may_decide_against_what_is_known_with_a_reason(scored, principal):
    given = {"given": "10", "reason": "支教以前请的假", "value": LINES["出勤"]}
    row = appraisal.save_draft(scored, {"lines": {"出勤": given}}, by=principal)
    assert row.score == Decimal("96.40")
    assert "支教以前请的假" in row.scores.get(item="出勤").source


def test_two_who_score_at_once_are_told(scored, principal):
    seen = appraisal.seen_of(scored)
    appraisal.save_draft(scored, {"lines": {"师德师风": "差"}}, by=principal)
    with pytest.raises(Refused, match="有人改过"):
        appraisal.save_draft(scored, {"lines": {"师德师风": "一般"}}, by=principal, seen=seen)


def test_what_is_handed_in_is_kept_and_stays(submitted, principal, officer, teacher_user):
    assert submitted.state == AppraisalState.SUBMITTED
    version = submitted.versions.get()
    assert version.content["score"] == "94.40"
    assert Notice.objects.filter(user=teacher_user, kind="appraisal_submitted").exists()
    with pytest.raises(Refused, match="已报送"):
        appraisal.save_draft(submitted, {"lines": {"师德师风": "差"}}, by=principal)
    with pytest.raises(WordsNeeded):
        appraisal.send_back(submitted, " ", by=officer)
    row = appraisal.send_back(submitted, "满意度重新填", by=officer)
    row = appraisal.save_draft(row, {"lines": {"满意度": "50"}}, by=principal)
    appraisal.submit(row, by=principal)
    assert [one.number for one in row.versions.order_by("number")] == [1, 2]
    assert row.versions.get(number=1).content["score"] == "94.40"


def test_only_the_school_where_the_teacher_is_scores(opened, officer, sender, outsider, teacher_user):
    for user in (officer, sender, outsider, teacher_user):
        with pytest.raises(Refused):
            appraisal.save_draft(opened, {"lines": LINES}, by=user)


# --- answered and settled ----------------------------------------------------------------------------------------------


def test_the_teacher_signs_or_objects_and_the_sending_school_says_its_opinion(submitted, teacher_user, sender, officer):
    with pytest.raises(WordsNeeded):
        appraisal.object_to(submitted, "", by=teacher_user)
    assert appraisal.object_to(submitted, "出勤少算了一天", by=teacher_user).answer == "objected"
    assert appraisal.sign(submitted, by=teacher_user).signed_on == JUNE
    assert fresh(submitted).objection == ""
    assert appraisal.give_opinion(submitted, "同意", by=sender).opinion_by == sender
    with pytest.raises(Refused):
        appraisal.sign(submitted, by=officer)


def test_another_grade_than_the_proposed_one_asks_why(submitted, officer):
    with pytest.raises(Refused, match="请写一句原因"):
        appraisal.settle({submitted.pk: (Grade.QUALIFIED, "")}, by=officer)
    row = appraisal.settle({submitted.pk: (Grade.QUALIFIED, "名额已满")}, by=officer)[0]
    assert (row.state, row.grade, row.settled_by) == (AppraisalState.SETTLED, Grade.QUALIFIED, officer)


def test_nobody_settles_what_they_scored(scored, principal, county):
    principal.memberships.create(role=Role.OFFICER, district=county)
    both = again(principal)
    row = appraisal.submit(scored, by=both)
    with pytest.raises(Refused, match="评分的人不评定"):
        appraisal.settle({row.pk: (Grade.QUALIFIED, "名额")}, by=both)


def test_the_quota_is_rounded_down_and_never_exceeded(second, county, sending_school, school_year, officer, principal):
    rows = many(11, second, county, sending_school, school_year, officer, principal)
    with pytest.raises(Refused, match="全县优秀名额 2 人（11 人参加考核），选了 3 人"):
        appraisal.settle({row.pk: (Grade.EXCELLENT, "") for row in rows[:3]}, by=officer)
    assert not Appraisal.objects.exclude(grade="").exists()
    appraisal.settle({row.pk: (Grade.EXCELLENT, "") for row in rows[:2]}, by=officer)
    with pytest.raises(Refused, match="选了 3 人"):
        appraisal.settle({rows[2].pk: (Grade.EXCELLENT, "")}, by=officer)
    appraisal.settle({rows[0].pk: (Grade.QUALIFIED, "调整"), rows[2].pk: (Grade.EXCELLENT, "")}, by=officer)


def test_settling_is_all_or_nothing_also_when_something_breaks(
    second, county, sending_school, school_year, officer, principal, monkeypatch
):
    rows = many(2, second, county, sending_school, school_year, officer, principal)
    with pytest.raises(appraisal.NotSettled) as refused:
        appraisal.settle({rows[0].pk: (Grade.QUALIFIED, "名额"), rows[1].pk: (Grade.QUALIFIED, "")}, by=officer)
    assert list(refused.value.problems) == [rows[1].pk]

    calls = []

    def broken(*args, **kwargs):
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("kaputt")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        appraisal.settle({row.pk: (Grade.QUALIFIED, "名额") for row in rows}, by=officer)
    assert not Appraisal.objects.exclude(grade="").exists()


# --- public, appealed, final -------------------------------------------------------------------------------------------


def test_a_notice_lasts_five_working_days(settled, officer):
    with pytest.raises(Refused, match="至少 5 个工作日"):
        appraisal.publish([settled], JUNE, dt.date(2024, 6, 20), by=officer)
    appraisal.publish([settled], JUNE, dt.date(2024, 6, 21), by=officer)
    assert fresh(settled).state == AppraisalState.NOTICED


def test_an_appeal_is_decided_by_somebody_else_and_upheld_it_is_settled_again(noticed, teacher_user, officer, leader):
    asked = appraisal.appeal(noticed, "优秀名额没有用完", by=teacher_user)
    with pytest.raises(Refused, match="已经申诉过"):
        appraisal.appeal(noticed, "再说一次", by=teacher_user)
    with pytest.raises(Refused, match="评定等次的人不处理申诉"):
        appraisal.decide(asked, "dismissed", "维持", by=officer)
    appraisal.decide(asked, "upheld", "重新评定", by=leader)
    row = fresh(noticed)
    assert (row.state, row.grade, row.notice) == (AppraisalState.SUBMITTED, "", None)
    with pytest.raises(Refused, match="已经处理"):
        appraisal.decide(asked, "dismissed", "维持", by=leader)


def test_after_the_notice_the_grade_is_final_and_frozen(noticed, teacher_user, officer, leader, principal):
    notice = noticed.notice
    with pytest.raises(Refused, match="结束以后"):
        appraisal.make_final(notice, by=officer)
    asked = appraisal.appeal(noticed, "不同意", by=teacher_user)
    with pytest.raises(Refused, match="还有申诉"):
        appraisal.make_final(notice, by=officer, today=dt.date(2024, 6, 25))
    appraisal.decide(asked, "dismissed", "名额有限，维持", by=leader)
    row = appraisal.make_final(notice, by=officer, today=dt.date(2024, 6, 25), document="青教人〔2024〕8号")[0]
    assert (fresh(row).state, fresh(row).final_on, fresh(row).document) == (
        "final",
        dt.date(2024, 6, 25),
        "青教人〔2024〕8号",
    )
    changes = (
        lambda: appraisal.save_draft(row, {"summary": "改"}, by=principal), lambda: appraisal.submit(row, by=principal),
        lambda: appraisal.send_back(row, "改", by=officer), lambda: appraisal.settle({row.pk: (Grade.EXCELLENT, "改")}, by=officer),
        lambda: appraisal.sign(row, by=teacher_user), lambda: appraisal.appeal(row, "再", by=teacher_user),
        lambda: appraisal.publish([row], JUNE, dt.date(2024, 6, 24), by=officer), lambda: appraisal.make_final(notice, by=officer, today=dt.date(2024, 6, 26)),
    )  # fmt: skip
    for change in changes:
        with pytest.raises(Refused):
            change()
    assert AuditEntry.objects.filter(verb="确定考核结果").count() == 1


def test_the_step_appraised_waits_for_the_appraisal_that_goes_its_way(noticed, secondment, officer):
    step = (
        workflow.TRANSITIONS["appraise"]
        if isinstance(workflow.TRANSITIONS, dict)
        else next(one for one in workflow.TRANSITIONS if one.key == "appraise")
    )
    assert "还没有确定" in step.refusal(secondment, officer)
    appraisal.make_final(noticed.notice, by=officer, today=dt.date(2024, 6, 25))
    assert step.refusal(secondment, officer) == ""
    assert not appraising.grade_field([secondment]).required


# --- pages -------------------------------------------------------------------------------------------------------------


def test_the_bureau_opens_on_the_page(secondment, school_year, officer, client_of):
    client, url = client_of(officer), reverse("evaluations:appraisal_open")
    asked = {"school_year": school_year.pk, "kind": "final", "rubric": ready().pk}
    assert "沈若兰" in client.get(url, asked).content.decode()
    response = client.post(url, {**asked, "pick": [secondment.pk]})
    assert response.status_code == 302, response.content.decode()
    assert Appraisal.objects.get().state == AppraisalState.DRAFT


def test_the_principal_scores_on_the_page_and_hands_in(opened, principal, client_of):
    client, url = client_of(principal), reverse("evaluations:appraisal_score", args=[opened.pk])
    page = client.get(url)
    assert "师德师风" in page.content.decode()
    form = page.context["form"]
    typed = {}
    for line in form.lines:
        value = LINES[line.item.name]
        for label, field, _ in line.fields:
            key = {"本人": "own", "全校平均": "average"}.get(label, label)
            typed[field.html_name] = value.get(key, "") if isinstance(value, dict) else value
    first = {name: value for name, value in typed.items() if value != "96"}
    response = client.post(url, {**first, "seen": page.context["seen"], "do": "submit"}, follow=True)
    assert "请填 0 到 100 之间" in response.content.decode()
    assert fresh(opened).state == AppraisalState.DRAFT
    assert opened.scores.get(item="师德师风").score == 20  # kept all the same
    response = client.post(url, {**typed, "seen": response.context["seen"], "do": "submit"}, follow=True)
    assert fresh(opened).state == AppraisalState.SUBMITTED, response.content.decode()
    assert fresh(opened).score == Decimal("94.40")


def test_before_it_is_handed_in_nobody_else_sees_it(opened, principal, teacher_user, sender, client_of):
    url = reverse("evaluations:appraisal_detail", args=[opened.pk])
    assert client_of(principal).get(url).status_code == 200
    assert client_of(teacher_user).get(url).status_code == 404
    assert client_of(sender).get(url).status_code == 404


def test_the_grade_is_known_to_others_only_when_it_is_public(settled, teacher_user, officer, client_of):
    Appraisal.objects.filter(pk=settled.pk).update(grade=Grade.BASIC)
    pages = [reverse("evaluations:appraisal_detail", args=[settled.pk]), reverse("evaluations:appraisal_list") + "?year=2023-2024",
             reverse("assignments:secondment_detail", args=[settled.secondment_id])]  # fmt: skip
    for url in pages:
        page = client_of(teacher_user).get(url)
        assert page.status_code == 200
        assert "基本合格" not in page.content.decode().replace("<option", "")
    assert "基本合格" in client_of(officer).get(pages[0]).content.decode()


def test_the_teacher_sees_every_line_and_signs_on_the_page(submitted, teacher_user, client_of):
    client, url = client_of(teacher_user), reverse("evaluations:appraisal_detail", args=[submitted.pk])
    page = client.get(url).content.decode()
    assert all(name in page for name in LINES)
    assert client.post(reverse("evaluations:appraisal_object", args=[submitted.pk]), {"text": ""}).status_code == 422
    client.post(reverse("evaluations:appraisal_sign", args=[submitted.pk]))
    assert fresh(submitted).answer == "agreed"


def test_on_the_table_of_the_county_nothing_typed_is_lost(
    second, county, sending_school, school_year, officer, principal, client_of
):
    rows = many(2, second, county, sending_school, school_year, officer, principal)
    client, url = client_of(officer), reverse("evaluations:appraisal_settle") + "?year=2023-2024"
    typed = {
        f"grade-{rows[0].pk}": "qualified",
        f"reason-{rows[0].pk}": "名额用在别处",
        f"grade-{rows[1].pk}": "qualified",
    }
    response = client.post(url, typed)
    assert response.status_code == 409
    assert "名额用在别处" in response.content.decode()
    assert "教师01：和学校建议" in response.content.decode()
    assert not Appraisal.objects.exclude(grade="").exists()
    response = client.post(url, {**typed, f"reason-{rows[1].pk}": "同上"})
    assert response.status_code == 302
    assert Appraisal.objects.filter(state="settled").count() == 2


def test_an_appeal_goes_through_on_the_pages(noticed, teacher_user, leader, officer, client_of):
    client_of(teacher_user).post(reverse("evaluations:appraisal_appeal", args=[noticed.pk]), {"text": "请再看一看"})
    assert Appeal.objects.get().text == "请再看一看"
    url = reverse("evaluations:appraisal_decide", args=[noticed.pk])
    assert client_of(officer).post(url, {"result": "dismissed", "answer": "维持"}).status_code == 409
    assert client_of(leader).post(url, {"result": "dismissed", "answer": ""}).status_code == 422
    assert client_of(leader).post(url, {"result": "dismissed", "answer": "维持"}).status_code == 302
    with standing_at(dt.date(2024, 6, 25)):
        client_of(officer).post(
            reverse("evaluations:appraisal_notice_finish", args=[noticed.notice_id]), {"document": "8号"}
        )
    assert fresh(noticed).state == "final"


@pytest.mark.parametrize("name", ["appraisal_list", "appraisal_settle"])
def test_the_queries_do_not_grow_with_the_rows(
    name, second, county, sending_school, school_year, officer, principal, client_of
):
    client, url, counts = client_of(officer), reverse(f"evaluations:{name}") + "?year=2023-2024", []
    made = many(30, second, county, sending_school, school_year, officer, principal)
    keys = [row.pk for row in made]
    client.get(url)
    for number in (1, 3, 30):
        Appraisal.objects.filter(pk__in=keys[:number]).update(county=county, school_year=school_year)
        Appraisal.objects.filter(pk__in=keys[number:]).update(school_year=None)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = client.get(url)
        assert page.status_code == 200
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 14


# --- versions ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def twice(submitted, principal, officer):
    """Handed in, sent back, one line and one remark changed, handed in again."""
    appraisal.send_back(submitted, "满意度按问卷", by=officer)
    lines = {**LINES, "满意度": "90", "廉洁从教": "好"}
    row = appraisal.save_draft(submitted, {"lines": lines, "briefing_remark": "讲得清楚。"}, by=principal)
    return appraisal.submit(row, by=principal)


def test_a_version_shows_every_line_and_what_differs_from_the_one_before(twice, officer):
    second, first = versions.history_of(twice, officer)
    assert [line.item for line in first.lines] == list(LINES) == [line.item for line in second.lines]
    assert first.changes == 0 and not any(line.is_changed for line in first.lines)
    (changed,) = [line for line in second.lines if line.is_changed]
    assert (changed.item, changed.was.startswith("14.4 分")) == ("满意度", True) and changed.score == "13.5"
    assert [(one.label, one.text) for one in second.words if one.is_changed] == [("听取汇报和座谈", "讲得清楚。")]
    assert (second.changes, second.score_was) == (2, first.score)


def test_a_line_that_came_or_went_is_told(twice, officer):
    old = twice.versions.get(number=1)
    content = {**old.content, "lines": [*old.content["lines"][1:], {**old.content["lines"][0], "item": "旧的一项"}]}
    old.content = content
    told = versions.compared([old, twice.versions.get(number=2)])[0]
    assert told.gone == ("旧的一项",) and [line.item for line in told.lines if line.is_new] == ["师德师风"]


def test_the_page_shows_the_versions_to_whom_may_read_the_appraisal(
    twice, officer, principal, teacher_user, sender, client_of
):
    address = reverse("evaluations:appraisal_detail", args=[twice.pk])
    for user in (officer, principal, teacher_user, sender):
        html = client_of(again(user)).get(address).content.decode()
        assert "第 2 次" in html and "改了 2 处" in html and "上次 14.4 分" in html
    appraisal.send_back(twice, "再看看", by=officer)
    assert "改了 2 处" in client_of(again(principal)).get(address).content.decode()
    assert client_of(again(teacher_user)).get(address).status_code == 404


def test_a_single_version_is_what_the_page_shows_anyway(submitted, officer, client_of):
    html = client_of(officer).get(reverse("evaluations:appraisal_detail", args=[submitted.pk])).content.decode()
    assert "报送过的评分" not in html


# --- inspectors --------------------------------------------------------------------------------------------------------


def test_an_inspector_reads_what_was_made_public_at_the_schools_of_the_team_and_nothing_before(
    settled, officer, county, receiving_school, client_of
):
    inspector = person("inspector", "卢督导", Role.INSPECTOR, district=county)
    other = person("other", "许督学", Role.INSPECTOR, district=county)
    inspects(inspector, receiving_school)
    address, listed = reverse("evaluations:appraisal_detail", args=[settled.pk]), reverse("evaluations:appraisal_list")
    for model in (Appraisal, AppraisalScore, AppraisalVersion):
        assert not model.objects.visible_to(again(inspector)).exists()
    assert client_of(again(inspector)).get(address).status_code == 404
    appraisal.publish([settled], JUNE, dt.date(2024, 6, 24), by=officer)
    for model in (Appraisal, AppraisalScore, AppraisalVersion):
        assert (
            model.objects.visible_to(again(inspector)).exists() and not model.objects.visible_to(again(other)).exists()
        )
    page = client_of(again(inspector)).get(address)
    assert page.status_code == 200 and "签字</button>" not in page.content.decode()
    assert "沈若兰" in client_of(again(inspector)).get(f"{listed}?year=all").content.decode()
    assert client_of(again(other)).get(address).status_code == 404
    assert "沈若兰" not in client_of(again(other)).get(f"{listed}?year=all").content.decode()


def test_an_inspector_hears_of_no_appeal(noticed, teacher_user, county, receiving_school):
    inspector = person("inspector", "卢督导", Role.INSPECTOR, district=county)
    inspects(inspector, receiving_school)
    appraisal.appeal(noticed, "请再看看", by=teacher_user)
    assert not Appeal.objects.visible_to(again(inspector)).exists()


# --- the list of notices -----------------------------------------------------------------------------------------------


def test_the_list_of_notices_tells_where_each_stands(noticed, teacher_user, leader, officer, client_of):
    address = reverse("evaluations:appraisal_notice_list")

    def shown(day, state):
        with standing_at(day):
            client = client_of(again(officer))
            rows = [client.get(f"{address}?state={one}").content.decode() for one in NoticeState.values]
            held = with_state(AppraisalNotice.objects.all(), day).get()
        assert (held.state, [f"/appraisals/notices/{held.pk}/" in html for html in rows]) == (
            state, [one == state for one in NoticeState.values],
        )  # fmt: skip

    shown(dt.date(2024, 6, 16), "to_come")
    shown(JUNE, "running")
    shown(dt.date(2024, 6, 24), "running")
    shown(dt.date(2024, 6, 25), "over")
    asked = appraisal.appeal(noticed, "请再看看", by=teacher_user)
    shown(JUNE, "appealed")
    shown(dt.date(2024, 6, 25), "appealed")
    appraisal.decide(asked, "dismissed", "分数没有错", by=leader)
    shown(dt.date(2024, 6, 25), "over")
    with standing_at(dt.date(2024, 6, 25)):
        appraisal.make_final(noticed.notice, by=officer)
    shown(dt.date(2024, 6, 25), "closed")


def test_the_list_of_notices_is_reached_from_the_appraisals_by_those_who_make_them(
    noticed, officer, principal, client_of
):
    address, listed = reverse("evaluations:appraisal_notice_list"), reverse("evaluations:appraisal_list")
    assert address in client_of(officer).get(listed).content.decode()
    assert address not in client_of(principal).get(listed).content.decode()
    assert client_of(principal).get(address).status_code == 403
    found = client_of(officer).get(f"{address}?q=沈若兰&year=all").content.decode()
    assert "2023—2024学年期满考核公示" in found
    assert "2023—2024学年期满考核公示" not in client_of(officer).get(f"{address}?q=查无此人").content.decode()
