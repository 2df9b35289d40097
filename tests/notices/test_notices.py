"""Notices: told once, to those whom they concern, in the words of the bureau."""

import datetime as dt
import re
import threading

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assignments.choices import Role
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry
from zhijiao.notices import kinds
from zhijiao.notices.models import Notice, NoticeTemplate, Reminder
from zhijiao.notices.sending import forget_jobs, forget_old, notify
from zhijiao.notices.sending import mail as mail_task

VALUES = {"teacher": "沈若兰", "reason": "请补充任教经历"}


@pytest.fixture
def admin(county):
    return person("admin", "管理员", Role.BUREAU_ADMIN, district=county)


@pytest.fixture
def by_mail(settings):
    settings.EMAIL_HOST = "mail.example"
    settings.SITE_URL = "https://zhijiao.example"


def send(user, key="7:1", **more):
    return notify([user], "sent_back", VALUES, "/secondments/7/", key, **more)


# --- telling -----------------------------------------------------------------------------------------------------------


def test_the_same_thing_is_told_once(teacher_user, principal):
    assert send(teacher_user) == 1
    assert send(teacher_user) == 0
    assert send(teacher_user, key="7:2") == 1
    assert send(principal) == 1
    assert Notice.objects.count() == 3


def test_without_a_key_it_is_told_each_time(teacher_user):
    send(teacher_user, key="")
    send(teacher_user, key="")
    assert Notice.objects.count() == 2


def test_a_disabled_account_and_nobody_are_told_nothing(teacher_user):
    teacher_user.is_active = False
    assert notify([teacher_user, None], "sent_back", VALUES) == 0


def test_a_notice_says_what_happened(teacher_user):
    send(teacher_user)
    notice = Notice.objects.get()
    assert notice.title == "沈若兰的支教申请退回了"
    assert notice.text == "退回的理由：请补充任教经历。改好以后在系统里重新报送。"


def test_what_somebody_typed_is_no_placeholder(teacher_user):
    notify([teacher_user], "sent_back", {"teacher": "{理由}", "reason": "{教师}{x}"})
    notice = Notice.objects.get()
    assert notice.title.startswith("{理由}的")
    assert "{教师}{x}" in notice.text


def test_an_unknown_kind_is_a_mistake_of_the_caller(teacher_user):
    with pytest.raises(KeyError):
        notify([teacher_user], "nonsense", {})


@pytest.mark.parametrize("kind", kinds.kinds(), ids=lambda kind: kind.name)
def test_every_kind_is_told_without_a_gap(kind):
    for text in (kind.title, kind.text):
        assert kind.problem_of(text) == ""
        assert not re.search(r"[{}]", kind.told(text, kind.samples))
    assert all(one.braced in kind.title + kind.text for one in kind.placeholders)


# --- e-mail ------------------------------------------------------------------------------------------------------------


def with_address(user):
    user.email = "shen@example.com"
    user.save()
    return user


