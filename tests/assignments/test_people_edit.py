"""Entering and correcting teachers and schools, retiring and closing them, and what a teacher asks to have corrected."""

import datetime as dt

import pytest

from assignments.choices import Role, SecondmentState
from assignments.models import CorrectionRequest, School, Secondment, Teacher
from tests.conftest import person
from tests.full_records import BANK_CARD, PHONE, fill_teacher
from tests.full_records import ID_NUMBER as RECORDED
from zhijiao.accounts.models import AuditEntry

ID_NUMBER, CARD = (
    "110101199003070038",
    "6222020200112230",
)  # with the right last digit; those of full_records are made up
NEW = {"name": "柳明月", "school": "青岚县第一小学"}
TOKENS = iter(f"{number:032x}" for number in range(1000))


@pytest.fixture
def own_principal(sending_school):
    return person("own", "陈校长", Role.PRINCIPAL, school=sending_school)


def shown(browser, path):
    """What a form holds when it is opened."""
    form = browser.get(path).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()} | {"seen": form.now}


def send(browser, path, **changes):
    """The form as it is shown, with some things changed."""
    values = shown(browser, path) | {"once": next(TOKENS)} | changes
    return browser.post(path, {name: _typed(value) for name, value in values.items()})


def _typed(value):
    return "、".join(value) if isinstance(value, list) else value


def errors(response):
    return {name: list(told) for name, told in response.context["form"].errors.items()}


# --- entering --------------------------------------------------------------------------------------------------------


def test_a_teacher_is_entered_with_number_sex_birth_and_readings(officer, sending_school, client_of):
    answer = send(client_of(officer), "/teachers/new/", **NEW, id_number="110101 19900307 0038", phone=PHONE)
    teacher = Teacher.objects.get(name="柳明月")
    assert answer.url == f"/teachers/{teacher.pk}/"
    assert (teacher.id_number, teacher.birth_date, teacher.sex, teacher.phone) == (
        ID_NUMBER,
        dt.date(1990, 3, 7),
        "1",
        PHONE,
    )
    assert (teacher.initials, teacher.pinyin, teacher.county) == ("lmy", "liumingyue", sending_school.county)
    entry = AuditEntry.objects.get(verb="登记教师")
    assert not any(number in str(entry.after) for number in (ID_NUMBER, PHONE))


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"name": ""}, "name", "请写姓名"),
        ({"school": ""}, "school", "请写学校的名称"),
        ({"school": "没有的学校"}, "school", "没有找到叫“没有的学校”的学校"),
        ({"id_number": "11010119900307003"}, "id_number", "应为 18 位"),
        ({"id_number": "110101199003070039"}, "id_number", "校验位不对"),
        ({"id_number": ID_NUMBER, "sex": "2"}, "sex", "第 17 位不一致"),
        ({"id_number": ID_NUMBER, "birth_date": "1991-01-01"}, "birth_date", "与身份证号里的 1990-03-07 不一致"),
        ({"phone": "12345"}, "phone", "11 位"),
        ({"bank_card": "6222020200112231"}, "bank_card", "校验位不对"),
        ({"birth_date": str(dt.date.today() + dt.timedelta(days=1))}, "birth_date", "还没有到"),
        ({"birth_date": "1990-03-07", "employed_since": "1995-09-01"}, "employed_since", "不满 14 岁"),
    ],
)
def test_what_is_wrong_is_told_beside_the_field_and_nothing_is_written(
    typed, field, told, officer, sending_school, client_of
):
    response = send(client_of(officer), "/teachers/new/", **NEW | typed)
    assert response.status_code == 200 and told in errors(response)[field][0]
    assert not Teacher.objects.exists() and not AuditEntry.objects.exists()


def test_a_number_that_another_teacher_has_is_refused(officer, teacher, client_of):
    teacher.id_number = ID_NUMBER
    teacher.save()
    response = send(client_of(officer), "/teachers/new/", **NEW, id_number=ID_NUMBER)
    assert response.status_code == 409 and "已经登记在本县另一位教师名下" in response.content.decode()
    assert Teacher.objects.count() == 1


def test_a_principal_enters_teachers_of_the_own_school_only(own_principal, receiving_school, client_of):
    browser = client_of(own_principal)
    assert "没有找到" in str(errors(send(browser, "/teachers/new/", **NEW | {"school": receiving_school.name})))
    send(browser, "/teachers/new/", name="柳明月")
    assert Teacher.objects.get().school.name == "青岚县第一小学"


