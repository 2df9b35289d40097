"""Provision and condolence visits: written by the school that did it or the bureau, read by both schools concerned."""

from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assignments import recording
from assignments.choices import Role
from assignments.models import CondolenceVisit, Provision, School
from tests.attachments.conftest import picture, upload
from tests.conftest import inspects, person
from zhijiao.accounts.models import AuditEntry
from zhijiao.attachments.models import Attachment
from zhijiao.dates import ApproximateDate, parse_day, school_year_of
from zhijiao.refusals import Refused

VISITS, PROVISIONS = "/care/visits/", "/care/provisions/"


@pytest.fixture(autouse=True)
def both_schools(settings, tmp_path, receiving_school, sending_school):
    """Files go to a folder of the test; the school that is named in what is typed is there."""
    settings.VAR_DIR = tmp_path


@pytest.fixture
def sender(sending_school):
    return person("sender", "林校长", Role.PRINCIPAL, school=sending_school)


@pytest.fixture
def visit(county, sending_school, receiving_school, school_year):
    """The sending school looked after its teachers at the receiving one."""
    made = CondolenceVisit(
        county=county,
        occasion="教师节",
        visiting_school=sending_school,
        visited_school=receiving_school,
        school_year=school_year,
    )
    made.when = ApproximateDate.day(parse_day("2023-09-10"))
    made.save()
    return made


@pytest.fixture
def provision(county, receiving_school, school_year):
    return Provision.objects.create(
        county=county, school=receiving_school, school_year=school_year, items=["宿舍", "柴火"], rooms=2
    )


def page_of(row):
    return reverse(f"assignments:{row._meta.model_name}_detail", args=[row.pk])


def edit(row):
    name = {CondolenceVisit: "visit", Provision: "provision"}[type(row)]
    return reverse(f"assignments:{name}_edit", args=[row.pk])


VISIT = {
    "occasion": "中秋节",
    "when": "2023年9月29日",
    "visited_school": "松岭乡中心小学",
    "visited": "约5人",
    "amount": "1,000元",
    "gifts": "月饼",
}


# --- making -----------------------------------------------------------------------------------------------------------


def test_a_school_writes_down_a_visit_without_saying_which_school(client_of, sender, sending_school, receiving_school):
    page = client_of(sender).get(VISITS + "new/").content.decode()
    assert "慰问学校" not in page
    client_of(sender).post(VISITS + "new/", {**VISIT, "photos": [upload("合影.jpg", picture())]})
    made = CondolenceVisit.objects.get()
    assert (made.visiting_school, made.visited_school) == (sending_school, receiving_school)
    assert made.when == ApproximateDate.day(parse_day("2023-09-29"))
    assert made.school_year.code == "2023-2024"
    assert (made.visited.number, made.visited.is_approximate, made.amount) == (5, True, 1000)
    assert Attachment.objects.of(made).count() == 1
    entry = AuditEntry.objects.get(verb="登记走访慰问")
    assert (entry.by, entry.after["慰问时机"]) == (sender, "中秋节")


def test_the_bureau_writes_down_its_own_visit(client_of, officer, county):
    client_of(officer).post(VISITS + "new/", {**VISIT, "visiting_school": ""})
    made = CondolenceVisit.objects.get()
    assert (made.visiting_school, made.county) == (None, county)


def test_a_school_cannot_write_in_the_name_of_another(client_of, principal, sending_school, county, receiving_school):
    client_of(principal).post(VISITS + "new/", {**VISIT, "visiting_school": sending_school.name})
    assert CondolenceVisit.objects.get().visiting_school == receiving_school
    with pytest.raises(Refused, match="只能登记您所在学校做的事"):
        recording.create(CondolenceVisit(), {"occasion": "春节", "visiting_school": sending_school}, by=principal)
    with pytest.raises(Refused):
        recording.create(CondolenceVisit(), {"occasion": "春节"}, by=principal)


def test_a_centre_school_writes_for_the_schools_below_it(client_of, principal, county, receiving_school):
    below = School.objects.create(county=county, name="后沟教学点", centre_school=receiving_school)
    page = client_of(principal).get(PROVISIONS + "new/").content.decode()
    assert f'value="{receiving_school.name}"' in page
    assert "也可以为 后沟教学点 登记" in page
    long_ago = {"school": "后沟教学点", "school_year": "1990-1991", "items": ["宿舍"]}
    assert client_of(principal).post(PROVISIONS + "new/", long_ago).status_code == 200  # no such year is offered
    sent = {"school": "后沟教学点", "school_year": running_year(), "items": ["宿舍"]}
    client_of(principal).post(PROVISIONS + "new/", sent)
    assert Provision.objects.get().school == below


