"""Accounts and roles: two people for a role of the bureau, always somebody left who can administer, deputies in the trail."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from assignments import members
from assignments.choices import Role
from assignments.models import Membership
from tests.conftest import person
from zhijiao.accounts import scope
from zhijiao.accounts.models import AuditEntry, ClaimCode, OwnSession, User
from zhijiao.refusals import Refused

TODAY = timezone.localdate()


def days(number):
    return TODAY + dt.timedelta(days=number)


@pytest.fixture
def admin(county):
    return person("admin", "程管理", Role.BUREAU_ADMIN, district=county)


@pytest.fixture
def second_admin(county):
    return person("second", "韩管理", Role.BUREAU_ADMIN, district=county)


@pytest.fixture
def leader(county):
    return person("leader", "沈局长", Role.LEADER, district=county)


def give(by, user, role, place, **more):
    return members.grant(by=by, user=user, role=role, place=place, **{"start": TODAY, "end": None, **more})


def roles_now(user):
    return set(User.objects.get(pk=user.pk).memberships.current().values_list("role", flat=True))


def test_a_role_of_a_school_counts_at_once_and_one_of_the_bureau_waits(
    admin, leader, principal, county, sending_school
):
    give(admin, principal, Role.PRINCIPAL, sending_school)
    waiting = give(admin, principal, Role.FINANCE, county)
    assert roles_now(principal) == {Role.PRINCIPAL}
    members.confirm(by=leader, membership=waiting)
    assert roles_now(principal) == {Role.PRINCIPAL, Role.FINANCE}
    entry = AuditEntry.objects.get(verb="确认角色")
    assert (entry.by, entry.county_id, entry.before, entry.after) == (
        leader,
        county.pk,
        {"is_waiting": True},
        {"is_waiting": False},
    )


def test_neither_who_granted_nor_who_gets_it_confirms(admin, second_admin, leader, principal, county):
    waiting = give(admin, leader, Role.BUREAU_ADMIN, county)
    for by in (admin, leader, principal):
        with pytest.raises(Refused):
            members.confirm(by=by, membership=waiting)
    assert Membership.objects.get(pk=waiting.pk).is_waiting
    members.confirm(by=second_admin, membership=waiting)
    with pytest.raises(Refused):
        members.confirm(by=second_admin, membership=waiting)


def test_a_second_person_whose_sign_in_the_first_just_reset_does_not_count(admin, leader, principal, county):
    members.reset(by=admin, user=leader, reason="忘了密码")
    waiting = give(admin, principal, Role.BUREAU_ADMIN, county)
    with pytest.raises(Refused, match="一天之内"):
        members.confirm(by=leader, membership=waiting)


def test_nobody_gives_themselves_a_role_or_one_of_another_county(admin, principal, county, other_county):
    for user, place in ((admin, county), (principal, other_county)):
        with pytest.raises(Refused):
            give(admin, user, Role.FINANCE, place)


def test_a_role_fits_its_place_and_is_not_given_twice(admin, principal, county, sending_school, receiving_school):
    for role, place in ((Role.PRINCIPAL, county), (Role.FINANCE, sending_school), (Role.PRINCIPAL, receiving_school)):
        with pytest.raises(Refused):
            give(admin, principal, role, place)


def test_a_declined_role_is_gone_and_the_trail_keeps_it(admin, leader, principal, county):
    waiting = give(admin, principal, Role.FINANCE, county)
    members.decline(by=leader, membership=waiting, reason="不是财务人员")
    assert not Membership.objects.filter(pk=waiting.pk).exists()
    assert AuditEntry.objects.get(verb="不同意角色").reason == "不是财务人员"


def test_the_last_administrator_stays_and_nobody_disables_themselves(admin, second_admin, county, outsider):
    with pytest.raises(Refused, match="自己的账号"):
        members.disable(by=admin, user=admin, reason="x")
    members.disable(by=admin, user=second_admin, reason="调离")
    server = User.objects.create_superuser(username="root", password="x", name="服务器")
    with pytest.raises(Refused, match="最后一位"):
        members.disable(by=server, user=admin, reason="x")
    with pytest.raises(Refused, match="最后一位"):
        members.end_role(by=server, membership=admin.memberships.get(), reason="x")
    members.enable(by=admin, user=second_admin, reason="回来")
    User.objects.filter(pk=second_admin.pk).update(password="!")  # never claimed: can't sign in
    with pytest.raises(Refused, match="最后一位"):
        members.disable(by=server, user=admin, reason="x")


def test_an_account_of_another_bureau_too_is_not_this_bureaus_to_disable(admin, principal, other_county):
    Membership.objects.create(user=principal, role=Role.INSPECTOR, district=other_county)
    for act in (members.disable, members.reset):
        with pytest.raises(Refused, match="别的区划"):
            act(by=admin, user=principal, reason="x")


def test_disabling_ends_the_sessions_the_codes_and_what_was_lent(admin, principal, client_of, receiving_school):
    deputy = person("deputy", "陆副校长", Role.SCHOOL_OFFICER, school=receiving_school)
    members.lend(by=principal, membership=principal.memberships.get(), deputy=deputy, start=TODAY, end=days(3))
    client = client_of(principal)
    members.disable(by=admin, user=principal, reason="退休")
    assert client.get("/schools/").status_code == 302
    assert not OwnSession.objects.exists()
    assert roles_now(deputy) == {Role.SCHOOL_OFFICER}


def test_a_reset_gives_a_code_and_ends_the_password(admin, principal, client_of, client):
    browser = client_of(principal)
    code = members.reset(by=admin, user=principal, reason="忘了密码")
    assert browser.get("/schools/").status_code == 302
    assert not User.objects.get(pk=principal.pk).has_usable_password()
    assert code not in str(list(ClaimCode.objects.values())) and code not in str(list(AuditEntry.objects.values()))


def test_an_ended_role_opens_nothing_on_the_next_request(admin, principal, client_of):
    browser = client_of(principal)
    assert browser.get("/schools/").status_code == 200
    members.end_role(by=admin, membership=principal.memberships.get(), reason="调离")
    assert browser.get("/schools/").status_code == 403


# --- deputies ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def vice(receiving_school):
    """A colleague at the principal's school, a teacher there without rights of a school."""
    from assignments.models import Teacher

    teacher = Teacher.objects.create(county=receiving_school.county, school=receiving_school, name="陆小满")
    return person("vice", "陆小满", Role.TEACHER, teacher=teacher)