def work():
    """What waits in the queue, without the worker, which closes the connection in which a test lives."""
    for job in DBTaskResult.objects.filter(finished_at=None):
        assert job.task_path == "zhijiao.notices.sending.mail"
        mail_task.func(*job.args_kwargs["args"])
        DBTaskResult.objects.filter(pk=job.pk).update(finished_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_what_waits(by_mail, teacher_user):
    send(with_address(teacher_user))
    call_command("run_jobs", batch=True)
    assert [message.to for message in mail.outbox] == [["shen@example.com"]]
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"


def test_an_e_mail_goes_to_who_has_an_address_after_the_act(by_mail, teacher_user, principal):
    notify([with_address(teacher_user), principal], "sent_back", VALUES, "/secondments/7/", "k")
    assert mail.outbox == []
    work()
    (message,) = mail.outbox
    assert message.to == ["shen@example.com"]
    assert message.subject == "沈若兰的支教申请退回了"
    assert "https://zhijiao.example/secondments/7/" in message.body


def test_no_second_e_mail_for_the_same_thing(by_mail, teacher_user):
    with_address(teacher_user)
    send(teacher_user)
    send(teacher_user)
    work()
    work()
    assert len(mail.outbox) == 1


def test_what_was_taken_back_is_not_mailed(by_mail, teacher_user):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        send(with_address(teacher_user))
        raise ZeroDivisionError
    work()
    assert mail.outbox == []


def test_without_a_mail_server_only_the_site_tells(teacher_user):
    assert send(with_address(teacher_user)) == 1
    assert not DBTaskResult.objects.exists()


def test_a_line_break_in_a_name_does_not_reach_the_header(by_mail, teacher_user):
    notify([with_address(teacher_user)], "sent_back", {"teacher": "沈\r\nBcc: x@example.com", "reason": "r"})
    work()
    assert mail.outbox[0].subject == "沈 Bcc: x@example.com的支教申请退回了"


def test_a_mail_server_that_is_down_breaks_nothing(by_mail, settings, teacher_user, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    assert send(with_address(teacher_user)) == 1
    work()
    assert Notice.objects.count() == 1
    assert "没有发出" in caplog.text


def test_the_queue_holds_no_personal_data(by_mail, teacher_user):
    send(with_address(teacher_user))
    job = DBTaskResult.objects.get()
    assert "shen" not in str(job.args_kwargs)
    assert "沈若兰" not in str(job.args_kwargs)


def test_old_jobs_and_read_notices_are_forgotten(by_mail, teacher_user):
    send(with_address(teacher_user))
    work()
    long_ago = timezone.now() - dt.timedelta(days=400)
    DBTaskResult.objects.update(finished_at=long_ago)
    assert forget_jobs() == 1
    assert forget_old(timezone.localdate()) == 0
    Notice.objects.update(read_at=long_ago)
    assert forget_old(timezone.localdate()) == 1


# --- one's own ---------------------------------------------------------------------------------------------------------


def test_one_reads_ones_own_and_nobody_elses(client_of, teacher_user, principal):
    send(principal, key="canary")
    client = client_of(teacher_user)
    assert "沈若兰的支教申请" not in client.get(reverse("notices:notice_list")).content.decode()
    foreign = Notice.objects.get()
    assert client.post(reverse("notices:notice_open", args=[foreign.pk])).status_code == 404
    client.post(reverse("notices:notices_read"))
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_opening_a_notice_reads_it_and_leads_to_what_it_is_about(client_of, teacher_user):
    send(teacher_user)
    client, notice = client_of(teacher_user), Notice.objects.get()
    assert "1 条未读" in client.get(reverse("notices:notice_list")).content.decode()
    response = client.post(reverse("notices:notice_open", args=[notice.pk]))
    assert response.url == "/secondments/7/"
    assert "条未读" not in client.get(reverse("notices:notice_list")).content.decode()


def test_a_notice_leads_nowhere_outside(client_of, teacher_user):
    notify([teacher_user], "sent_back", VALUES, "//evil.example/")
    response = client_of(teacher_user).post(reverse("notices:notice_open", args=[Notice.objects.get().pk]))
    assert response.url == reverse("notices:notice_list")


def test_reading_is_a_post(client_of, teacher_user):
    send(teacher_user)
    assert client_of(teacher_user).get(reverse("notices:notices_read")).status_code == 405
    assert Notice.objects.unread().count() == 1


def test_a_list_of_many_is_not_more_queries(client_of, teacher_user):
    counts = []
    for times in (1, 2, 27):
        for number in range(times):
            send(teacher_user, key=f"{times}:{number}")
        client = client_of(teacher_user)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("notices:notice_list"))
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2] <= 12


# --- the bureau's own words --------------------------------------------------------------------------------------------


def edit(client, title="请修改：{教师}", text="{理由}", **more):
    return client.post(reverse("notices:template_edit", args=["sent_back"]), {"title": title, "text": text, **more})


@pytest.mark.parametrize("who", ["officer", "admin"])
def test_the_bureau_writes_its_own_words(request, client_of, who, teacher_user, county):
    user = request.getfixturevalue(who)
    assert edit(client_of(user)).status_code == 302
    send(teacher_user, county=county)
    notice = Notice.objects.get()
    assert (notice.title, notice.text) == ("请修改：沈若兰", "请补充任教经历")
    entry = AuditEntry.objects.get(verb="修改通知用语")
    assert entry.by == user
    assert entry.before["标题"] == "{教师}的支教申请退回了"
    assert entry.after["标题"] == "请修改：{教师}"


