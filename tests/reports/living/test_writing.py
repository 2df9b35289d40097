"""A draft and its changes: nothing typed is lost, nothing is overwritten silently, figures stay figures."""

import pytest

from assignments.models import Activity, Teacher
from reports.documents.text import render_text
from reports.living import pieces, reading, writing
from reports.models import Report
from tests.reports.living.conftest import PERIOD, paragraph_with
from zhijiao import clock
from zhijiao.refusals import Refused

pytestmark = pytest.mark.slow  # whole pages; the other database asks the same in the tests beside them


def text_of(report):
    return render_text(reading.document_of(Report.objects.get(pk=report.pk)))


def test_a_draft_reads_as_the_generated_report(report):
    made = pieces.generated(reading.asked_for(report)).document
    assert text_of(report).splitlines()[1:] == render_text(made).splitlines()[1:]
    assert report.passages.filter(source="").count() == 0


def test_the_bureau_has_one_draft_of_a_year(report, colleague, year_told):
    with pytest.raises(Refused, match="已经有了（起草中）"):
        writing.begin(year_told, None, PERIOD, by=colleague)


def test_a_year_without_records_has_no_report(county, officer):
    with pytest.raises(Refused, match="没有支教工作的记录"):
        writing.begin(county, None, PERIOD, by=officer)
    assert not Report.objects.exists()


def test_who_may_not_write_is_refused(report, principal, outsider, teacher_user, school_report, officer):
    passage = paragraph_with(report, "seconded")
    for user in (principal, outsider, teacher_user):
        with pytest.raises(Refused, match="不由您写"):
            writing.edit(passage, "改", by=user, seen=0)
    with pytest.raises(Refused, match="不由您写"):
        writing.edit(school_report.passages.filter(kind="paragraph").first(), "改", by=officer, seen=0)
    for user in (principal, outsider, teacher_user):
        assert not writing.may_begin(user, report.county, None)


def test_an_edited_paragraph_keeps_its_figures_alive(report, officer, second, county, sending_school):
    passage = paragraph_with(report, "seconded")
    writing.edit(passage, f"今年{passage.text}", by=officer, seen=0)
    assert "今年" in text_of(report)
    before = reading.document_of(report).figures()
    second(Teacher.objects.create(county=county, school=sending_school, name="高明月", subject="语文"))
    after = reading.document_of(report).figures()
    assert [one.text for one in before] != [one.text for one in after]
    assert "4名" in text_of(report)


def test_a_figure_goes_only_when_it_is_meant_to(report, officer):
    passage = paragraph_with(report, "seconded")
    with pytest.raises(writing.FiguresDropped, match="支教教师"):
        writing.edit(passage, "选派了三名教师。", by=officer, seen=0)
    passage.refresh_from_db()
    assert "⟦seconded" in passage.text
    writing.edit(passage, "选派了三名教师。", by=officer, seen=0, drops=True)
    assert "选派了三名教师。" in text_of(report)


def test_who_comes_second_is_told_what_the_first_wrote(report, officer, colleague):
    passage = paragraph_with(report, "seconded")
    writing.edit(passage, f"甲写的。{passage.text}", by=officer, seen=0)
    with pytest.raises(writing.ChangedMeanwhile, match="周专干改过") as told:
        writing.edit(passage, f"乙写的。{passage.text}", by=colleague, seen=0)
    assert told.value.passage.text.startswith("甲写的。")
    writing.edit(passage, f"乙写的。{passage.text}", by=colleague, seen=told.value.passage.version)
    assert "乙写的。" in text_of(report)
    assert [one.text[:3] for one in passage.versions.all()] == ["乙写的", "甲写的", passage.text[:3]]


def test_the_same_text_twice_is_no_clash(report, officer, colleague):
    passage = paragraph_with(report, "seconded")
    text = f"同一句。{passage.text}"
    writing.edit(passage, text, by=officer, seen=0)
    writing.edit(passage, text, by=colleague, seen=0)
    assert passage.versions.count() == 2


def test_one_persons_changes_within_minutes_are_one_version(report, officer):
    passage = paragraph_with(report, "seconded")
    writing.edit(passage, f"一{passage.text}", by=officer, seen=0)
    writing.edit(passage, f"一二{passage.text}", by=officer, seen=1)
    assert [one.number for one in passage.versions.all()] == [2, 1]
    with clock.standing_at(clock.now() + writing.ONE_VERSION * 2):
        writing.edit(passage, f"一二三{passage.text}", by=officer, seen=2)
    assert [one.number for one in passage.versions.all()] == [3, 2, 1]


def test_an_old_version_comes_back_and_the_new_one_stays(report, officer):
    passage = paragraph_with(report, "seconded")
    first = passage.text
    writing.edit(passage, f"改过。{first}", by=officer, seen=0)
    writing.put_back(passage, 1, by=officer, seen=1)
    passage.refresh_from_db()
    assert passage.text == first
    assert [one.how for one in passage.versions.all()] == ["退回旧稿", "修改", "生成"]


def test_several_paragraphs_become_several_passages(report, officer):
    passage = paragraph_with(report, "seconded")
    number = report.passages.count()
    made = writing.edit(passage, f"{passage.text}\n\n第二段。\r\n第三段。", by=officer, seen=0)
    assert [one.text for one in made[1:]] == ["第二段。", "第三段。"]
    assert report.passages.count() == number + 2
    orders = list(report.passages.values_list("order", flat=True))
    assert orders == sorted(set(orders))


