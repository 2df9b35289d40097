"""A whole report at two points of its way, back to an earlier one, and last year's beside this year's."""

import datetime as dt

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from django.urls import reverse

from assignments.models import Meeting, SchoolYear
from assignments.periods import Period
from reports.living import beside, comparing, course, points, writing
from tests.reports.living.conftest import paragraph_with
from zhijiao.dates import ApproximateDate
from zhijiao.refusals import Refused


def lines_of(report, user, old=0, new=-1):
    found = points.choices(report, user, is_writer=True)
    parts = comparing.compared(found[old].load(), found[new].load())
    return [one for part in parts for one in part.lines if one.is_changed]


def test_each_step_keeps_the_report_and_the_next_draft_is_compared_with_it(school_report, principal, officer):
    course.hand_in(school_report, by=principal)
    course.send_back(school_report, by=officer, reason="请写困难")
    school_report.refresh_from_db()
    row = paragraph_with(school_report, "came_in")
    writing.edit(row, f"{row.text}困难是路远。", by=principal, seen=0)
    school_report.refresh_from_db()
    assert [one.label.split()[-1] for one in points.choices(school_report, principal, is_writer=True)] == [
        "起草", "上报", "退回", "今天",
    ]  # fmt: skip
    assert lines_of(school_report, principal, 0, 2) == []
    (line,) = lines_of(school_report, principal, 1)
    assert line.marks == ("改了",)
    assert line.after[-1][0] == "" or ("ins", "困难是路远。") in line.after
    assert "困难是路远" not in "".join(words for _, words in line.before)
    course.hand_in(school_report, by=principal)
    school_report.refresh_from_db()
    # The bureau compares what was handed in twice, not the school's drafts.
    seen = [one.label.split()[-1] for one in points.choices(school_report, officer, is_writer=False)]
    assert seen == ["上报", "退回", "上报"]
    course.accept(school_report, by=officer)
    with pytest.raises(DatabaseError, match="report_frozen"), connection.cursor() as cursor:
        cursor.execute("UPDATE reports_reportpoint SET title = 'x'")


def test_what_came_went_moved_and_is_left_out_is_told(report, officer):
    heads = list(report.passages.filter(kind="heading", level=1, is_appendix=False))
    row = paragraph_with(report, "seconded")
    writing.add_paragraph(row, "各校同心协力。", by=officer)
    writing.leave_out(heads[0], True, by=officer)
    report.refresh_from_db()
    writing.step(heads[-1], True, by=officer, seen=report.version)
    report.refresh_from_db()
    told = {(one.marks, one.is_heading, "".join(words for _, words in one.whole)) for one in lines_of(report, officer)}
    marks = [one[0] for one in told]
    assert ("新加的",) in marks
    assert any(mark == ("不写入了",) and is_head and words == heads[0].text for mark, is_head, words in told)
    assert [(is_head, words) for mark, is_head, words in told if "移动了" in mark[0]] in (
        [(True, heads[-1].text)],
        [(True, heads[-2].text)],
    )


def test_the_report_goes_back_whole_and_nothing_is_lost(report, officer, colleague):
    begun = report.points.get()
    row = paragraph_with(report, "seconded")
    before = [(one.pk, one.text, one.is_left_out) for one in report.passages.all()]
    writing.edit(row, f"改过。{row.text}", by=colleague, seen=0)
    (own,) = writing.add_paragraph(row, "各校同心协力。", by=colleague)
    heads = list(report.passages.filter(kind="heading", level=1, is_appendix=False))
    report.refresh_from_db()
    writing.step(heads[-1], True, by=colleague, seen=report.version)
    report.refresh_from_db()
    with pytest.raises(Refused, match="又有改动"):
        writing.put_back_whole(report, begun.pk, by=officer, seen=0)
    done = writing.put_back_whole(report, begun.pk, by=officer, seen=report.version)
    assert done == {"退回": 1, "找回": 0, "不写入": 1}
    now = [(one.pk, one.text, one.is_left_out) for one in report.passages.all()]
    assert [one for one in now if one[0] != own.pk] == before
    assert (own.pk, "各校同心协力。", True) in now
    assert [one.text.startswith("改过。") for one in row.versions.all()][:2] == [False, True]
    # And forward again, to how it stood before it went back.
    report.refresh_from_db()
    kept = report.points.get(how="put_back")
    writing.put_back_whole(report, kept.pk, by=officer, seen=report.version)
    assert report.passages.get(pk=row.pk).text.startswith("改过。")
    assert not report.passages.get(pk=own.pk).is_left_out
    # What was removed since is found again.
    writing.remove(own, by=officer)
    report.refresh_from_db()
    done = writing.put_back_whole(report, kept.pk, by=officer, seen=report.version)
    assert done["找回"] == 1
    assert report.passages.filter(text="各校同心协力。", source="").count() == 1
    with pytest.raises(Refused, match="没有这一稿"):
        report.refresh_from_db()
        writing.put_back_whole(report, 0, by=officer, seen=report.version)