def test_another_county_keeps_its_own(client_of, officer, outsider, teacher_user, other_county):
    edit(client_of(officer))
    page = client_of(outsider).get(reverse("notices:template_list")).content.decode()
    assert "请修改" not in page
    send(teacher_user, county=other_county)
    assert Notice.objects.get().title == "沈若兰的支教申请退回了"


def test_the_words_can_be_given_back(client_of, officer, teacher_user, county):
    client = client_of(officer)
    edit(client)
    client.post(reverse("notices:template_restore", args=["sent_back"]))
    assert not NoticeTemplate.objects.exists()
    send(teacher_user, county=county)
    assert Notice.objects.get().title == "沈若兰的支教申请退回了"
    assert AuditEntry.objects.filter(verb="恢复通知用语").exists()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("{学校}退回了", "不认识“{学校}”，可以用的占位符是：{教师}、{理由}"),
        ("{教师", "要成对"),
        ("教师}", "要成对"),
        ("｛教师｝", "半角"),
        ("{教师.password}", "不认识“{教师.password}”"),
        ("{}", "不认识“{}”"),
        ("", "不能空着"),
    ],
)
def test_a_wrong_placeholder_is_refused_in_words(client_of, officer, typed, told):
    response = edit(client_of(officer), title=typed)
    assert response.status_code == 200
    assert told in response.content.decode()
    assert not NoticeTemplate.objects.exists()


def test_the_preview_shows_the_samples_and_stores_nothing(client_of, officer):
    page = edit(client_of(officer), preview="1").content.decode()
    assert "请修改：沈若兰" in page
    assert not NoticeTemplate.objects.exists()


def test_the_same_words_again_are_no_change(client_of, officer):
    kind = kinds.kind("sent_back")
    edit(client_of(officer), kind.title, kind.text)
    assert not NoticeTemplate.objects.exists()
    assert not AuditEntry.objects.filter(verb="修改通知用语").exists()


def test_only_the_bureau_writes_them(client_of, principal, teacher_user, county):
    leader = person("leader", "何局长", Role.LEADER, district=county)
    for user in (principal, teacher_user, leader):
        client = client_of(user)
        assert client.get(reverse("notices:template_list")).status_code == 403
        assert edit(client).status_code == 403
        assert client.post(reverse("notices:template_restore", args=["sent_back"])).status_code == 403
    assert not NoticeTemplate.objects.exists()


def test_a_kind_that_does_not_exist_is_not_found(client_of, officer):
    assert client_of(officer).get(reverse("notices:template_edit", args=["nonsense"])).status_code == 404


def test_every_kind_has_its_page(client_of, officer):
    client = client_of(officer)
    page = client.get(reverse("notices:template_list")).content.decode()
    for kind in kinds.kinds():
        assert kind.label in page
        assert client.get(reverse("notices:template_edit", args=[kind.name])).status_code == 200


# --- at once -----------------------------------------------------------------------------------------------------------


ON_POSTGRESQL = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="a database in memory does not wait for its locks; run_daily is tried in a file",
)


def at_once(act, times=8):
    """The same in several threads, each with a connection of its own; what each returned."""
    found, start = [], threading.Barrier(times)

    def run():
        try:
            start.wait(10)
            found.append(act())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_told_by_many_at_once_it_is_told_once(teacher_user):
    assert sorted(at_once(lambda: send(teacher_user))) == [0] * 7 + [1]
    assert Notice.objects.count() == 1


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_reminded_by_many_at_once_each_is_reminded_once(officer):
    today = timezone.localdate()

    def claim():
        with transaction.atomic():
            return Reminder.claim("attendance", "2026-10", ["school:1", "school:2"], today, officer)

    claimed = sorted(party for parties in at_once(claim) for party in parties)
    assert claimed == ["school:1", "school:2"]
