"""Guessing is slowed down: one counter in the database, asked before the hasher runs."""

import threading

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection, connections
from django.test import Client, RequestFactory

from zhijiao.accounts import limits
from zhijiao.accounts.address import client_address, limit_key
from zhijiao.accounts.limits import clear, give_back, seconds_left, within_limit
from zhijiao.accounts.models import Attempts, AuditEntry, User

CALLS = []


class CountingHasher(MD5PasswordHasher):
    algorithm = "counted"

    def encode(self, password, salt):
        CALLS.append(password)
        return super().encode(password, salt)


@pytest.fixture
def counted(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CALLS.clear()
    return CALLS


def sign_in(client, name, password="wrong", **extra):  # noqa: S107
    return client.post("/login/", {"username": name, "password": password}, **extra)


def test_the_first_few_come_through_and_the_others_wait(db):
    assert [within_limit("x", "a", 3, 60) for _ in range(5)] == [True, True, True, False, False]
    assert within_limit("x", "b", 3, 60) and within_limit("y", "a", 3, 60)
    assert 0 < seconds_left("x", "a") <= 60
    give_back("x", "a")
    assert Attempts.objects.get(n=4)
    clear("x", "a")
    assert within_limit("x", "a", 3, 60)


def test_it_begins_anew_when_the_time_is_over_and_old_counts_are_forgotten(db, monkeypatch):
    assert [within_limit("x", "a", 1, 60) for _ in range(2)] == [True, False]
    later = limits.time.time() + 61
    monkeypatch.setattr(limits.time, "time", lambda: later)
    assert within_limit("x", "a", 1, 60)
    assert limits.forget_old() == 0
    monkeypatch.setattr(limits.time, "time", lambda: later + 61)
    assert limits.forget_old() == 1


def test_what_was_typed_is_not_kept(db):
    within_limit("sign_in_name", "my-password", 3, 60)
    assert "my-password" not in Attempts.objects.get().key


@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_parallel_wrong_passwords_exactly_the_limit_reach_the_hasher(counted, settings):
    settings.SIGN_INS_PER_ADDRESS = settings.SIGN_INS_PER_MINUTE = 1000
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        tries = [sign_in(Client(), "ghost").status_code for _ in range(100)]  # one connection: one after the other
    else:
        tries, gate = [], threading.Barrier(20)

        def attack():
            gate.wait()
            tries.extend(sign_in(Client(), "ghost").status_code for _ in range(5))
            connections.close_all()

        threads = [threading.Thread(target=attack) for _ in range(20)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    assert len(CALLS) == settings.SIGN_INS_PER_NAME == 5
    assert sorted(set(tries)) == [200, 429] and tries.count(200) == 5


def test_known_and_unknown_names_get_the_same_answers_and_the_hasher_runs_for_both(client, counted, officer):
    officer.set_password("一只安静的橘猫")
    officer.save()
    CALLS.clear()

    def told(name):
        answers = [sign_in(client, name) for _ in range(7)]
        return [
            (one.status_code, one.content.decode().replace(name, "N").split("csrfmiddlewaretoken")[0])
            for one in answers
        ]

    assert [one[0] for one in told("officer")] == [one[0] for one in told("nobody")] == [200] * 5 + [429] * 2
    assert len(CALLS) == 10
    assert "请过 15 分钟再试" in sign_in(client, "nobody").content.decode()


def test_who_is_locked_out_locks_out_nobody_else_and_the_right_password_clears_the_count(client, officer, principal):
    for _ in range(6):
        sign_in(client, "officer")
    assert sign_in(client, "officer", "一只安静的橘猫").status_code == 429
    for _ in range(4):
        sign_in(client, "principal")
    assert sign_in(client, "principal", "一只安静的橘猫").status_code == 302
    client.post("/logout/")
    assert [sign_in(client, "principal").status_code for _ in range(5)] == [200] * 5


def test_an_address_and_the_whole_site_have_limits_too(client, db, settings):
    settings.SIGN_INS_PER_ADDRESS = 3
    assert [sign_in(client, f"n{i}").status_code for i in range(4)] == [200, 200, 200, 429]
    assert sign_in(client, "n9", REMOTE_ADDR="10.0.0.9").status_code == 200
    settings.SIGN_INS_PER_MINUTE = 5
    assert [sign_in(client, f"m{i}", REMOTE_ADDR=f"10.0.1.{i}").status_code for i in range(3)] == [200, 429, 429]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.2.3.4", "9.9.9.9"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "9.9.9.9"),
        (1, "nonsense", "9.9.9.9"),
    ],
)
def test_the_address_is_the_one_our_own_proxies_saw(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="9.9.9.9", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address


def test_one_customers_ipv6_network_counts_as_one():
    assert limit_key("2001:db8:1:2::1") == limit_key("2001:db8:1:2:ffff::9") != limit_key("2001:db8:1:3::1")


def test_a_made_up_forwarded_address_changes_nothing(client, db):
    answers = [sign_in(client, "ghost", HTTP_X_FORWARDED_FOR=f"10.9.8.{i}").status_code for i in range(8)]
    assert answers == [200] * 5 + [429] * 3


def test_failed_sign_ins_are_in_the_trail_without_a_name_that_is_no_account(client, officer):
    sign_in(client, "officer")
    sign_in(client, "qwertz-my-password")
    known, unknown = AuditEntry.objects.filter(verb="登录失败").order_by("id")
    assert (known.by_name, known.subject_name, known.address) == ("未登录", "周专干", "127.0.0.1")
    assert known.county_id == officer.memberships.get().district_id == unknown.county_id
    assert "qwertz" not in str(unknown.__dict__)


def test_a_disabled_account_gets_the_answer_of_a_wrong_password(client, officer):
    User.objects.filter(pk=officer.pk).update(is_active=False)
    html = sign_in(client, "officer", "一只安静的橘猫").content.decode()
    assert "账号或密码不对" in html