def running_year():
    first = school_year_of(timezone.localdate())
    return f"{first}-{first + 1}"


def test_what_is_provided_is_ticked_and_added_to(client_of, principal, receiving_school):
    sent = {
        "school_year": running_year(),
        "items": ["宿舍", "食堂"],
        "more_items": "柴火、 宿舍",
        "rooms": "3",
        "spent": "1.2万",
    }
    answer = client_of(principal).post(PROVISIONS + "new/", sent)
    made = Provision.objects.get()
    assert answer.url == page_of(made)
    assert (made.items, made.rooms, made.spent, made.school) == (["宿舍", "食堂", "柴火"], 3, 12000, receiving_school)


def test_the_same_school_and_year_twice_is_refused_in_words(client_of, principal):
    sent = {"school_year": running_year(), "items": ["宿舍"]}
    client_of(principal).post(PROVISIONS + "new/", sent)
    page = client_of(principal).post(PROVISIONS + "new/", {**sent, "person_in_charge": "吴主任"}).content.decode()
    assert "这所学校这个学年的后勤保障已经有了" in page
    assert "吴主任" in page
    assert Provision.objects.count() == 1


def test_sent_twice_it_is_written_once(client_of, sender):
    sent = {**VISIT, "once": "b" * 32}
    answers = [client_of(sender).post(VISITS + "new/", sent).url for _ in range(2)]
    assert answers[0] == answers[1]
    assert CondolenceVisit.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"when": "那天"}, "“那天”不是能读懂的日期"),
        ({"when": ""}, "请写日期，知道多少写多少"),
        ({"occasion": ""}, "请写是什么时候或为什么看望的"),
        ({"occasion": "字" * 41}, "40"),
        ({"visited_school": "没有这所学校"}, "没有找到叫“没有这所学校”的学校"),
        ({"visited": "很多"}, "没有能读懂的数量"),
        ({"amount": "-3"}, "是负数"),
        ({"photos": "x"}, None),
    ],
)
def test_a_wrong_form_is_refused_in_chinese_and_keeps_what_was_typed(wrong, told, client_of, sender):
    sent = {**VISIT, **wrong}
    if told is None:
        sent["photos"], told = [upload("合影.gif", picture("GIF"))], "“合影.gif”没有保存：“.gif”这种文件不收"
    page = client_of(sender).post(VISITS + "new/", sent).content.decode()
    assert told in page
    assert "没有保存" in page
    assert 'value="月饼"' in page
    assert not CondolenceVisit.objects.exists()


def test_a_name_that_could_be_two_schools_is_asked_back(client_of, sender, county):
    School.objects.create(county=county, name="松岭乡第二小学")
    page = client_of(sender).post(VISITS + "new/", {**VISIT, "visited_school": "松岭乡"}).content.decode()
    assert "请写全名" in page


# --- changing ---------------------------------------------------------------------------------------------------------


def test_only_the_school_that_did_it_and_the_bureau_change_it(client_of, visit, sender, principal, officer, county):
    for user, answer in ((sender, 200), (officer, 200), (principal, 403)):
        client = client_of(user)
        assert client.get(page_of(visit)).status_code == 200
        assert client.get(edit(visit)).status_code == answer
        assert (edit(visit) in client.get(page_of(visit)).content.decode()) is (answer == 200)
    with pytest.raises(Refused):
        recording.change(visit, {"occasion": "春节"}, by=principal)
    visit.refresh_from_db()
    assert visit.occasion == "教师节"


@pytest.mark.parametrize(
    ("role", "sees"),
    [(Role.LEADER, 200), (Role.INSPECTOR, 200), (Role.BUREAU_ADMIN, 200), (Role.AUDITOR, 200), (Role.FINANCE, 200)],
)
def test_the_others_of_the_bureau_read(role, sees, client_of, visit, provision, receiving_school, county):
    reader = person("b", "某人", role, district=county)
    if role == Role.INSPECTOR:
        inspects(reader, receiving_school)
    client = client_of(reader)
    for row in (visit, provision):
        assert client.get(page_of(row)).status_code == sees
        assert client.get(edit(row)).status_code == 403
        assert client.post(edit(row), VISIT).status_code == 403
    visit.refresh_from_db()
    assert visit.occasion == "教师节"


