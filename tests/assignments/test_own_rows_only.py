"""Each function that changes a row refuses whoever has no right on it, whatever page or command led there."""

import datetime as dt

import pytest

from assignments import allowances, applications, attendance, candidates, corrections, leave, people, plan, timetable
from assignments.access import NOT_YOURS
from assignments.choices import Role
from assignments.models import AllowanceRate, Placement, School, SchoolYear, Teacher
from assignments.timetable import TAUGHT, Load
from tests.access_digest import changed, digests
from tests.access_world import World
from tests.conftest import person
from zhijiao.refusals import Refused

MONTH, DAY = dt.date(2023, 10, 1), dt.date(2023, 10, 10)


def share(world):
    return plan.Share(world.sending_school, world.receiving_school, "数学", 1)


def load(world):
    placement = Placement.objects.get(secondment=world.secondment)
    return Load(placement.pk, {name: getattr(placement, name) for name in TAUGHT} | {"lodging": "学校宿舍"})


def year():
    return SchoolYear.objects.named("2023-2024")


def asked_for(world):
    one = world.secondment
    return {
        "programme": one.programme,
        "school_year": one.school_year,
        "start": one.start,
        "end": one.end,
        "duty": one.duty,
    }


FUNCTIONS = {
    "attendance.enter": lambda w, by: attendance.enter(w.receiving_school, MONTH, {}, by=by),
    "attendance.confirm": lambda w, by: attendance.confirm(w.receiving_school, MONTH, by=by),
    "attendance.reopen": lambda w, by: attendance.reopen(w.receiving_school, MONTH, by=by, reason="漏了一天"),
    "attendance.accept": lambda w, by: attendance.accept(w.rows["attendance"], by=by),
    "attendance.dispute": lambda w, by: attendance.dispute(w.rows["attendance"], by=by, words="9日在校"),
    "leave.ask": lambda w, by: leave.ask(w.secondment, kind="sick", start=DAY, end=DAY, reason="", by=by),
    "leave.approve": lambda w, by: leave.approve(w.rows["leave"], by=by),
    "leave.refuse": lambda w, by: leave.refuse(w.rows["leave"], by=by, reason="课排不开"),
    "leave.withdraw": lambda w, by: leave.withdraw(w.rows["leave"], by=by),
    "leave.come_back": lambda w, by: leave.come_back(w.rows["leave"], DAY, by=by),
    "timetable.enter": lambda w, by: timetable.enter([load(w)], by=by),
    "allowances.draw_up": lambda w, by: allowances.draw_up(w.county, dt.date(2023, 9, 1), by=by),
    "allowances.count_again": lambda w, by: allowances.count_again(w.rows["sheet"], by=by),
    "allowances.deduct": lambda w, by: allowances.deduct(w.rows["payment"], 1, reason="旷工", by=by),
    "allowances.drop_adjustment": lambda w, by: allowances.drop_adjustment(w.rows["payment"], by=by),
    "allowances.settle": lambda w, by: allowances.settle(w.rows["sheet"], [w.secondment.pk], by=by, reason="补发"),
    "allowances.check": lambda w, by: allowances.check(w.rows["sheet"], by=by),
    "allowances.send_back": lambda w, by: allowances.send_back(w.rows["sheet"], by=by, reason="不对"),
    "allowances.lock": lambda w, by: allowances.lock(w.rows["sheet"], by=by),
    "allowances.set_rate": lambda w, by: allowances.set_rate(AllowanceRate(county=w.county, amount=9, start=DAY), by=by),
    "allowances.drop_rate": lambda w, by: allowances.drop_rate(w.rows["rate"], by=by),
    "people.add_teacher": lambda w, by: people.add_teacher({"name": "新教师", "school": w.sending_school}, by=by),
    "people.save_teacher": lambda w, by: people.save_teacher(w.teacher, {"name": "改了名"}, by=by),
    "people.retire_teacher": lambda w, by: people.retire_teacher(w.teacher, on=DAY, by=by, reason="退休"),
    "people.bring_back_teacher": lambda w, by: people.bring_back_teacher(w.teacher, by=by, reason="返聘"),
    "people.add_school": lambda w, by: people.add_school({"name": "新学校", "county": w.county}, by=by),
    "people.save_school": lambda w, by: people.save_school(w.sending_school, {"phone": "5550100"}, by=by),
    "people.close_school": lambda w, by: people.close_school(w.sending_school, on=DAY, by=by, reason="撤并"),
    "people.reopen_school": lambda w, by: people.reopen_school(w.sending_school, by=by, reason="恢复"),
    "corrections.ask": lambda w, by: corrections.ask(w.teacher, field="姓名", right_value="改名", reason="", by=by),
    "corrections.answer": lambda w, by: corrections.answer(w.rows["correction"], is_done=True, words="改好了", by=by),
    "plan.set_schedule": lambda w, by: plan.set_schedule(w.county, year(), by=by, notice_days=5),
    "plan.state_demands": lambda w, by: plan.state_demands(w.receiving_school, year(), [plan.Need("", "语文", 1)], by=by),
    "plan.allocate": lambda w, by: plan.allocate(w.county, year(), [share(w)], by=by),
    "plan.change_allocation": lambda w, by: plan.change_allocation(w.rows["allocation"], share(w), by=by),
    "plan.remove_allocation": lambda w, by: plan.remove_allocation(w.rows["allocation"], by=by),
    "candidates.grant_exemption": lambda w, by: candidates.grant_exemption(w.teacher, by=by, reason="spouse", proof="", start=DAY, end=DAY),
    "candidates.change_exemption": lambda w, by: candidates.change_exemption(w.rows["exemption"], by=by, proof="有"),
    "candidates.end_exemption": lambda w, by: candidates.end_exemption(w.rows["exemption"], by=by, last_day=DAY),
    "candidates.set_rule": lambda w, by: candidates.set_rule(w.county, by=by, years_at_school=5),
    "applications.draft": lambda w, by: applications.draft(w.teacher, by=by, **asked_for(w)),
    "applications.change": lambda w, by: applications.change(w.secondment, by=by, **asked_for(w)),
}  # fmt: skip