def test_a_double_click_enters_one(officer, sending_school, client_of):
    browser, token = client_of(officer), next(TOKENS)
    answers = [send(browser, "/teachers/new/", **NEW, once=token).url for _ in range(2)]
    assert answers[0] == answers[1] and Teacher.objects.count() == 1


# --- correcting ------------------------------------------------------------------------------------------------------


def test_numbers_are_not_in_the_form_and_stay_when_left_empty(officer, teacher, client_of):
    fill_teacher(teacher)
    browser, path = client_of(officer), f"/teachers/{teacher.pk}/edit/"
    html = browser.get(path).content.decode()
    assert not any(number in html for number in (RECORDED, PHONE, BANK_CARD)) and teacher.masked_phone in html
    send(browser, path, native_place="青岚", sex="1")
    teacher.refresh_from_db()
    assert (teacher.id_number, teacher.phone, teacher.bank_card, teacher.native_place) == (
        RECORDED,
        PHONE,
        BANK_CARD,
        "青岚",
    )
    send(browser, path, phone="无", bank_card=CARD)
    teacher.refresh_from_db()
    assert (teacher.phone, teacher.bank_card) == ("", CARD)


def test_the_trail_tells_what_changed_and_no_number(officer, teacher, client_of):
    fill_teacher(teacher)
    send(client_of(officer), f"/teachers/{teacher.pk}/edit/", title="2", sex="1", phone="13900001111", health="良好")
    entry = AuditEntry.objects.get(verb="修改教师")
    assert entry.before == {"title": "3", "sex": "2", "phone": "原内容", "health": "原内容"}
    assert entry.after == {"title": "2", "sex": "1", "phone": "新内容", "health": "新内容"}


def test_two_who_change_the_same_teacher_are_told_of_each_other(officer, own_principal, teacher, client_of):
    path, first, second = f"/teachers/{teacher.pk}/edit/", client_of(officer), client_of(own_principal)
    seen = shown(second, path)["seen"]
    send(first, path, native_place="白塔")
    clash = send(second, path, native_place="青岚", seen=seen)
    assert clash.status_code == 409 and "籍贯：现在是白塔，您写的是青岚" in clash.content.decode()
    teacher.refresh_from_db()
    assert teacher.native_place == "白塔"
    send(second, path, native_place="青岚", seen=clash.context["form"].now)
    teacher.refresh_from_db()
    assert teacher.native_place == "青岚"


def test_the_fingerprint_tells_nothing_of_a_number(officer, teacher, client_of):
    """Or somebody who sees the mask could try the hidden digits against it."""
    form = client_of(officer).get(f"/teachers/{teacher.pk}/edit/").context["form"]
    assert not {"id_number", "bank_card", "phone"} & set(form.compared)
    assert {"id_number_hash", "bank_card_hash"} <= set(form.compared)


def test_a_school_moves_nobody_to_another_school(own_principal, officer, teacher, receiving_school, client_of):
    path = f"/teachers/{teacher.pk}/edit/"
    assert "school" not in client_of(own_principal).get(path).context["form"].fields
    client_of(own_principal).post(path, {"name": "沈若兰", "school": receiving_school.name, "once": next(TOKENS)})
    teacher.refresh_from_db()
    assert teacher.school.name == "青岚县第一小学"
    send(client_of(officer), path, school=receiving_school.name)
    teacher.refresh_from_db()
    assert teacher.school == receiving_school


def test_only_what_the_form_names_is_written(officer, teacher, client_of):
    fields = {
        "county": "999",
        "user": officer.pk,
        "retired_on": "2020-01-01",
        "merged_into": teacher.pk,
        "id_number_hash": "x",
        "initials": "zz",
    }
    send(client_of(officer), f"/teachers/{teacher.pk}/edit/", **fields)
    again = Teacher.objects.get(pk=teacher.pk)
    assert (again.county, again.user, again.retired_on, again.merged_into, again.id_number_hash) == (
        teacher.county,
        None,
        None,
        None,
        "",
    )
    assert again.initials == "srl"


