"""Handed in, sent back, accepted; issued and kept: what was issued never changes, and what changed since is listed."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from assignments.models import Secondment, Teacher
from reports.documents.text import render_text
from reports.living import checking, course, freezing, reading, writing
from reports.models import FrozenFigure, FrozenRecord, IssuedFile, Report, ReportState
from tests.reports.living.conftest import paragraph_with
from zhijiao.refusals import Refused, WordsNeeded

DAY = dt.date(2024, 7, 18)


@pytest.fixture
def issued(report, officer):
    return course.issue(report, by=officer, number="青教发[2024]46号", day=DAY, seen=0)


def test_a_school_hands_in_is_sent_back_and_is_accepted(school_report, principal, officer):
    row = course.hand_in(school_report, by=principal)
    assert row.state == ReportState.HANDED_IN
    assert row.figures.exists()
    assert freezing.is_whole(row)
    with pytest.raises(Refused, match="不能再改"):
        writing.edit(row.passages.filter(kind="paragraph").first(), "改", by=principal, seen=0)
    with pytest.raises(WordsNeeded):
        course.send_back(row, by=officer, reason="  ")
    row = course.send_back(row, by=officer, reason="请补写困难")
    assert (row.state, row.draft_number, row.returned_reason) == (ReportState.RETURNED, 2, "请补写困难")
    assert not row.figures.exists()
    passage = row.passages.filter(kind="paragraph").first()
    writing.add_paragraph(passage, "困难有二。", by=principal)
    row = course.hand_in(row, by=principal)
    row = course.accept(row, by=officer)
    assert "困难有二。" in render_text(reading.document_of(row))
    for key in course.STEPS:
        assert not course.may(key, row, officer)
        assert not course.may(key, row, principal)


def test_each_step_is_for_whom_it_is_for(report, school_report, principal, officer, outsider, teacher_user):
    assert course.may("issue", report, officer)
    assert course.may("hand_in", school_report, principal)
    for user in (principal, outsider, teacher_user):
        with pytest.raises(Refused):
            course.issue(report, by=user, number="青教发〔2024〕1号", day=DAY, seen=0)
    for user in (officer, outsider, teacher_user):
        with pytest.raises(Refused):
            course.hand_in(school_report, by=user)
    with pytest.raises(Refused):
        course.issue(school_report, by=officer, number="青教发〔2024〕1号", day=DAY, seen=0)


def test_issuing_keeps_text_figures_records_and_files(issued):
    assert issued.state == ReportState.ISSUED
    assert issued.number == "青教发〔2024〕46号"
    assert {one.kind for one in issued.files.all()} >= {"pdf", "docx"}
    assert bytes(issued.files.get(kind="pdf").bytes).startswith(b"%PDF")
    seconded = (
        issued.figures.get(token="⟦seconded|unit=名⟧")
        if issued.figures.filter(token="⟦seconded|unit=名⟧")
        else issued.figures.filter(token__startswith="⟦seconded").first()
    )
    assert seconded.text == "3"
    assert len(seconded.keys) == 3
    names = {record.cells[0] for record in issued.records.filter(model="assignments.secondment")}
    assert names == {"沈若兰", "陆青禾", "黄土𠅤"}
    assert freezing.is_whole(issued)
    assert not freezing.differences(issued)


def test_later_changes_alter_nothing_and_are_listed(issued, second, county, sending_school):
    before, pdf = render_text(reading.document_of(issued)), bytes(issued.files.get(kind="pdf").bytes)
    Secondment.objects.filter(teacher__name="陆青禾").delete()
    for name in ("高明月", "方晓"):
        second(Teacher.objects.create(county=county, school=sending_school, name=name, subject="语文"))
    again = Report.objects.get(pk=issued.pk)
    assert render_text(reading.document_of(again)) == before
    assert bytes(again.files.get(kind="pdf").bytes) == pdf
    assert freezing.is_whole(again)
    found = {one.figure.token: one for one in freezing.differences(again)}
    seconded = next(
        one for token, one in found.items() if token.startswith("⟦seconded") and "=" not in token.replace("unit=", "")
    )
    assert (seconded.figure.text, seconded.now, seconded.added, seconded.gone) == ("3", "4", 2, 1)
    assert "陆青禾" in {record.cells[0] for record in again.records.filter(model="assignments.secondment")}


FORBIDDEN = [
    lambda row: Report.objects.filter(pk=row.pk).update(content=None),
    lambda row: Report.objects.filter(pk=row.pk).update(number="青教发〔2024〕99号"),
    lambda row: Report.objects.filter(pk=row.pk).update(state="draft"),
    lambda row: FrozenFigure.objects.filter(report=row).update(text="9"),
    lambda row: FrozenRecord.objects.filter(report=row)._raw_delete("default"),
    lambda row: IssuedFile.objects.filter(report=row).update(bytes=b"x"),
    lambda row: FrozenFigure.objects.create(report=row, order=9999, token="⟦x⟧", label="x", text="1", value=1),
    lambda row: Report.objects.filter(pk=row.pk)._raw_delete("default"),
]


def test_the_database_refuses_to_change_what_was_issued(issued):
    for change in FORBIDDEN:  # of one report: to issue it takes longest
        with pytest.raises(IntegrityError, match=r"report_frozen|FOREIGN KEY|foreign key"), transaction.atomic():
            change(issued)


def test_an_issued_report_is_replaced_not_edited(issued, officer):
    with pytest.raises(Refused, match="不能再改"):
        writing.edit(issued.passages.filter(kind="paragraph").first(), "改", by=officer, seen=0)
    new = writing.succeed(issued, by=officer)
    passage = paragraph_with(new, "seconded")
    writing.edit(passage, f"更正：{passage.text}", by=officer, seen=0)
    new.refresh_from_db()
    with pytest.raises(Refused, match="字号已经用过"):
        course.issue(new, by=officer, number="青教发〔2024〕46号", day=DAY, seen=new.version)
    course.issue(new, by=officer, number="青教发〔2024〕52号", day=DAY, seen=new.version)
    issued.refresh_from_db()
    assert issued.state == ReportState.SUPERSEDED
    assert "更正：" not in render_text(reading.document_of(issued))
    with pytest.raises(Refused):
        writing.succeed(issued, by=officer)


def test_who_looked_at_an_older_text_issues_nothing(report, officer):
    writing.add_paragraph(report.passages.first(), "新写一段。", by=officer)
    with pytest.raises(Refused, match="又有改动"):
        course.issue(report, by=officer, number="青教发〔2024〕46号", day=DAY, seen=0)


def test_a_fault_while_issuing_leaves_all_as_it_was(report, officer, monkeypatch):
    def fault(*args, **kwargs):
        raise OSError("no power")

    monkeypatch.setattr(course.audit, "record", fault)
    with pytest.raises(OSError, match="no power"):
        course.issue(report, by=officer, number="青教发〔2024〕46号", day=DAY, seen=0)
    report.refresh_from_db()
    assert report.state == ReportState.DRAFT
    assert report.content is None
    assert not IssuedFile.objects.exists()
    assert not FrozenFigure.objects.exists()


def words(found):
    return [f"{one.title}：{one.words}" for one in found]


def test_typed_numbers_are_pointed_out(report, officer):
    passage = paragraph_with(report, "seconded")
    writing.add_paragraph(passage, "2024年5月，支教教师9名，另有12人参加。", by=officer)
    found = [one for one in checking.findings(report) if one.title == "手写的数"]
    told = "；".join(words(found))
    assert "写的是 9名，系统里“支教教师”是 3名" in told
    assert "12人是手写的" in told
    assert "2024" not in told
    assert not any(one.stops for one in found)


def test_figures_that_changed_since_they_were_read_are_pointed_out(report, officer, second, county, sending_school):
    assert not [one for one in checking.findings(report) if one.title == "数有变化"]
    second(Teacher.objects.create(county=county, school=sending_school, name="高明月", subject="语文"))
    assert any("“支教教师”上次核对时是 3，现在是 4" in one for one in words(checking.findings(report)))
    writing.have_read(report, by=officer)
    report.refresh_from_db()
    assert not [one for one in checking.findings(report) if one.title == "数有变化"]


def test_characters_without_a_glyph_stop_it(report, officer):
    passage = paragraph_with(report, "seconded")
    writing.add_paragraph(passage, "带队的是张\U00030010。", by=officer)
    report.refresh_from_db()
    with pytest.raises(Refused, match="有字印不出来"):
        course.issue(report, by=officer, number="青教发〔2024〕46号", day=DAY, seen=report.version)


def test_sections_without_records_and_left_out_ones_are_told(report, officer):
    told = words(checking.findings(report))
    assert any("“考核”没有登记任何记录" in one for one in told)
    head = report.passages.filter(kind="heading", level=1, is_appendix=False).first()
    writing.leave_out(head, True, by=officer)
    assert any(f"“{head.text}”有记录，但总结里没有写入" in one for one in words(checking.findings(report)))


def test_the_bureau_asks_for_reports_until_a_day(county, officer, principal):
    day = dt.date(2099, 7, 5)
    course.call_for(county, reading.Report(period="2023-2024").asked_period, day, by=officer, note="请写困难")
    call = course.call_for(county, reading.Report(period="2023-2024").asked_period, day.replace(day=8), by=officer)
    assert call.due_on.day == 8
    with pytest.raises(Refused, match="已经过了"):
        course.call_for(county, call_period(call), dt.date(2000, 1, 1), by=officer)
    with pytest.raises(Refused):
        course.call_for(county, call_period(call), day, by=principal)


def call_period(call):
    from assignments.periods import Period

    return Period.parse(call.period)