@pytest.fixture
def world(county):
    return World.make(county, "本")


@pytest.fixture
def without_right(world, county, outsider):
    """Somebody of another county, another school, another teacher, and one of the bureau who only looks."""
    school = School.objects.create(county=county, name="云溪乡中心初中")
    teacher = Teacher.objects.create(county=county, school=school, name="方小禾")
    return [
        outsider,
        person("next", "许校长", Role.PRINCIPAL, school=school),
        person("other-teacher", "方小禾", Role.TEACHER, teacher=teacher),
        person("auditor", "尹审计", Role.AUDITOR, district=county),
    ]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_who_has_no_right_on_the_row_is_refused_by_the_function(name, world, without_right):
    before = digests()
    for by in without_right:
        with pytest.raises(Refused) as refused:
            FUNCTIONS[name](world, by)
        assert str(refused.value) in (NOT_YOURS, "这位教师的资料不由您改，请转给教师所在学校或教育局"), by
    assert changed(before) == []


def test_a_place_is_assigned_by_the_bureau_only(world, without_right):
    wanted = [applications.Assignment(world.secondment.pk, world.receiving_school, "语文")]
    for by in without_right:
        with pytest.raises((Refused, KeyError)):
            applications.assign_many(wanted, by=by)


def test_a_school_moves_none_of_its_teachers_to_another(world, county):
    principal = person("own", "郑校长", Role.PRINCIPAL, school=world.sending_school)
    with pytest.raises(Refused, match="不由您办"):
        people.save_teacher(world.teacher, {"school": world.receiving_school}, by=principal)
    with pytest.raises(Refused, match="不由您办"):
        people.save_school(world.sending_school, {"name": "改了名"}, by=principal)
    assert people.save_school(world.sending_school, {"phone": "5550100"}, by=principal).phone == "5550100"