@pytest.mark.parametrize(
    ("role", "codes"),
    [(Role.OFFICER, (200, 200, 200, 200)), (Role.BUREAU_ADMIN, (403, 403, 200, 200)), (Role.LEADER, (403,) * 4), (Role.AUDITOR, (403,) * 4),
     (Role.FINANCE, (403,) * 4), (Role.INSPECTOR, (403,) * 4)],
)  # fmt: skip
def test_who_edits_what(role, codes, teacher, sending_school, county, client_of):
    browser = client_of(person("somebody", "某人", role, district=county))
    paths = (f"/teachers/{teacher.pk}/edit/", "/teachers/new/", f"/schools/{sending_school.pk}/edit/", "/schools/new/")
    assert tuple(browser.get(path).status_code for path in paths) == codes


def test_a_receiving_school_and_the_teacher_edit_nothing_of_the_teacher(
    secondment, principal, teacher_user, outsider, client_of
):
    path = f"/teachers/{secondment.teacher_id}/edit/"
    assert [client_of(user).get(path).status_code for user in (principal, teacher_user, outsider)] == [403, 403, 404]


# --- schools ---------------------------------------------------------------------------------------------------------


def test_a_school_is_entered_and_an_old_name_stays_known(officer, county, client_of):
    browser = client_of(officer)
    send(browser, "/schools/new/", name="柳坪 小学", code="3161000123", aliases="柳坪村小")
    school = School.objects.get()
    assert (school.name, school.initials, school.county, school.aliases) == ("柳坪小学", "lpxx", county, ["柳坪村小"])
    send(browser, f"/schools/{school.pk}/edit/", name="青岚县柳坪小学")
    school.refresh_from_db()
    assert (school.aliases, school.initials) == (["柳坪村小", "柳坪小学"], "qlxlpxx")


def test_a_name_or_code_that_another_school_has_is_refused(officer, sending_school, receiving_school, client_of):
    School.objects.filter(pk=sending_school.pk).update(code="3161000123")
    path = f"/schools/{receiving_school.pk}/edit/"
    for fields, told in (
        ({"name": sending_school.name}, "已有同名学校"),
        ({"code": "3161000123"}, "已被另一所学校使用"),
    ):
        response = send(client_of(officer), path, **fields)
        assert response.status_code == 409 and told in response.content.decode()


def test_a_principal_keeps_the_contacts_and_nothing_else(principal, receiving_school, sending_school, client_of):
    browser, path = client_of(principal), f"/schools/{receiving_school.pk}/edit/"
    assert set(browser.get(path).context["form"].fields) == {"principal", "contact", "phone", "address"}
    send(browser, path, phone="0912-7654321", name="改名", code="3161000123")
    receiving_school.refresh_from_db()
    assert (receiving_school.phone, receiving_school.name, receiving_school.code) == (
        "0912-7654321",
        "松岭乡中心小学",
        "",
    )
    assert browser.get(f"/schools/{sending_school.pk}/edit/").status_code == 404
    assert browser.get(f"/schools/{receiving_school.pk}/close/").status_code == 403


# --- leaving and coming back -------------------------------------------------------------------------------------------


def leave(browser, path, **fields):
    return browser.post(path, {"on": "2024-08-31", "reason": "退休", "once": next(TOKENS), **fields})


def come_back(browser, path):
    return browser.post(path, {"reason": "退休", "once": next(TOKENS)})


def test_a_teacher_retires_is_found_under_the_filter_and_comes_back(own_principal, teacher, client_of):
    browser, path = client_of(own_principal), f"/teachers/{teacher.pk}/retire/"
    leave(browser, path)
    teacher.refresh_from_db()
    assert teacher.retired_on == dt.date(2024, 8, 31)
    assert "沈若兰" not in browser.get("/teachers/").content.decode()
    assert "沈若兰" in browser.get("/teachers/?retired=true").content.decode()
    assert leave(browser, path).status_code == 409, "somebody was quicker: leaving is not coming back"
    assert come_back(browser, path).status_code == 302
    teacher.refresh_from_db()
    assert teacher.retired_on is None
    done = AuditEntry.objects.exclude(verb="被拒绝").order_by("id")
    assert list(done.values_list("verb", "reason")) == [
        ("教师离岗", "退休"),
        ("教师回岗", "退休"),
    ]