def test_others_find_nothing(client_of, visit, provision, outsider, teacher_user, county):
    elsewhere = School.objects.create(county=county, name="城关中学")
    stranger = person("stranger", "郑校长", Role.PRINCIPAL, school=elsewhere)
    for row in (visit, provision):
        for user in (outsider, stranger):
            assert client_of(user).get(page_of(row)).status_code == 404
            assert client_of(user).get(edit(row)).status_code == 404
        assert client_of(teacher_user).get(page_of(row)).status_code == 404
    for user in (outsider, stranger, teacher_user):
        assert "教师节" not in client_of(user).get(VISITS + "?year=all").content.decode()
        assert "松岭乡中心小学" not in client_of(user).get(PROVISIONS + "?year=all").content.decode()


def form_of(client, row):
    """What a browser would send back of the form as it stands."""
    response = client.get(edit(row))
    form = response.context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return {"seen": form.seen} | {name: value for name, value in sent.items() if value not in (None, "")}


def test_a_form_sent_back_as_it_is_changes_nothing(client_of, visit, provision, sender, principal):
    for user, row in ((sender, visit), (principal, provision)):
        client = client_of(user)
        assert client.post(edit(row), form_of(client, row)).status_code == 302
        again = type(row).objects.get(pk=row.pk)
        assert {f.name: getattr(again, f.attname) for f in row._meta.concrete_fields if f.name != "date_words"} == {
            f.name: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name != "date_words"
        }
    assert not AuditEntry.objects.filter(verb__startswith="修改").exists()


def test_a_change_is_written_down_with_what_it_was(client_of, visit, sender):
    client = client_of(sender)
    client.post(edit(visit), {**form_of(client, visit), "gifts": "月饼", "when": "2023年9月"})
    visit.refresh_from_db()
    assert (visit.gifts, str(visit.when)) == ("月饼", "2023年9月")
    entry = AuditEntry.objects.get(verb="修改走访慰问")
    assert (entry.before["日期"], entry.after["日期"], entry.after["慰问品"]) == ("2023年9月10日", "2023年9月", "月饼")
    assert set(entry.after) == {"日期", "慰问品"}


def test_the_second_of_two_people_is_told_and_sees_both(client_of, visit, sender, officer):
    first, second = client_of(officer), client_of(sender)
    theirs, mine = form_of(first, visit), form_of(second, visit)
    first.post(edit(visit), {**theirs, "gifts": "局里写的"})
    answer = second.post(edit(visit), {**mine, "gifts": "学校写的"})
    page = answer.content.decode()
    assert answer.status_code == 409
    for told in ("别人改过这条记录", "局里写的", "学校写的"):
        assert told in page
    visit.refresh_from_db()
    assert visit.gifts == "局里写的"
    # Having seen both, they decide.
    second.post(edit(visit), {**mine, "seen": answer.context["form"].seen, "gifts": "学校写的"})
    visit.refresh_from_db()
    assert visit.gifts == "学校写的"


# --- lists ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["officer", "principal"])
@pytest.mark.parametrize("page", [VISITS, PROVISIONS])
def test_the_lists_ask_the_same_for_one_row_and_for_thirty(
    page, who, client_of, county, receiving_school, school_year, request
):
    client, numbers, asked = client_of(request.getfixturevalue(who)), count(), []
    for more in (1, 2, 27):
        for number in [next(numbers) for _ in range(more)]:
            if page == VISITS:
                CondolenceVisit.objects.create(
                    county=county, occasion=f"第{number}次", visiting_school=receiving_school
                )
            else:
                below = School.objects.create(county=county, name=f"第{number}教学点", centre_school=receiving_school)
                Provision.objects.create(county=county, school=below, school_year=school_year, items=["宿舍"])
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page + "?year=all").status_code == 200
        asked.append(len(captured))
    assert asked == [asked[0]] * 3
    assert asked[0] <= 12


def test_the_year_that_is_looked_at_stands_for_a_year_left_out(client_of, sender):
    client = client_of(sender)
    session = client.session
    session["school_year"] = "2021-2022"
    session.save()
    client.post(VISITS + "new/", {**VISIT, "when": "3月"})
    made = CondolenceVisit.objects.get()
    assert (str(made.when), made.school_year.code) == ("2022年3月", "2021-2022")


def test_what_people_typed_is_not_markup(client_of, sender, visit):
    CondolenceVisit.objects.update(occasion="<script>x</script>", gifts="<b>月饼</b>")
    for page in (VISITS + "?year=all", page_of(visit), edit(visit)):
        text = client_of(sender).get(page).content.decode()
        assert "<script>x" not in text
        assert "<b>月饼" not in text
