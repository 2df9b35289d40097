"""The search box: what it finds, in which order, for whom; and that a number of a person gets into no address."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments import pinyin, search
from assignments.choices import Role
from assignments.models import Activity, District, PolicyDocument, School, Teacher
from tests.conftest import person
from tests.full_records import ID_NUMBER
from zhijiao.accounts.models import AuditEntry

ROLES = [
    Role.BUREAU_ADMIN, Role.OFFICER, Role.LEADER, Role.INSPECTOR, Role.FINANCE, Role.AUDITOR, Role.PRINCIPAL,
    Role.SCHOOL_OFFICER, Role.TEACHER,
]  # fmt: skip


@pytest.fixture
def named(county, sending_school):
    """Makes a teacher as our own functions do: with the readings of the name."""

    def make(name, school=sending_school, **fields):
        teacher = Teacher(county=school.county, school=school, name=name, **fields)
        pinyin.set_readings(teacher)
        teacher.save()
        return teacher

    return make


def titles(user, text):
    """What is found, by kind."""
    return {group.title: [hit.title for hit in group.hits] for group in search.find(user, text).groups}


@pytest.mark.parametrize(
    "text", ["沈若兰", "若兰", "shenruolan", "ShenRuo", "ruolan", "srl", "SRL", "slr", "ｓｒｌ", "沈若兰 一小"]
)
def test_a_teacher_is_found_by_name_pinyin_and_initials(text, named, officer):
    named("沈若兰")
    named("陶景明")
    assert titles(officer, text).get("教师") == ["沈若兰"]


def test_the_name_itself_comes_before_what_only_begins_so(named, officer):
    for name in ("王芳菲", "王芳", "小王芳"):
        named(name)
    assert titles(officer, "王芳")["教师"] == ["王芳", "王芳菲", "小王芳"]


@pytest.mark.parametrize("text", ["青岚县第一小学", "县一小", "实验附小", "qlx", "3161000123", "第一小"])
def test_a_school_is_found_by_name_short_name_alias_initials_and_code(text, sending_school, receiving_school, officer):
    sending_school.aliases, sending_school.code = ["实验附小"], "3161000123"
    pinyin.set_readings(sending_school)
    sending_school.save()
    assert titles(officer, text).get("学校") == ["青岚县第一小学"]


def test_secondments_and_documents_are_found_by_their_numbers(county, second, teacher, sending_school, officer):
    second(teacher, dispatch_document="青教人〔2023〕12号")
    PolicyDocument.objects.create(county=county, title="支教实施方案", number="青政办〔2023〕12号")
    Activity.objects.create(county=county, kind="送课下乡", title="2023〕12号的活动", school=sending_school)
    found = titles(officer, "2023〕12号")
    assert found["支教派遣"] == ["沈若兰"]
    assert found["派遣文号"] == ["青教人〔2023〕12号"]
    assert found["政策文件"] == ["《支教实施方案》"]
    assert found["帮扶活动"] == ["2023〕12号的活动"]


def test_the_annual_reports_of_the_schools_that_were_found_are_offered(sending_school, officer):
    assert titles(officer, "第一小学")["工作总结"] == ["青岚县第一小学工作总结"]


def test_those_who_left_and_those_who_were_merged_are_not_offered(named, officer):
    kept = named("沈若兰")
    named("沈若梅", retired_on="2024-01-01")
    named("沈若竹", merged_into=kept)
    assert titles(officer, "沈若")["教师"] == ["沈若兰"]


def test_a_group_shows_eight_and_leads_to_the_list_with_all(named, officer, client_of):
    for number in range(11):
        named(f"王小{'一二三四五六七八九十甲'[number]}")
    group = search.find(officer, "王小").groups[0]
    assert (len(group.hits), group.count, group.is_cut) == (8, 11, True)
    browser = client_of(officer)
    assert "全部 11 人" in browser.get("/search/", {"q": "王小"}).content.decode()
    assert "共 11 人" in browser.get(group.more).content.decode()


@pytest.mark.parametrize(
    "text", ["", " ", "a", "%", "_", "\\", "'\"", "[", "沈[", "。*", "😀", "x" * 500, "沈 " * 40, "\x00"]
)
def test_odd_words_find_nothing_and_break_nothing(text, named, client_of, officer):
    named("沈若兰")
    browser = client_of(officer)
    assert browser.get("/search/", {"q": text}).status_code == 200
    assert browser.post("/search/suggest/", {"q": text}).status_code == 200


def test_typed_words_go_on_into_the_address_and_a_number_does_not(named, client_of, officer):
    named("沈若兰", id_number=ID_NUMBER)
    browser = client_of(officer)
    assert browser.post("/search/", {"q": "沈若兰"}).url == "/search/?q=%E6%B2%88%E8%8B%A5%E5%85%B0"
    answer = browser.post("/search/", {"q": ID_NUMBER})
    html = answer.content.decode()
    assert (answer.status_code, "沈若兰" in html, ID_NUMBER in html) == (200, True, False)
    refused = browser.get("/search/", {"q": ID_NUMBER}, follow=True)
    assert refused.redirect_chain == [("/search/", 302)]
    refused = refused.content.decode()
    assert "沈若兰" not in refused and ID_NUMBER not in refused and "不要写在网址里" in refused
    suggested = browser.post("/search/suggest/", {"q": ID_NUMBER[:13]}).content.decode()
    assert "按回车" in suggested and ID_NUMBER[:13] not in suggested


def test_a_search_by_number_is_written_down_without_the_number(named, client_of, officer):
    teacher = named("沈若兰", id_number=ID_NUMBER)
    client_of(officer).post("/search/", {"q": ID_NUMBER})
    entry = AuditEntry.objects.get(verb="按身份证号查找")
    assert (entry.by, entry.subject_id, entry.after) == (officer, str(teacher.pk), {"found": 1})
    assert ID_NUMBER not in str(entry.__dict__)


def test_only_those_who_may_see_the_number_search_by_it(named, second, principal, sending_school, county, client_of):
    teacher = named("沈若兰", id_number=ID_NUMBER)
    second(teacher)
    own = person("own", "陈校长", Role.PRINCIPAL, school=sending_school)
    finance = person("finance", "财务", Role.FINANCE, district=county)
    stranger = person(
        "stranger", "别校长", Role.PRINCIPAL, school=School.objects.create(county=county, name="别处小学")
    )
    found = {user.username: "沈若兰" in client_of(user).post("/search/", {"q": ID_NUMBER}).content.decode()
             for user in (own, principal, finance, stranger)}  # fmt: skip
    assert found == {"own": True, "principal": False, "finance": False, "stranger": False}


def test_whoever_tries_number_after_number_is_slowed_down(named, officer):
    named("沈若兰", id_number=ID_NUMBER)
    asked = [search.find_by_id_number(officer, ID_NUMBER) for _ in range(31)]
    assert not any(found.refusal for found in asked[:30])
    assert asked[30].refusal and not asked[30].groups


@pytest.mark.parametrize("role", ROLES)
def test_nothing_outside_ones_scope_is_found(role, named, second, county, other_county, sending_school, client_of):
    """Each place has something of every kind with a word of its own; the word of another county is in no answer."""
    foreign_school = School.objects.create(
        county=other_county, name="金丝雀小学", aliases=["金丝雀"], code="3199000001"
    )
    foreign = named("金丝雀", school=foreign_school, id_number=ID_NUMBER)
    placed = second(foreign, sending_school=foreign_school, dispatch_document="金丝雀〔2023〕1号")
    placed.placements.update(receiving_school=School.objects.create(county=other_county, name="金丝雀二小"))
    type(placed).objects.filter(pk=placed.pk).update(county=other_county)
    PolicyDocument.objects.create(county=other_county, title="金丝雀方案", school=foreign_school)
    Activity.objects.create(county=other_county, kind="送课", title="金丝雀活动", school=foreign_school)
    own = named("沈若兰")
    place = (
        {"teacher": own} if role == Role.TEACHER
        else {"school": sending_school} if role in (Role.PRINCIPAL, Role.SCHOOL_OFFICER)
        else {"district": county}
    )  # fmt: skip
    browser = client_of(person("somebody", "某人", role, **place))
    for words in ("金丝雀", "jinsique", "jsq", "3199000001", ID_NUMBER):
        asked = [browser.post("/search/", {"q": words}, follow=True), browser.post("/search/suggest/", {"q": words})]
        for answer in asked:
            html = answer.content.decode().replace(f"“{words}”", "").replace(f'value="{words}"', "")
            assert answer.status_code == 200
            assert "金丝雀" not in html and ID_NUMBER not in html, words
    assert "金丝雀" in str(titles(person("boss", "外县", Role.OFFICER, district=other_county), "金丝雀"))


def test_a_teacher_of_a_school_that_is_not_concerned_is_not_found(named, county, principal):
    named("沈若兰")
    assert titles(principal, "沈若兰") == {}


def test_the_number_of_queries_does_not_grow_with_what_is_found(
    named, second, county, sending_school, client_of, officer
):
    browser = client_of(officer)
    asked = []
    for number in (1, 2, 27):
        for n in range(number):
            name = f"王小{number}{n}"
            second(named(name), dispatch_document=f"王小〔2023〕{number}{n}号")
            School.objects.create(county=county, name=f"王小{number}{n}学校")
            PolicyDocument.objects.create(county=county, title=f"{name}方案")
            Activity.objects.create(county=county, kind="送课", title=f"{name}活动", school=sending_school)
        with CaptureQueriesContext(connection) as captured:
            browser.get("/search/", {"q": "王小"})
        asked.append(len(captured))
    assert asked == [asked[0]] * 3, asked
    assert asked[0] <= 16  # six kinds, one question each; the rest is who is signed in and the frame


def test_a_person_without_a_role_may_not_search(client_of, db):
    browser = client_of(person("nobody", "无名"))
    assert browser.get("/search/").status_code == 403
    assert browser.post("/search/suggest/", {"q": "沈"}).status_code == 403


def test_the_box_stands_on_every_page(client_of, officer):
    html = client_of(officer).get("/teachers/").content.decode()
    assert 'id="find-q"' in html and 'action="/search/"' in html


@pytest.mark.parametrize(
    ("name", "letters", "reading"),
    [
        ("沈若兰", "srl", "shenruolan"), ("单雄信", "sxx", "shanxiongxin"), ("曾国藩", "zgf", "zengguofan"), ("解晓东", "xxd", "xiexiaodong"),
        ("仇英", "qy", "qiuying"), ("区小红", "oxh", "ouxiaohong"), ("尉迟恭", "ycg", "yuchigong"), ("翟天临", "ztl", "zhaitianlin"),
        ("欧阳娜娜", "oynn", "ouyangnana"), ("吕布", "lb", "lvbu"), ("买买提·艾力", "mmtal", "maimaitiaili"), ("𬱟㛃", "wj", "weijie"),
        ("\U0003134a\U0003134a", "", ""), ("John", "", ""), ("", "", ""),
    ],
)  # fmt: skip
def test_names_are_read_as_people_are_called(name, letters, reading):
    assert (pinyin.initials(name, of_person=True), pinyin.pinyin(name)) == (letters, reading)


def test_what_was_recorded_before_gets_its_readings(county, sending_school):
    teacher = Teacher.objects.create(county=county, school=sending_school, name="单雄信")
    assert pinyin.fill_missing() == 2
    teacher.refresh_from_db()
    sending_school.refresh_from_db()
    assert (teacher.pinyin, teacher.initials, sending_school.initials) == ("shanxiongxin", "sxx", "qlxdyxx")
    assert pinyin.fill_missing() == 0


def test_a_district_above_finds_what_its_counties_have(named, county):
    prefecture = District.objects.create(name="青州市", code="9901", level="prefecture")
    county.parent = prefecture
    county.save()
    named("沈若兰")
    boss = person("boss", "市里", Role.OFFICER, district=prefecture)
    assert titles(boss, "srl")["教师"] == ["沈若兰"]