def test_a_report_is_compared_with_the_one_it_replaced(report, officer, monkeypatch):
    monkeypatch.setattr("reports.living.freezing.files_of", lambda document: {})
    course.issue(report, by=officer, number="青教发〔2024〕1号", day=dt.date(2024, 7, 18), seen=0)
    report.refresh_from_db()
    new = writing.succeed(report, by=officer)
    row = paragraph_with(new, "seconded")
    writing.add_paragraph(row, "各校同心协力。", by=officer)
    new.refresh_from_db()
    found = points.choices(new, officer, is_writer=True)
    assert found[0].label.startswith("原稿")
    told = lines_of(new, officer, 0)
    assert [one.marks for one in told if one.kind == "paragraph"] == [("新加的",)]
    assert points.choices(report, officer, is_writer=True)[-1].label.startswith("新稿")


def test_the_page_shows_both_and_goes_back_after_a_question(report, officer, principal, outsider, client_of):
    row = paragraph_with(report, "seconded")
    writing.edit(row, f"改过。{row.text}", by=officer, seen=0)
    client = client_of(officer)
    where = reverse("reports:living_compare", args=[report.pk])
    page = client.get(where).content.decode()
    assert "有 1 处不同" in page
    assert '<ins><span class="visually-hidden">（加上：</span>改过。' in page
    assert client.get(f"{where}?view=one&all=1").content.decode().count('class="cmp') > 3
    assert client.get(f"{where}?from=x&to=p0").status_code == 200
    point = report.points.get()
    back = reverse("reports:living_back", args=[report.pk])
    asked = client.get(f"{back}?point={point.pk}").content.decode()
    assert "确认退回" in asked
    report.refresh_from_db()
    told = client.post(back, {"point": point.pk, "seen": report.version}, follow=True).content.decode()
    assert "1 段退回了旧文字" in told
    assert client.post(back, {"point": point.pk, "seen": report.version}).status_code == 409
    assert client_of(outsider).get(where).status_code == 404
    assert client_of(principal).get(where).status_code in (403, 404)


def test_last_years_whole_text_stands_beside_this_years(report, officer, county, client_of, monkeypatch):
    monkeypatch.setattr("reports.living.freezing.files_of", lambda document: {})
    row = paragraph_with(report, "seconded")
    writing.edit(row, f"去年的话。{row.text}", by=officer, seen=0)
    report.refresh_from_db()
    course.issue(report, by=officer, number="青教发〔2024〕1号", day=dt.date(2024, 7, 18), seen=report.version)
    year = SchoolYear.objects.named("2024-2025")
    meeting = Meeting(county=county, school_year=year, topic="动员", kind="动员会")
    meeting.when = ApproximateDate.parse("2024年10月12日")
    meeting.save()
    this = writing.begin(county, None, Period.parse("2024-2025"), by=officer)
    found = beside.beside(this)
    assert found.address == report.pk
    assert any("去年的话。" in one.words for section in found.sections for one in section.before or ())
    assert any(section.now is None for section in found.sections)
    page = client_of(officer).get(reverse("reports:living_last_year", args=[this.pk])).content.decode()
    assert "今年没有这一部分" in page
    assert "去年的话。" in page
    first = client_of(officer).get(reverse("reports:living_last_year", args=[report.pk])).content.decode()
    assert "没有总结，也没有记录" in first
    assert "上一年没有这一部分" in first
