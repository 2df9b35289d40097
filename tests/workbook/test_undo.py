"""An import can be taken back while nothing was built on it."""

from __future__ import annotations

import pytest

from assignments.models import School, Secondment, Teacher
from tests.workbook.build import sample_year, small_year, workbook
from zhijiao.accounts.models import AuditEntry
from zhijiao.workbook.importing import carry_out
from zhijiao.workbook.models import ImportRun, RunState
from zhijiao.workbook.undo import UndoRefused, undo

pytestmark = pytest.mark.django_db
TRAIL = {"accounts.AuditEntry", "workbook.ImportRun", "workbook.ImportedChange"}
CALENDAR = {"assignments.SchoolYear", "assignments.Term", "assignments.District"}  # begun by an import, and kept


def imported(year) -> ImportRun:
    plan = carry_out(workbook(year))
    assert not plan.problems and plan.run
    return plan.run


def hashes() -> list[tuple[str, str]]:
    return list(Teacher.objects.order_by("pk").values_list("id_number_hash", "bank_card_hash"))


def without(dumped, labels):
    return {label: rows for label, rows in dumped.items() if label not in labels}


def test_undoing_a_whole_year_leaves_the_database_as_it_was(database):
    before = database()
    run = imported(sample_year())
    assert School.objects.count() == 6
    undo(run)
    assert without(database(), TRAIL | CALENDAR) == without(before, TRAIL | CALENDAR)
    assert run.state == RunState.UNDONE
    assert AuditEntry.objects.filter(verb="workbook.undone").exists()


def test_undoing_changes_restores_every_field(database):
    year = small_year()
    year["教师"][0]["银行卡号"] = "6222021234567890128"
    imported(year)
    before, before_hashes = database(), hashes()
    year["教师"][0] |= {"银行卡号": "6217001234567890122", "手机号": None, "籍贯": "青岚"}
    year["教师"][1]["身份证号"] = "510107198506142249"
    year["支教派遣"][0] |= {"任教学科": "数学", "起止时间": "2023年9月至2024年1月"}
    year["学校"][2]["所属中心校"] = "云溪乡中心初中"
    undo(imported(year))
    after = database()
    plain = TRAIL | {"assignments.Teacher"}
    assert without(after, plain) == without(before, plain)
    teacher = Teacher.objects.get(name="沈若兰")
    assert (teacher.bank_card, teacher.phone, teacher.native_place) == ("6222021234567890128", "13800000000", "")
    assert Teacher.objects.get(name="陶景明").id_number == ""
    assert hashes() == before_hashes


def test_the_same_import_is_not_undone_twice():
    run = imported(small_year())
    undo(run)
    with pytest.raises(UndoRefused, match="已撤销"):
        undo(run)


def test_undo_is_refused_while_another_import_stands_on_it(database):
    first = imported({name: rows for name, rows in small_year().items() if name != "支教派遣"})
    second = imported({"支教派遣": small_year()["支教派遣"]})
    before = database()
    with pytest.raises(UndoRefused) as refused:
        undo(first)
    assert "学校“三岔中学”已被 2 条“任教”用到" in refused.value.reasons
    assert without(database(), TRAIL) == without(before, TRAIL)
    assert AuditEntry.objects.filter(verb="workbook.undo_refused").exists()
    undo(second)
    undo(first)
    assert not School.objects.exists() and not Secondment.objects.exists()


def test_undo_is_refused_after_somebody_changed_a_record():
    run = imported(small_year())
    School.objects.filter(name="三岔中学").update(principal="石长青")
    with pytest.raises(UndoRefused, match="学校“三岔中学”之后修改过（校长）"):
        undo(run)


def test_undo_is_refused_where_a_changed_record_was_changed_again():
    imported(small_year())
    year = small_year()
    year["学校"][0]["学段"] = "小学"
    run = imported(year)
    School.objects.filter(name="云溪乡中心初中").update(stage="nine_year")
    with pytest.raises(UndoRefused, match="之后修改过（学段）"):
        undo(run)


def test_a_change_of_another_field_does_not_stand_in_the_way():
    imported(small_year())
    year = small_year()
    year["学校"][0]["学段"] = "小学"
    run = imported(year)
    School.objects.filter(name="云溪乡中心初中").update(principal="石长青")
    undo(run)
    school = School.objects.get(name="云溪乡中心初中")
    assert (school.stage, school.principal) == ("junior", "石长青")