def lend(principal, deputy, start=0, end=5):
    return members.lend(
        by=principal,
        membership=principal.memberships.get(),
        deputy=deputy,
        start=days(start),
        end=days(end),
        reason="外出培训",
    )


def test_a_deputy_has_the_role_for_its_days_and_the_trail_tells_for_whom(principal, vice, client_of, admin):
    lent = lend(principal, vice)
    assert roles_now(vice) == {Role.TEACHER, Role.PRINCIPAL}
    page = client_of(vice)
    other = principal.memberships.get()
    assert page.get(f"/members/roles/{other.pk}/lend/").status_code == 404  # the lender's own, not the deputy's
    assert scope.on_behalf_of(vice, ["attendance.edit"]) == principal
    members.take_back(by=principal, membership=lent)
    assert roles_now(vice) == {Role.TEACHER}


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 2), (0, 60)])
def test_a_role_is_lent_for_some_days_from_today_on(principal, vice, start, end):
    with pytest.raises(Refused):
        lend(principal, vice, start, end)


def test_a_lent_role_is_not_lent_on_and_not_to_another_school(principal, vice, officer, receiving_school):
    lent = lend(principal, vice, 0, 59)
    other = person("other", "马主任", Role.SCHOOL_OFFICER, school=receiving_school)
    with pytest.raises(Refused):
        members.lend(by=vice, membership=lent, deputy=other, start=TODAY, end=days(2))
    with pytest.raises(Refused):
        lend(principal, officer)
    with pytest.raises(Refused):
        lend(principal, vice)


def test_a_deputy_of_the_administrator_neither_grants_nor_confirms(admin, second_admin, officer, principal, county):
    members.lend(by=admin, membership=admin.memberships.get(), deputy=officer, start=TODAY, end=days(3))
    with pytest.raises(Refused, match="代理人"):
        give(officer, principal, Role.FINANCE, county)
    waiting = give(admin, principal, Role.FINANCE, county)
    with pytest.raises(Refused, match="代理人"):
        members.confirm(by=officer, membership=waiting)


