"""Records that were entered twice: how they are noticed, what merging moves, what it refuses, what stays behind."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments import distinct, duplicates, merging, search
from assignments.choices import Role
from assignments.models import (
    BackboneTitle,
    CorrectionRequest,
    Difficulty,
    DistinctPair,
    Exemption,
    Membership,
    Pairing,
    Placement,
    Provision,
    School,
    Secondment,
    Teacher,
    Team,
    TeamReport,
)
from assignments.sheets import SHEETS
from evaluations.models import BriefingPoint, Deed, Finding, Honour, Inspection, Mentorship, RecordsReview, ReviewedItem
from reports.models import Certificate
from tests.conftest import person
from tests.full_records import BANK_CARD, ID_NUMBER, PHONE, fill_school, fill_secondment, fill_teacher, on
from zhijiao.accounts.models import AuditEntry
from zhijiao.refusals import Refused
from zhijiao.workbook.context import rows_of

DAY = dt.date(2023, 10, 9)
WHY = "已电话核实"


@pytest.fixture
def double(county, sending_school):
    """The same teacher, entered once more."""
    return Teacher.objects.create(county=county, school=sending_school, name="沈若兰", native_place="青岚")


@pytest.fixture
def short(county):
    return School.objects.create(county=county, name="县一小", aliases=["实验附小"], phone="0912-1234567")


def pairs(found):
    return [({pair.first.name, pair.second.name}, pair.reasons[0]) for pair in found]


# --- noticing --------------------------------------------------------------------------------------------------------


def teacher_like(pk, name="沈若兰", school_id=1, birth_date=None, id_number_hash="", county_id=1):
    return Teacher(
        pk=pk, name=name, school_id=school_id, birth_date=birth_date, id_number_hash=id_number_hash, county_id=county_id
    )


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"name": "沈若蘭", "id_number_hash": "x"}, "身份证号相同"),
        ({"county_id": 2, "id_number_hash": "x"}, "身份证号相同"),
        ({"name": "沈 若兰", "school_id": 2, "birth_date": DAY}, "姓名和出生日期相同"),
        ({"school_id": 2, "birth_date": DAY, "id_number_hash": "y"}, "姓名和出生日期相同，身份证号不同，请先核对号码"),
        ({}, "同一所学校里姓名相同"),
        ({"id_number_hash": "y"}, None),
        ({"birth_date": dt.date(1991, 1, 1)}, None),
        ({"school_id": 2}, None),
        ({"name": "陶景明", "birth_date": DAY}, None),
        ({"county_id": 2, "birth_date": DAY}, None),
        ({"name": "沈若蘭"}, None),
    ],
)
def test_what_speaks_for_one_person(other, why):
    one = teacher_like(1, birth_date=DAY, id_number_hash="x")
    assert duplicates.why_same_person(one, teacher_like(2, **other)) == ((why,) if why else ())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("县一小", "青岚县第一小学"), ("青岚一小", "青岚县第一小学"), ("青岚县第1小学", "县第一小学"), ("县实验初中", "青岚县实验初级中学"),
        ("县一中", "青岚县第一中学"), ("松岭乡中心小学", "松岭中心小学"), ("县幼儿园", "青岚县幼儿园"), ("红旗小学校", "红旗小学"),
        ("特殊教育学校", "青岚县特殊教育学校"), ("ＡＢ小学", "AB小学"), ("县 一小", "县一小"),
    ],
)  # fmt: skip
def test_a_short_name_is_the_same_school(one, other):
    assert duplicates.short_form(one, "青岚县") == duplicates.short_form(other, "青岚县") != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("县一小", "县二小"), ("县一小", "县一中"), ("县一中", "县第一初级中学"), ("松岭乡中心小学", "柳坪乡中心小学"), ("县第十小学", "县第一小学"),
     ("第一小学", "第一小学分校"), ("县一小", "第十一小学"), ("青岚县", "县级")],
)  # fmt: skip
def test_different_schools_stay_different(one, other):
    assert duplicates.short_form(one, "青岚县") != duplicates.short_form(other, "青岚县")


def test_schools_are_noticed_by_code_alias_and_short_name(county, short, sending_school, officer):
    alike = (
        School(pk=1, county=county, name="甲校", code="3161000123"),
        School(pk=2, county=county, name="乙校", code="3161000123"),
    )
    assert duplicates.why_same_school(*alike) == ("学校标识码相同",)
    School.objects.create(county=county, name="附小", aliases=[])
    School.objects.filter(pk=sending_school.pk).update(aliases=["附小"])
    assert pairs(duplicates.schools_for(officer)) == [
        ({"县一小", "青岚县第一小学"}, "校名只差“县”“第”“学校”等字，像是简称"),
        ({"附小", "青岚县第一小学"}, "一方的校名是另一方的其他名称"),
    ]


def test_two_schools_with_numbers_of_their_own_are_two(county):
    one, other = (
        School(pk=n, county=county, name=name, code=f"316100012{n}")
        for n, name in ((1, "县一小"), (2, "青岚县第一小学"))
    )
    assert duplicates.why_same_school(one, other) == ()


def test_people_are_noticed_within_ones_scope_only(teacher, double, other_county, outsider, officer):
    elsewhere = School.objects.create(county=other_county, name="白塔小学")
    for _ in range(2):
        Teacher.objects.create(county=other_county, school=elsewhere, name="柳明月")
    assert pairs(duplicates.people_for(officer)) == [({"沈若兰"}, "同一所学校里姓名相同")]
    assert pairs(duplicates.people_for(outsider)) == [({"柳明月"}, "同一所学校里姓名相同")]


def test_a_number_in_a_county_that_one_cannot_see_is_not_told(teacher, other_county, officer):
    teacher.id_number = ID_NUMBER
    teacher.save()
    Teacher.objects.create(county=other_county, name="沈若兰", id_number=ID_NUMBER)
    assert duplicates.people_for(officer) == []
    county, above = teacher.county, type(other_county).objects.create(name="青州市", code="9901", level="prefecture")
    for each in (county, other_county):
        each.parent = above
        each.save()
    boss = person("boss", "市里", Role.OFFICER, district=above)
    (pair,) = duplicates.people_for(boss)
    assert pair.reasons == ("身份证号相同",) and pair.is_across_counties


# --- moving everything ---------------------------------------------------------------------------------------------------


def fill_double(double, county, school_year, programme, receiving, second):
    """One of every record that can point to a teacher, on the record that will be merged."""
    fill_teacher(double)
    secondment = second(double)
    fill_secondment(secondment)
    other = Teacher.objects.create(county=county, name="陶景明")
    swapped = second(other)
    Secondment.objects.filter(pk=swapped.pk).update(swapped_with=double)
    Team.objects.create(county=county, school_year=school_year, name="一队", leader=double)
    on(TeamReport, DAY, county=county, reporter=double, content="顺利")
    on(Honour, DAY, county=county, teacher=double, title="师德标兵", level="county")
    on(Deed, DAY, county=county, teacher=double, text="雨夜送学生")
    Mentorship.objects.create(county=county, secondment=swapped, apprentice=double, goal="上公开课")
    inspection = Inspection.objects.get()
    RecordsReview.objects.get_or_create(county=county, inspection=inspection)
    ReviewedItem.objects.create(county=county, inspection=inspection, category="教案本", teacher=double, number=2)
    BriefingPoint.objects.create(county=county, inspection=inspection, speaker="校长", text="认真", teacher=double)
    Finding.objects.create(county=county, inspection=inspection, kind="problem", text="板书要改", teacher=double)
    on(Difficulty, DAY, county=county, teacher=double, text="宿舍漏雨", category="housing")
    CorrectionRequest.objects.create(county=county, teacher=double, field="职称", right_value="一级教师")
    Membership.objects.create(user=person("double", "沈若兰"), role=Role.TEACHER, teacher=double)
    Teacher.objects.create(county=county, name="更早的一条", merged_into=double)
    Certificate.objects.create(
        county=county, teacher=double, year=2024, number=1, serial="青教证〔2024〕1号", code="A" * 20, content={}, digest="0" * 64,
        issued_on=dt.date(2024, 7, 20), issued_by=person("issuer", "周专干"),
    )  # fmt: skip


def pointing_to(row):
    """Every row of every table that points to this one: asked of the database, not of the code that moves."""
    found = {}
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            if column.is_relation and column.related_model is type(row):
                number = model._base_manager.filter(**{column.name: row}).count()
                if number:
                    found[f"{model.__name__}.{column.name}"] = number
    return found


def test_everything_that_pointed_to_the_merged_teacher_points_to_the_other(
    teacher, double, county, school_year, programme, receiving_school, second, officer
):
    fill_double(double, county, school_year, programme, receiving_school, second)
    before = pointing_to(double)
    kinds = {f"{link.model.__name__}.{link.name}" for link in merging.links(Teacher) if not link.loose}
    assert kinds - set(before) == set(), "a kind of record that this test does not make"
    done = merging.merge_teachers(teacher, double, {}, by=officer, reason=WHY)
    assert pointing_to(double) == {}
    assert pointing_to(teacher) == {**before, "Teacher.merged_into": before["Teacher.merged_into"] + 1}
    assert sum(done.moved.values()) == sum(before.values())
    double.refresh_from_db()
    assert (double.merged_into, double.retired_on is not None) == (teacher, True)


def test_everything_that_pointed_to_the_merged_school_points_to_the_other(
    county, sending_school, receiving_school, short, school_year, second, teacher, officer
):
    kept = School.objects.create(county=county, name="青岚县第三小学")
    fill_school(short, sending_school, school_year)
    fill_school(School.objects.create(county=county, name="另一所"), short, school_year)
    secondment = second(teacher, sending_school=short)
    fill_secondment(secondment)
    secondment.placements.update(receiving_school=receiving_school)
    School.objects.create(county=county, name="更早的", merged_into=short)
    before = pointing_to(short)
    assert len(before) > 20
    merging.merge_schools(kept, short, {}, by=officer, reason=WHY)
    assert pointing_to(short) == {}
    assert pointing_to(kept) == {**before, "School.merged_into": 2}
    kept.refresh_from_db()
    short.refresh_from_db()
    assert kept.aliases == ["县一小", "实验附小"] and kept.phone == "0912-1234567"
    assert (short.name, short.aliases, short.merged_into, short.closed_on is not None) == (
        "县一小（已并入）",
        [],
        kept,
        True,
    )


def test_the_value_that_was_chosen_stays_and_what_was_empty_is_filled(teacher, double, officer):
    Teacher.objects.filter(pk=teacher.pk).update(native_place="白塔", subject="数学")
    Teacher.objects.filter(pk=double.pk).update(subject="语文", education="21")
    double.refresh_from_db()
    double.id_number, double.bank_card, double.phone = ID_NUMBER, BANK_CARD, PHONE
    double.save()
    merging.merge_teachers(teacher, double, {"native_place": "drop", "subject": "keep"}, by=officer, reason=WHY)
    teacher.refresh_from_db()
    double.refresh_from_db()
    assert (teacher.native_place, teacher.subject, teacher.education) == ("青岚", "数学", "21")
    assert (teacher.id_number, teacher.bank_card, teacher.phone) == (ID_NUMBER, BANK_CARD, PHONE)
    assert (double.id_number, double.id_number_hash, double.bank_card) == ("", "", "")
    assert Teacher.objects.get(id_number_hash=teacher.id_number_hash) == teacher


def test_the_trail_tells_what_moved_and_no_number(teacher, double, second, officer):
    fill_teacher(double)
    second(double)
    merging.merge_teachers(teacher, double, {}, by=officer, reason=WHY)
    entry = AuditEntry.objects.get(verb="合并教师")
    assert entry.reason == WHY and entry.after["移来"]["骨干称号"] == 1
    assert entry.after["id_number"] == "另一条的"
    told = str(list(AuditEntry.objects.values_list("before", "after")))
    assert not any(number in told for number in (ID_NUMBER, PHONE, BANK_CARD))
    assert AuditEntry.objects.filter(verb="并入另一教师", subject_id=str(double.pk)).exists()


def test_the_merged_record_is_in_no_list_no_search_and_no_choice(
    teacher, double, short, sending_school, officer, client_of
):
    merging.merge_teachers(teacher, double, {}, by=officer, reason=WHY)
    merging.merge_schools(sending_school, short, {}, by=officer, reason=WHY)
    browser = client_of(officer)
    for path in ("/teachers/", "/teachers/?retired=true", "/schools/", "/schools/?closed=true"):
        html = browser.get(path).content.decode()
        assert f'/teachers/{double.pk}/"' not in html and "已并入" not in html, path
    found = {group.title: [hit.title for hit in group.hits] for group in search.find(officer, "县一小").groups}
    assert found["学校"] == ["青岚县第一小学"]
    assert short not in School.objects.choosable_by(officer)
    assert double not in Teacher.objects.working()
    assert duplicates.people_for(officer) == duplicates.schools_for(officer) == []


# --- refusing ------------------------------------------------------------------------------------------------------------


def refused(merge, *rows, **fields):
    with pytest.raises(Refused) as told:
        merge(*rows, {}, reason=WHY, **fields)
    assert not AuditEntry.objects.exists()
    return str(told.value)


def test_secondments_at_the_same_time_are_named(teacher, double, second, programme, officer):
    second(teacher)
    other = type(programme).objects.create(county=teacher.county, name="另一项目")
    second(double, "2024-01-01", "2024-12-31", programme=other)
    told = refused(merging.merge_teachers, teacher, double, by=officer)
    assert "2023.09.01 — 2024.07.10 和 2024.01.01 — 2024.12.31" in told
    assert Secondment.objects.filter(teacher=double).count() == 1


def test_two_records_that_a_rule_allows_once_are_named(teacher, double, second, officer):
    second(teacher, "2023-09-01", "2023-10-01")
    second(double, "2024-03-01", "2024-07-10")
    assert "两边各有一条支教派遣，合并后会重复：“沈若兰 2023.09.01 — 2023.10.01（2023—2024学年）”" in refused(
        merging.merge_teachers, teacher, double, by=officer
    )


def test_titles_that_differ_are_named_and_those_that_agree_in_everything_become_one(teacher, double, county, officer):
    for row in (teacher, double):
        BackboneTitle.objects.create(county=county, teacher=row, title="骨干教师", level="county", year=2022)
    mine = BackboneTitle.objects.create(county=county, teacher=teacher, title="名师", level="county", year=2020)
    theirs = BackboneTitle.objects.create(county=county, teacher=double, title="名师", level="county", year=2021)
    assert "两边各有一条骨干称号" in refused(merging.merge_teachers, teacher, double, by=officer)
    theirs.delete()
    done = merging.merge_teachers(teacher, double, {}, by=officer, reason=WHY)
    assert done.twins == 1
    assert set(teacher.backbone_titles.values_list("title", flat=True)) == {"骨干教师", mine.title}


def test_an_exemption_without_a_date_counts_as_the_same(teacher, double, county, officer):
    for row, proof in ((teacher, "证明甲"), (double, "证明乙")):
        Exemption.objects.create(county=county, teacher=row, reason="illness", proof=proof)
    assert "暂缓" in refused(merging.merge_teachers, teacher, double, by=officer)


def test_a_teacher_is_not_swapped_with_themselves(teacher, double, second, officer):
    second(teacher, swapped_with=double)
    assert "一条记录的两头" in refused(merging.merge_teachers, teacher, double, by=officer)


def test_schools_between_which_somebody_was_sent_stay_two(sending_school, receiving_school, secondment, officer):
    told = refused(merging.merge_schools, sending_school, receiving_school, by=officer)
    assert "沈若兰" in told and "同一所" in told


def test_schools_that_support_each_other_or_have_the_same_record_stay_two(
    county, school_year, sending_school, short, officer
):
    pairing = on(Pairing, DAY, county=county, supporting_school=sending_school, supported_school=short)
    assert "结对" in refused(merging.merge_schools, sending_school, short, by=officer)
    pairing.delete()
    for school, items in ((sending_school, ["宿舍"]), (short, ["食堂"])):
        Provision.objects.create(county=county, school=school, school_year=school_year, items=items)
    assert "两边各有一条" in refused(merging.merge_schools, sending_school, short, by=officer)


def test_a_school_is_not_merged_with_the_one_above_it(sending_school, short, officer):
    short.centre_school = sending_school
    short.save()
    assert "上下级" in refused(merging.merge_schools, sending_school, short, by=officer)


def test_records_of_two_counties_and_those_merged_before_are_refused(teacher, double, other_county, officer):
    foreign = Teacher.objects.create(county=other_county, name="沈若兰")
    assert "不同的县" in refused(merging.merge_teachers, teacher, foreign, by=officer)
    merging.merge_teachers(teacher, double, {}, by=officer, reason=WHY)
    with pytest.raises(Refused, match="已经并入"):
        merging.merge_teachers(teacher, double, {}, by=officer, reason=WHY)


def test_an_account_moves_along_and_two_in_use_are_refused(teacher, double, officer):
    double.user = person("double", "沈若兰", Role.TEACHER, teacher=double)
    double.save()
    teacher.user = person("first", "沈若兰", Role.TEACHER, teacher=teacher)
    teacher.save()
    assert "两边都有账号（first、double）" in refused(merging.merge_teachers, teacher, double, by=officer)
    teacher.user.is_active = False
    teacher.user.save()
    merging.merge_teachers(teacher, double, {}, by=officer, reason=WHY)
    teacher.refresh_from_db()
    assert teacher.user.username == "double"
    assert {membership.teacher for membership in teacher.user.memberships.all()} == {teacher}


# --- the pages -----------------------------------------------------------------------------------------------------------


def test_the_way_from_the_list_to_one_record(teacher, double, second, officer, client_of):
    second(double)
    browser = client_of(officer)
    assert f"/teachers/{teacher.pk}/merge/{double.pk}/" in browser.get("/duplicates/").content.decode()
    page = f"/teachers/{teacher.pk}/merge/{double.pk}/"
    assert "籍贯" in browser.get(page).content.decode()
    lacking = browser.post(page, {"step": "preview"}).content.decode()
    assert "请写一句依据" in lacking
    preview = browser.post(page, {"step": "preview", "reason": WHY, "use_native_place": "keep"}).content.decode()
    assert "支教派遣" in preview and 'name="use_native_place" value="keep"' in preview
    assert Teacher.objects.filter(merged_into=None).count() == 2
    sent = {"step": "merge", "reason": WHY, "use_native_place": "keep", "once": "a" * 32}
    for _ in range(2):
        assert browser.post(page, sent).url == f"/teachers/{teacher.pk}/"
    teacher.refresh_from_db()
    assert (teacher.native_place, teacher.secondments.count()) == ("", 1)
    assert AuditEntry.objects.filter(verb="合并教师").count() == 1
    assert browser.post(page, {**sent, "once": "b" * 32}).status_code == 409


def test_what_stands_against_it_is_on_the_page_before_anybody_tries(
    teacher, double, second, programme, officer, client_of
):
    second(teacher)
    second(
        double,
        "2024-01-01",
        "2024-12-31",
        programme=type(programme).objects.create(county=teacher.county, name="另一项目"),
    )
    browser = client_of(officer)
    page = f"/teachers/{teacher.pk}/merge/{double.pk}/"
    assert "还不能合并：两边的全职派遣时间重叠" in browser.get(page).content.decode()
    assert browser.post(page, {"step": "merge", "reason": WHY}).status_code == 409


def test_schools_are_merged_on_the_same_kind_of_page(sending_school, short, officer, client_of):
    browser = client_of(officer)
    page = f"/schools/{sending_school.pk}/merge/{short.pk}/"
    browser.post(page, {"step": "merge", "reason": WHY, "use_name": "drop"})
    sending_school.refresh_from_db()
    assert (sending_school.name, sending_school.aliases) == ("县一小", ["青岚县第一小学", "实验附小"])


@pytest.mark.parametrize(
    ("role", "teachers", "schools"),
    [(Role.OFFICER, 200, 200), (Role.BUREAU_ADMIN, 403, 200), (Role.LEADER, 403, 403), (Role.AUDITOR, 403, 403), (Role.FINANCE, 403, 403),
     (Role.INSPECTOR, 403, 403)],
)  # fmt: skip
def test_who_may_merge(role, teachers, schools, teacher, double, sending_school, short, county, client_of):
    browser = client_of(person("somebody", "某人", role, district=county))
    assert browser.get(f"/teachers/{teacher.pk}/merge/{double.pk}/").status_code == teachers
    assert browser.get(f"/schools/{sending_school.pk}/merge/{short.pk}/").status_code == schools
    assert browser.get("/duplicates/").status_code == min(teachers, schools)


def test_what_is_elsewhere_missing_or_the_same_is_not_there(teacher, double, outsider, principal, officer, client_of):
    assert client_of(outsider).get(f"/teachers/{teacher.pk}/merge/{double.pk}/").status_code == 404
    assert client_of(principal).get(f"/teachers/{teacher.pk}/merge/{double.pk}/").status_code == 403
    assert client_of(officer).get(f"/teachers/{teacher.pk}/merge/{teacher.pk}/").status_code == 404
    assert client_of(officer).get(f"/teachers/{teacher.pk}/merge/999999/").status_code == 404


# --- two after all --------------------------------------------------------------------------------------------------------

NAMESAKES = "两人同名，已看过身份证"


def test_a_pair_that_is_two_is_not_pointed_out_again(teacher, double, officer, client_of):
    browser = client_of(officer)
    page = f"/teachers/{teacher.pk}/merge/{double.pk}/"
    assert "不是同一个人，不再提示" in browser.get(page).content.decode()
    lacking = browser.post(f"{page}distinct/", {"step": "preview"})
    assert lacking.status_code == 422 and "请写一句依据" in lacking.content.decode()
    assert not DistinctPair.objects.exists()
    for _ in range(2):
        sent = browser.post(f"{page}distinct/", {"step": "preview", "reason": NAMESAKES, "once": "a" * 32})
        assert sent.url == "/duplicates/"
    assert duplicates.people_for(officer) == []
    (pair,) = DistinctPair.objects.all()
    assert (pair.kind, pair.low, pair.high, pair.said_by) == ("teacher", teacher.pk, double.pk, officer)
    assert AuditEntry.objects.filter(verb="认定不是同一个人", reason=NAMESAKES).count() == 2
    listed = browser.get("/duplicates/").content.decode()
    assert NAMESAKES in listed and page not in listed
    turned = browser.get(f"/teachers/{double.pk}/merge/{teacher.pk}/").content.decode()
    assert NAMESAKES in turned and "不再提示" not in turned


def test_said_from_the_other_side_it_is_the_same_pair(teacher, double, officer):
    one = distinct.tell_apart(teacher, double, by=officer, reason=NAMESAKES)
    assert distinct.tell_apart(double, teacher, by=officer, reason="再说一次") == one
    assert DistinctPair.objects.get().reason == NAMESAKES


def test_said_by_mistake_it_is_pointed_out_again(teacher, double, officer, client_of):
    pair = distinct.tell_apart(teacher, double, by=officer, reason=NAMESAKES)
    assert client_of(officer).post(f"/duplicates/{pair.pk}/again/").url == "/duplicates/"
    assert len(duplicates.people_for(officer)) == 1
    assert AuditEntry.objects.filter(verb="取消认定不是同一个人").count() == 2


def test_two_schools_that_only_look_alike(sending_school, short, officer, client_of):
    browser = client_of(officer)
    browser.post(f"/schools/{short.pk}/merge/{sending_school.pk}/distinct/", {"reason": "一在县城，一在乡下"})
    assert duplicates.schools_for(officer) == []
    assert "一在县城" in browser.get("/duplicates/").content.decode()


def test_a_number_of_a_person_is_no_reason(teacher, double, officer, client_of):
    page = f"/teachers/{teacher.pk}/merge/{double.pk}/distinct/"
    assert client_of(officer).post(page, {"reason": f"号码是 {ID_NUMBER}"}).status_code == 422
    assert not DistinctPair.objects.exists()


def test_what_was_said_of_the_merged_one_is_said_of_the_one_that_stays(
    county, sending_school, teacher, double, officer
):
    third = Teacher.objects.create(county=county, school=sending_school, name="沈若兰")
    distinct.tell_apart(double, third, by=officer, reason=NAMESAKES)
    distinct.tell_apart(teacher, double, by=officer, reason="说错了")
    merging.merge_teachers(teacher, double, {}, by=officer, reason=WHY)
    (pair,) = DistinctPair.objects.all()
    assert (pair.low, pair.high, pair.reason) == (teacher.pk, third.pk, NAMESAKES)
    assert duplicates.people_for(officer) == []
    with pytest.raises(Refused, match="已经并入"):
        distinct.tell_apart(double, third, by=officer, reason=NAMESAKES)


def test_who_may_not_merge_does_not_tell_apart_either(teacher, double, outsider, principal, officer, client_of):
    page = f"/teachers/{teacher.pk}/merge/{double.pk}/distinct/"
    assert client_of(outsider).post(page, {"reason": "x"}).status_code == 404
    assert client_of(principal).post(page, {"reason": "x"}).status_code == 403
    pair = distinct.tell_apart(teacher, double, by=officer, reason=NAMESAKES)
    assert client_of(outsider).post(f"/duplicates/{pair.pk}/again/").status_code == 404
    admin = client_of(person("admin", "管理员", Role.BUREAU_ADMIN, district=teacher.county))
    assert admin.post(f"/duplicates/{pair.pk}/again/").status_code == 404  # merges schools, not people
    assert "沈若兰" not in admin.get("/duplicates/").content.decode()


# --- any two --------------------------------------------------------------------------------------------------------------


def test_any_two_people_are_merged_from_the_page_of_one(county, teacher, officer, principal, client_of):
    other = Teacher.objects.create(county=county, name="沈若岚", initials="srl", subject="语文")
    gone = Teacher.objects.create(county=county, name="沈若岚", merged_into=other)
    browser = client_of(officer)
    assert f"/teachers/{teacher.pk}/merge/" in browser.get(f"/teachers/{teacher.pk}/").content.decode()
    page = f"/teachers/{teacher.pk}/merge/"
    for words in ("沈若岚", "srl"):
        html = browser.get(page, {"q": words}).content.decode()
        assert f"{page}{other.pk}/" in html and f"{page}{gone.pk}/" not in html and f"{page}{teacher.pk}/" not in html
    assert "没有找到" in browser.get(page, {"q": "陶"}).content.decode()
    assert browser.get(page, {"q": ID_NUMBER}).url == page
    assert browser.get(f"{page}{other.pk}/").status_code == 200
    merging.merge_teachers(teacher, other, {"name": "keep"}, by=officer, reason=WHY)
    assert browser.get(f"/teachers/{other.pk}/merge/").status_code == 404
    assert "与另一人合并" not in browser.get(f"/teachers/{other.pk}/").content.decode()
    assert client_of(principal).get(page).status_code == 403


def test_any_two_schools_are_merged_from_the_page_of_one(
    county, other_county, sending_school, receiving_school, officer, outsider, client_of
):
    foreign = School.objects.create(county=other_county, name="松岭小学")
    page = f"/schools/{sending_school.pk}/merge/"
    browser = client_of(officer)
    assert page in browser.get(f"/schools/{sending_school.pk}/").content.decode()
    assert "请写另一条登记的名称" in browser.get(page).content.decode()
    html = browser.get(page, {"q": "松岭"}).content.decode()
    assert f"{page}{receiving_school.pk}/" in html and f"{page}{foreign.pk}/" not in html
    assert client_of(outsider).get(page).status_code == 404


def test_the_list_and_the_page_ask_the_same_questions_however_much_there_is(
    county, sending_school, receiving_school, teacher, double, school_year, officer, client_of
):
    browser, asked = client_of(officer), []
    for number in (1, 2, 27):
        for n in range(number):
            for _ in range(2):
                Teacher.objects.create(county=county, school=sending_school, name=f"王{number}{n}")
            School.objects.create(county=county, name=f"松岭乡第{number}{n}小学")
            School.objects.create(county=county, name=f"松岭乡{number}{n}小学")
            two = [Teacher.objects.create(county=county, school=sending_school, name=f"李{number}{n}") for _ in "ab"]
            distinct.tell_apart(*two, by=officer, reason=NAMESAKES)
            on(
                Honour,
                DAY + dt.timedelta(days=n),
                county=county,
                teacher=double,
                title=f"荣誉{number}{n}",
                level="county",
            )
            BackboneTitle.objects.create(county=county, teacher=double, title=f"称号{number}{n}", level="county")
        counts = []
        for path in (
            "/duplicates/",
            f"/teachers/{teacher.pk}/merge/{double.pk}/",
            f"/teachers/{teacher.pk}/merge/?q=王",
        ):
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(path).status_code == 200
            counts.append(len(captured))
        asked.append(counts)
    assert asked == [asked[0]] * 3, asked
    assert Placement.objects.count() == 0


def test_a_workbook_knows_nothing_of_the_merged_record(teacher, double, short, sending_school, officer):
    """Found again by name and school, it would be ambiguous; exported, it would be entered twice elsewhere."""
    merging.merge_teachers(teacher, double, {}, by=officer, reason=WHY)
    merging.merge_schools(sending_school, short, {}, by=officer, reason=WHY)
    sheets = {sheet.name: sheet for sheet in SHEETS}
    assert list(rows_of(sheets["教师"], teacher.county)) == [teacher]
    assert list(rows_of(sheets["学校"], teacher.county)) == [sending_school]