@pytest.mark.parametrize("state", SecondmentState)
def test_nobody_retires_and_no_school_closes_while_a_secondment_runs(state, secondment, officer, client_of):
    Secondment.objects.update(state=state)
    is_idle = state in ("draft", "sent_back", "withdrawn", "completed", "ended_early")
    receiving = secondment.placements.get().receiving_school
    paths = (
        f"/teachers/{secondment.teacher_id}/retire/",
        f"/schools/{secondment.sending_school_id}/close/",
        f"/schools/{receiving.pk}/close/",
    )
    for path in paths:
        response = leave(client_of(officer), path)
        assert response.status_code == (302 if is_idle else 409), path
        assert is_idle or "沈若兰 2023.09.01 — 2024.07.10" in response.content.decode()
    assert Teacher.objects.working().exists() != is_idle


def test_a_school_closes_when_none_is_below_it_and_opens_again(officer, county, sending_school, client_of):
    below = School.objects.create(county=county, name="柳坪教学点", centre_school=sending_school)
    browser, path = client_of(officer), f"/schools/{sending_school.pk}/close/"
    assert "柳坪教学点" in leave(browser, path).content.decode()
    below.delete()
    leave(browser, path)
    assert "青岚县第一小学" not in browser.get("/schools/").content.decode()
    assert "青岚县第一小学" in browser.get("/schools/?closed=true").content.decode()
    assert sending_school not in School.objects.choosable_by(officer)
    assert leave(browser, path).status_code == 409
    come_back(browser, path)
    assert School.objects.get(pk=sending_school.pk).closed_on is None


def test_without_a_reason_nobody_leaves(officer, teacher, client_of):
    response = leave(client_of(officer), f"/teachers/{teacher.pk}/retire/", reason="")
    assert "请写原因" in errors(response)["reason"][0]
    response = leave(client_of(officer), f"/teachers/{teacher.pk}/retire/", reason=f"电话 {PHONE}")
    assert "请不要写" in errors(response)["reason"][0]


# --- what a teacher asks to have corrected -------------------------------------------------------------------------------


def test_a_teacher_asks_and_the_school_answers(teacher_user, teacher, own_principal, principal, client_of):
    own = client_of(teacher_user)
    assert "申请更正" in own.get(f"/teachers/{teacher.pk}/").content.decode()
    sent = {"field": "职称", "right_value": "一级教师", "reason": "有证书", "once": next(TOKENS)}
    own.post(f"/teachers/{teacher.pk}/correct/", sent)
    own.post(f"/teachers/{teacher.pk}/correct/", sent)
    asked = CorrectionRequest.objects.get()
    assert own.post(f"/teachers/{teacher.pk}/correct/", {**sent, "once": next(TOKENS)}).status_code == 409
    path = f"/corrections/{asked.pk}/"
    assert [client_of(user).get(path).status_code for user in (principal, teacher_user)] == [404, 403]
    school = client_of(own_principal)
    assert path in school.get(f"/teachers/{teacher.pk}/").content.decode()
    assert "请写明原因" in str(errors(school.post(path, {"is_done": "no"})))
    school.post(path, {"is_done": "yes", "words": "已改", "once": next(TOKENS)})
    asked.refresh_from_db()
    assert (asked.is_done, asked.answer, asked.answered_by) == (True, "已改", own_principal)
    assert school.post(path, {"is_done": "no", "words": "不对", "once": next(TOKENS)}).status_code == 409
    assert "已改" in own.get(f"/teachers/{teacher.pk}/").content.decode()


@pytest.mark.parametrize("field", ["right_value", "reason"])
def test_a_number_is_not_written_into_a_request(field, teacher_user, teacher, client_of):
    sent = {
        "field": "身份证号",
        "right_value": "第 8 位应为 1",
        "reason": "",
        field: f"应为 {ID_NUMBER}",
        "once": next(TOKENS),
    }
    response = client_of(teacher_user).post(f"/teachers/{teacher.pk}/correct/", sent)
    assert "不要写完整的号码" in errors(response)[field][0] and not CorrectionRequest.objects.exists()


def test_one_asks_for_oneself_only(
    officer, own_principal, outsider, teacher, county, sending_school, teacher_user, client_of
):
    other = Teacher.objects.create(county=county, school=sending_school, name="陶景明")
    assert client_of(officer).get(f"/teachers/{teacher.pk}/correct/").status_code == 403
    assert client_of(own_principal).get(f"/teachers/{teacher.pk}/correct/").status_code == 403
    assert client_of(teacher_user).get(f"/teachers/{other.pk}/correct/").status_code == 404
    assert client_of(outsider).get(f"/teachers/{teacher.pk}/correct/").status_code == 404