def test_what_was_pasted_from_word_is_its_words(report, officer):
    passage = report.passages.filter(kind="paragraph").last()
    pasted = (
        "<!--[if gte mso 9]><xml><w:WordDocument>x</w:WordDocument></xml><![endif]--><style>p.MsoNormal{mso-x:1}</style>"
        "<p class=MsoNormal><b>全年</b>平稳，&nbsp;满意度高于 5&lt;6。<o:p></o:p></p><script>alert(1)</script>"
    )
    made = writing.add_paragraph(passage, pasted, by=officer)
    assert [one.text for one in made] == ["全年平稳， 满意度高于 5<6。"]


def test_what_is_no_figure_is_refused_and_nothing_changes(report, officer):
    passage = paragraph_with(report, "seconded")
    with pytest.raises(Refused, match="不是系统里的数据项"):
        writing.edit(passage, f"{passage.text}⟦rockets⟧", by=officer, seen=0)
    passage.refresh_from_db()
    assert passage.version == 0


def test_a_section_moves_whole_and_the_numbers_close_up(report, officer):
    heads = list(report.passages.filter(kind="heading", level=1, is_appendix=False))
    last, first = heads[-1], heads[0]
    titles = [one.title for one in reading.document_of(report).sections() if one.level == 1 and one.number]
    writing.move(last, first, by=officer, seen=0)
    report.refresh_from_db()
    moved = [one for one in reading.document_of(report).sections() if one.level == 1 and one.number]
    assert [one.title for one in moved] == [titles[-1], *titles[:-1]]
    assert moved[0].number == "一、"
    with pytest.raises(Refused, match="段落有变动"):
        writing.move(first, None, by=officer, seen=0)
    writing.move(last, None, by=officer, seen=report.version)
    assert [one.title for one in reading.document_of(report).sections() if one.level == 1 and one.number] == titles


def test_a_section_that_is_left_out_is_gone_and_comes_back(report, officer):
    head = report.passages.filter(kind="heading", level=1, is_appendix=False).first()
    whole = text_of(report)
    writing.leave_out(head, True, by=officer)
    assert head.text not in [one.title for one in reading.document_of(report).sections()]
    writing.leave_out(head, False, by=officer)
    assert text_of(report) == whole


def test_generated_passages_are_left_out_own_ones_are_removed(report, officer):
    passage = paragraph_with(report, "seconded")
    with pytest.raises(Refused, match="不写入"):
        writing.remove(passage, by=officer)
    (own,) = writing.add_paragraph(passage, "我们自己写的。", by=officer)
    writing.remove(own, by=officer)
    assert "我们自己写的。" not in text_of(report)


def test_the_generated_text_can_be_asked_for_again(
    report, officer, county, sending_school, receiving_school, school_year
):
    passage = next(one for one in report.passages.filter(kind="paragraph") if "送课到松岭" in one.text)
    writing.edit(passage, f"{passage.text}反响很好。", by=officer, seen=0)
    Activity.objects.filter(title="送课到松岭").update(title="送课到松岭村")
    fresh = writing.generated_text(passage, reading.asked_for(report))
    assert "送课到松岭村" in fresh
    row = writing.take_generated(passage, by=officer, seen=1)
    assert row.text == fresh
    assert not row.is_edited
    assert any("反响很好" in one.text for one in row.versions.all())


def test_renewing_takes_what_nobody_edited_and_adds_what_is_new(report, officer, county, sending_school, school_year):
    edited = paragraph_with(report, "seconded")
    writing.edit(edited, f"开头。{edited.text}", by=officer, seen=0)
    Activity.objects.filter(title="送课到松岭").update(title="送课到松岭村")
    from assignments.models import CondolenceVisit
    from zhijiao.dates import ApproximateDate

    visit = CondolenceVisit(county=county, school_year=school_year, occasion="教师节")
    visit.when = ApproximateDate.parse("2023年9月10日")
    visit.save()
    done = writing.renew(report, by=officer)
    assert done["更新"] >= 1
    assert done["新增"] >= 2  # a heading and what stands below it
    told = text_of(report)
    assert "送课到松岭村" in told
    assert "开头。" in told
    assert "教师节" in told
    assert writing.renew(report, by=officer) == {"更新": 0, "新增": 0}


def test_the_bureau_takes_over_from_a_school_with_the_schools_own_figures(
    report, school_report, officer, principal, receiving_school
):
    from reports.living import course

    theirs = (
        paragraph_with(school_report, "received")
        if school_report.passages.filter(text__contains="⟦received").exists()
        else paragraph_with(school_report, "seconded")
    )
    place = report.passages.filter(kind="paragraph").last()
    with pytest.raises(Refused, match="已经上报"):
        writing.take_over(place, [theirs], by=officer)
    course.hand_in(school_report, by=principal)
    theirs.refresh_from_db()
    theirs = type(theirs).objects.get(pk=theirs.pk)
    (made,) = writing.take_over(place, [theirs], by=officer)
    assert made.taken_from == school_report
    assert f"school={receiving_school.pk}" in made.text
    from reports.living import tokens

    ours = tokens.plain_text(made.text, reading.asked_for(report))
    assert ours == tokens.plain_text(theirs.text, reading.asked_for(school_report))


def test_who_has_a_passage_open_is_told_to_the_others(report, officer, colleague, principal):
    passage = paragraph_with(report, "seconded")
    writing.is_here(passage, by=officer)
    writing.is_here(passage, by=officer)
    assert writing.others_here(report, colleague) == {passage.pk: "周专干"}
    assert writing.others_here(report, officer) == {}
    with clock.standing_at(clock.now() + writing.HERE * 2):
        assert writing.others_here(report, colleague) == {}
    with pytest.raises(Refused):
        writing.is_here(passage, by=principal)
