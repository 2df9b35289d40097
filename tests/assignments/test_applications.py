"""Applications by teachers, schools and the bureau; and the receiving school that the bureau assigns."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assignments import applications, workflow
from assignments.applications import Assignment, Person, match, suggestions
from assignments.choices import Role
from assignments.models import Application, Demand, Exemption, Placement, School, Secondment, Teacher, YearSchedule
from assignments.plan import Opening
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry
from zhijiao.refusals import Refused

YESTERDAY = timezone.localdate() - dt.timedelta(days=1)
NEXT_YEAR = "2023-2024"


@pytest.fixture
def sender(sending_school):
    return person("sender", "孙校长", Role.PRINCIPAL, school=sending_school)


@pytest.fixture
def asked(programme, school_year, receiving_school):
    return {
        "programme": programme, "school_year": school_year, "start": dt.date(2023, 9, 1), "end": dt.date(2024, 8, 31), "duty": "teacher",
        "wished_schools": [receiving_school.name], "wished_subject": "英语", "accepts_other": True, "reason": "想到山里去教书",
    }  # fmt: skip


@pytest.fixture
def typed(programme, school_year, receiving_school):
    return {
        "programme": str(programme.pk), "school_year": NEXT_YEAR, "start": "2023-09-01", "end": "2024-08-31", "duty": "teacher",
        "wish_1": receiving_school.name, "wished_subject": "英语", "accepts_other": "True", "reason": "想到山里去教书",
    }  # fmt: skip


@pytest.fixture
def application(teacher, teacher_user, asked):
    return applications.draft(teacher, by=teacher_user, **asked)


NEW = f"/secondments/new/?year={NEXT_YEAR}"


# --- drafts -------------------------------------------------------------------------------------------------------------


def test_a_draft_is_a_secondment_with_an_application(application, sending_school, receiving_school):
    assert (application.state, application.sending_school) == ("draft", sending_school)
    assert application.application.wished_schools == [receiving_school.name]
    assert AuditEntry.objects.latest("id").verb == "填写支教申请"


def test_after_the_deadline_only_the_bureau_enters_an_application(
    county, teacher, teacher_user, officer, school_year, asked
):
    YearSchedule.objects.create(county=county, school_year=school_year, applications_until=YESTERDAY)
    with pytest.raises(Refused, match="截止，要补报请联系教育局"):
        applications.draft(teacher, by=teacher_user, **asked)
    assert not Secondment.objects.exists()
    assert applications.draft(teacher, by=officer, **asked).pk


def test_who_is_away_full_time_is_refused_with_the_dates(second, teacher, teacher_user, asked, programme):
    second(
        teacher,
        "2023-03-01",
        "2024-02-28",
        programme=type(programme).objects.create(county=teacher.county, name="别的项目"),
    )
    with pytest.raises(Refused, match=r"已有一个全职派遣（2023\.03\.01 — 2024\.02\.28）"):
        applications.draft(teacher, by=teacher_user, **asked)


def test_the_same_programme_twice_in_a_year_is_refused_but_not_after_a_withdrawal(
    application, teacher, teacher_user, asked
):
    with pytest.raises(Refused, match="已有一份“测试支教”（草稿）"):
        applications.draft(teacher, by=teacher_user, **asked)
    workflow.perform("withdraw", application, by=teacher_user, data={"reason": "家里有事"})
    assert applications.draft(teacher, by=teacher_user, **asked).pk


def test_who_is_exempt_or_gone_or_wishes_to_stay_is_refused(teacher, teacher_user, asked, sending_school):
    with pytest.raises(Refused, match="意向学校里有本校"):
        applications.draft(teacher, by=teacher_user, **{**asked, "wished_schools": [sending_school.name]})
    exemption = Exemption.objects.create(
        county=teacher.county, teacher=teacher, reason="illness", end=dt.date(2024, 1, 31)
    )
    with pytest.raises(Refused, match="暂缓交流到 2024年1月31日") as refused:
        applications.draft(teacher, by=teacher_user, **asked)
    assert "病" not in str(refused.value)
    exemption.delete()
    Teacher.objects.filter(pk=teacher.pk).update(retired_on=YESTERDAY)
    with pytest.raises(Refused, match="已经离岗"):
        applications.draft(teacher, by=teacher_user, **asked)
    assert not Secondment.objects.exists()


@pytest.mark.parametrize(
    "state", ["submitted", "recommended", "review", "approved", "dispatched", "on_post", "completed", "withdrawn"]
)
def test_what_somebody_has_already_is_not_changed_any_more(state, application, teacher_user, asked):
    Secondment.objects.filter(pk=application.pk).update(state=state)
    with pytest.raises(Refused, match="不能再改"):
        applications.change(application, by=teacher_user, **{**asked, "reason": "别的"})
    assert Application.objects.get().reason == "想到山里去教书"


# --- pages --------------------------------------------------------------------------------------------------------------


def test_a_teacher_applies_and_comes_to_the_secondment(client_of, teacher_user, teacher, typed):
    browser = client_of(teacher_user)
    page = browser.get(NEW).content.decode()
    assert "我的支教申请" in page
    assert "互派教师" not in page
    answer = browser.post(NEW, {**typed, "once": "a" * 32})
    assert (answer.status_code, answer.url) == (302, f"/secondments/{Secondment.objects.get().pk}/")
    assert browser.post(NEW, {**typed, "once": "a" * 32}).url == answer.url
    assert Secondment.objects.get().state == "draft"


def test_a_form_that_is_wrong_says_what_would_be_right(client_of, teacher_user, typed):
    wrong = {**typed, "wish_1": "松岭中心小学", "end": "2023-08-01", "school_year": NEXT_YEAR}
    page = client_of(teacher_user).post(NEW, wrong).content.decode()
    assert "是不是“松岭乡中心小学”" in page
    assert "早于开始日期" in page
    assert not Secondment.objects.exists()


def test_a_school_applies_for_its_own_teacher_only(
    client_of, sender, officer, outsider, principal, teacher, county, typed
):
    canary = Teacher.objects.create(
        county=county, school=School.objects.create(county=county, name="县二小"), name="金丝雀"
    )
    assert teacher.name in client_of(sender).get(NEW).content.decode()
    assert canary.name not in client_of(sender).get(NEW + "&q=金").content.decode()
    assert canary.name in client_of(officer).get(NEW + "&q=金").content.decode()
    for who in (sender, outsider, principal):
        assert client_of(who).get(f"{NEW}&teacher={canary.pk}").status_code == 404
        assert client_of(who).post(f"{NEW}&teacher={canary.pk}", typed).status_code == 404
    assert not Secondment.objects.exists()
    assert client_of(sender).post(f"{NEW}&teacher={teacher.pk}", typed).status_code == 302


def test_a_partner_of_a_swap_is_named_by_the_school(client_of, sender, teacher, county, typed, receiving_school):
    partner = Teacher.objects.create(county=county, school=receiving_school, name="郑远山")
    address = f"{NEW}&teacher={teacher.pk}"
    assert (
        "没有找到“郑远山（青岚县第一小学）”"
        in client_of(sender).post(address, {**typed, "swap": "郑远山（青岚县第一小学）"}).content.decode()
    )
    assert client_of(sender).post(address, {**typed, "swap": "郑远山（松岭乡中心小学）"}).status_code == 302
    secondment = Secondment.objects.get()
    assert secondment.swapped_with == partner


def test_a_teacher_s_own_change_keeps_the_partner_that_the_school_named(
    client_of, application, teacher_user, county, typed, receiving_school
):
    partner = Teacher.objects.create(county=county, school=receiving_school, name="郑远山")
    Secondment.objects.filter(pk=application.pk).update(swapped_with=partner)
    assert client_of(teacher_user).post(f"/secondments/{application.pk}/edit/", typed).status_code == 302
    assert Secondment.objects.get().swapped_with == partner


def test_the_second_of_two_editors_sees_both_texts(client_of, application, teacher_user, sender, typed):
    address = f"/secondments/{application.pk}/edit/"
    seen = client_of(teacher_user).get(address).context["seen"]
    assert client_of(sender).post(address, {**typed, "reason": "学校改的", "seen": seen}).status_code == 302
    second = client_of(teacher_user).post(address, {**typed, "reason": "本人改的", "seen": seen})
    assert second.status_code == 409
    page = second.content.decode()
    assert "学校改的" in page
    assert "本人改的" in page
    assert Application.objects.get().reason == "学校改的"
    assert (
        client_of(teacher_user)
        .post(address, {**typed, "reason": "本人改的", "seen": second.context["seen"]})
        .status_code
        == 302
    )
    assert Application.objects.get().reason == "本人改的"


def test_an_application_of_others_does_not_exist(client_of, application, principal, outsider, officer, typed):
    for who in (principal, outsider):
        assert client_of(who).get(f"/secondments/{application.pk}/edit/").status_code == 404
        assert client_of(who).post(f"/secondments/{application.pk}/edit/", typed).status_code == 404
    leader = person("leader", "沈局长", Role.LEADER, district=application.county)
    assert client_of(leader).get(f"/secondments/{application.pk}/edit/").status_code == 403
    Secondment.objects.update(state="review")
    assert client_of(officer).post(f"/secondments/{application.pk}/edit/", typed).status_code == 409


# --- where the bureau assigns it ----------------------------------------------------------------------------------------


@pytest.fixture
def reviewed(application):
    Secondment.objects.filter(pk=application.pk).update(state="review")
    application.refresh_from_db()
    return application


def test_the_bureau_assigns_and_changes_its_mind(reviewed, officer, receiving_school, county):
    applications.assign(reviewed, by=officer, school=receiving_school, subject="英语")
    other = School.objects.create(county=county, name="石桥小学")
    applications.assign(reviewed, by=officer, school=other, subject="数学")
    placement = Placement.objects.get()
    assert (placement.receiving_school, placement.subject, placement.order) == (other, "数学", 1)
    assert AuditEntry.objects.latest("id").before == {"受援学校": receiving_school.name, "任教学科": "英语"}


@pytest.mark.parametrize("state", ["draft", "sent_back", "dispatched", "on_post", "completed", "withdrawn"])
def test_nobody_is_assigned_in_another_state(state, reviewed, officer, receiving_school):
    Secondment.objects.filter(pk=reviewed.pk).update(state=state)
    with pytest.raises(Refused, match="现在是"):
        applications.assign(reviewed, by=officer, school=receiving_school, subject="英语")
    assert not Placement.objects.exists()


def test_nobody_is_assigned_to_their_own_school(reviewed, officer, sending_school):
    with pytest.raises(Refused, match="不能派到本校"):
        applications.assign(reviewed, by=officer, school=sending_school, subject="英语")


def test_many_are_assigned_all_or_none(reviewed, officer, outsider, county, sending_school, receiving_school, second):
    other = second(Teacher.objects.create(county=county, school=sending_school, name="郑远山"), state="on_post")
    Placement.objects.all().delete()
    wanted = [Assignment(reviewed.pk, receiving_school, "英语"), Assignment(other.pk, receiving_school, "英语")]
    with pytest.raises(Refused, match="郑远山：现在是“在岗”"):
        applications.assign_many(wanted, by=officer)
    assert not Placement.objects.exists()
    with pytest.raises(KeyError):
        applications.assign_many(wanted[:1], by=outsider)


def test_the_page_of_one_offers_what_is_open(
    client_of, reviewed, officer, sender, principal, outsider, receiving_school, school_year, county
):
    Demand.objects.create(county=county, school=receiving_school, school_year=school_year, subject="英语", number=1)
    address = f"/secondments/{reviewed.pk}/assign/"
    page = client_of(officer).get(address)
    assert [offer.reasons for offer in page.context["offers"]] == [("学科相符", "第 1 志愿")]
    assert client_of(sender).get(address).status_code == 403
    assert client_of(principal).get(address).status_code == 403
    assert client_of(outsider).get(address).status_code == 404
    typed = {"school": receiving_school.name, "subject": "英语", "seen": page.context["seen"]}
    assert client_of(officer).post(address, typed).status_code == 302
    assert client_of(officer).post(address, typed).status_code == 409  # from a page that was opened before
    assert Placement.objects.get().receiving_school == receiving_school


def test_the_board_proposes_and_saves(client_of, reviewed, officer, outsider, receiving_school, school_year, county):
    Demand.objects.create(county=county, school=receiving_school, school_year=school_year, subject="英语", number=1)
    address = f"/plan/matching/?year={NEXT_YEAR}"
    page = client_of(officer).get(address)
    [line] = page.context["lines"]
    assert (line.school.value(), line.subject.value()) == (receiving_school.name, "英语")
    typed = {
        f"school-{reviewed.pk}": receiving_school.name,
        f"subject-{reviewed.pk}": "英语",
        f"seen-{reviewed.pk}": line.seen,
    }
    client_of(outsider).post(address, typed)  # a page of their own county, on which nobody of this one is
    assert not Placement.objects.exists()
    assert client_of(officer).post(address, {f"school-{reviewed.pk}": ""}).context["form"].non_field_errors()
    assert not Placement.objects.exists()
    assert client_of(officer).post(address, {**typed, "once": "e" * 32}).status_code == 302
    assert client_of(officer).post(address, {**typed, "once": "e" * 32}).status_code == 302
    assert client_of(officer).post(address, typed).status_code == 409
    assert Placement.objects.get().receiving_school == receiving_school
    assert client_of(officer).get(address).context["lines"] == []


def test_the_board_says_in_words_why_nothing_is_proposed(
    client_of, reviewed, officer, receiving_school, school_year, county
):
    address = f"/plan/matching/?year={NEXT_YEAR}"

    def told():
        page = client_of(officer).get(address)
        assert page.context["told"] in page.content.decode()
        return page.context["told"]

    assert "没有可以先拟的：各校还没有提出这个学年的岗位需求" in told()
    demand = Demand.objects.create(
        county=county, school=receiving_school, school_year=school_year, subject="化学", number=1
    )
    assert "还缺的岗位和老师的学科、志愿对不上" in told()
    Demand.objects.filter(pk=demand.pk).update(subject="英语")
    assert "拟好 1 人的学校。" in told()


def test_yes_or_no_is_asked_with_two_buttons_and_no_field_repeats_its_label(client_of, officer, teacher, programme):
    page = client_of(officer).get(f"/secondments/new/?teacher={teacher.pk}").content.decode()
    for name in ("accepts_other", "spouse_at_same_school"):
        assert re.findall(rf'type="radio" name="{name}" id="\w+" value="(\w+)"', page) == ["True", "False"]
    assert "placeholder" not in page[page.index('name="wish_1"') :].split(">")[0]


SUBJECTS, SCHOOLS = st.sampled_from(["语文", "英语", "音乐"]), st.integers(1, 5)
openings = st.lists(
    st.builds(lambda school, subject, number: Opening(school, f"第{school}小学", subject, number, number), SCHOOLS, SUBJECTS, st.integers(0, 3)),
    max_size=12, unique_by=lambda one: (one.school_id, one.subject),
)  # fmt: skip
people = st.lists(
    st.builds(
        Person, st.integers(1, 1000), SCHOOLS, SUBJECTS, st.lists(SCHOOLS.map(lambda n: f"第{n}小学"), max_size=3, unique=True).map(tuple),
        st.frozensets(SCHOOLS), st.sampled_from([None, True, False]),
    ),
    max_size=20, unique_by=lambda one: one.key,
)  # fmt: skip


@given(people=people, room=openings)
def test_a_proposal_fills_no_post_twice_and_sends_nobody_home(people, room):
    proposed = match(people, room)
    by_key = {one.key: one for one in people}
    for opening in room:
        assert sum(one == opening for one in proposed.values()) <= opening.open
    for key, opening in proposed.items():
        who = by_key[key]
        assert opening.school_id != who.school_id
        assert opening.subject == who.subject
        assert who.accepts_other is not False or not who.wishes or opening.school in who.wishes


@given(who=people.filter(bool).map(lambda found: found[0]), room=openings)
def test_suggestions_are_open_and_their_subject_comes_first(who, room):
    found = suggestions(who, room)
    assert all(one.open and one.school_id != who.school_id for one in found)
    fitting = [one.subject == who.subject for one in found]
    assert fitting == sorted(fitting, reverse=True)