# --- pages -------------------------------------------------------------------------------------------------------------


def test_the_list_shows_the_accounts_of_ones_county_only(client_of, admin, principal, outsider):
    html = client_of(admin).get("/members/").content.decode()
    assert principal.name in html and outsider.name not in html
    assert client_of(admin).get(f"/members/{outsider.pk}/").status_code == 404
    assert client_of(principal).get("/members/").status_code == 403


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_list_asks_as_much_for_thirty_accounts_as_for_one(
    number, client_of, admin, receiving_school, django_assert_max_num_queries
):
    for index in range(number):
        person(f"p{index}", f"校长{index}", Role.PRINCIPAL, school=receiving_school)
    client = client_of(admin)
    client.get("/members/")
    with django_assert_max_num_queries(16) as asked:
        client.get("/members/")
    QUERIES.add(len(asked))
    assert len(QUERIES) == 1


QUERIES = set()


def test_an_account_is_opened_and_its_slip_is_the_answer(client_of, admin, sending_school, client):
    form = {
        "name": "冯校长",
        "username": "fengxz",
        "role": "principal",
        "school": "青岚县第一小学",
        "start": str(TODAY),
        "once": "a" * 32,
    }
    browser = client_of(admin)
    html = browser.post("/members/new/", form).content.decode()
    code = html.split('slip-code">')[1].split("<")[0]
    assert len(code) == 14 and browser.post("/members/new/", form).status_code in (200, 302)
    assert ClaimCode.objects.count() == 1
    response = client.post("/claim/", {"code": code.lower()})
    assert "冯校长，您好" in client.get(response.url).content.decode()


def test_a_role_is_granted_confirmed_and_ended_on_the_page(client_of, admin, leader, principal, county):
    page = f"/members/{principal.pk}/"
    form = {"role": "finance", "district": county.pk, "start": str(TODAY), "reason": "接替财务"}
    assert client_of(admin).post(f"{page}grant/", form).url == page
    waiting = principal.memberships.get(is_waiting=True)
    assert client_of(admin).post(f"/members/roles/{waiting.pk}/confirm/").status_code == 409
    assert "确认角色" in client_of(leader).get(page).content.decode()
    assert client_of(leader).post(f"/members/roles/{waiting.pk}/confirm/").url == page
    assert client_of(admin).post(f"/members/roles/{waiting.pk}/end/", {"reason": "调岗"}).url == page
    assert "终止角色" in client_of(admin).get("/audit/").content.decode()
    assert client_of(principal).post(f"/members/roles/{waiting.pk}/end/", {"reason": "x"}).status_code == 403


def test_one_lends_and_takes_back_on_the_page(client_of, principal, vice):
    browser = client_of(principal)
    own = principal.memberships.get()
    form = {"deputy": vice.pk, "start": str(TODAY), "end": str(days(2))}
    assert browser.post(f"/members/roles/{own.pk}/lend/", form).url == "/members/roles/own/"
    assert "陆小满" in browser.get("/members/roles/own/").content.decode()
    lent = vice.memberships.get(deputy_for=own)
    assert browser.post(f"/members/roles/{lent.pk}/take-back/").status_code == 302
    vice = User.objects.get(pk=vice.pk)
    assert not vice.memberships.current().filter(deputy_for=own).exists()


def test_the_first_administrator_comes_from_the_server(county, client, capsys):
    call_command("make_administrator", "yixin", "易新")
    code = capsys.readouterr().out.split()[-1]
    response = client.post("/claim/", {"code": code})
    client.post(response.url, {"new_password1": "tiedao-yu-2031", "new_password2": "tiedao-yu-2031"})
    assert client.get("/members/").status_code == 200
    with pytest.raises(CommandError):
        call_command("make_administrator", "yixin", "易新")
    assert AuditEntry.objects.get(verb="开通管理员").by_name == "服务器命令"


def test_what_waits_for_whom(admin, second_admin, leader, principal, county):
    one = give(admin, principal, Role.FINANCE, county)
    assert [members.waiting_for(by) for by in (admin, second_admin, leader, principal)] == [[], [one], [one], []]
