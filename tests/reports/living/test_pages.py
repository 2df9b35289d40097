"""The pages on which a report is written: with and without script, and what they refuse."""

import json

import pytest
from django.urls import reverse

from reports.living import writing
from reports.models import Report
from tests.reports.living.conftest import paragraph_with

pytestmark = pytest.mark.slow  # whole pages; the other database asks the same in the tests beside them


def address(report, name="living_edit", *more):
    return reverse(f"reports:{name}", args=[report.pk, *more])


def test_the_bureau_begins_a_draft_and_sees_it(year_told, officer, client_of):
    client = client_of(officer)
    answer = client.post(f"{reverse('reports:living_begin')}?period=2023-2024", follow=True)
    report = Report.objects.get()
    assert answer.redirect_chain[-1][0] == address(report)
    page = answer.content.decode()
    assert "选派情况" in page
    assert "data-passage" in page


def test_a_passage_is_saved_by_script_with_its_figures(report, officer, client_of):
    row = paragraph_with(report, "seconded")
    client = client_of(officer)
    where = reverse("reports:living_passage", args=[row.pk])
    answer = client.post(where, {"text": f"开头。{row.text}", "seen": "0"}, headers={"X-Living": "1"})
    told = json.loads(answer.content)
    assert told["version"] == 1
    assert "开头。" in told["html"]
    assert "打开口径" in told["html"]
    assert any(chip["text"] == "3名" for chip in told["chips"].values())


def test_a_clash_and_dropped_figures_are_told_to_the_script(report, officer, colleague, client_of):
    row = paragraph_with(report, "seconded")
    where = reverse("reports:living_passage", args=[row.pk])
    writing.edit(row, f"甲。{row.text}", by=colleague, seen=0)
    client = client_of(officer)
    clash = client.post(where, {"text": f"乙。{row.text}", "seen": "0"}, headers={"X-Living": "1"})
    assert clash.status_code == 409
    told = json.loads(clash.content)
    assert told["who"] == "韩专干"
    assert told["words"].startswith("甲。")
    dropped = client.post(where, {"text": "没有数了。", "seen": str(told["version"])}, headers={"X-Living": "1"})
    assert dropped.status_code == 409
    assert json.loads(dropped.content)["dropped"]
    wrong = client.post(where, {"text": "⟦rockets⟧", "seen": "1"}, headers={"X-Living": "1"})
    assert wrong.status_code == 422
    assert "不是系统里的数据项" in json.loads(wrong.content)["problem"]


def test_without_script_nothing_typed_is_lost(report, officer, colleague, client_of):
    row = paragraph_with(report, "seconded")
    where = reverse("reports:living_passage", args=[row.pk])
    client = client_of(officer)
    writing.edit(row, f"甲。{row.text}", by=colleague, seen=0)
    page = client.post(where, {"text": f"乙。{row.text}", "seen": "0"})
    assert page.status_code == 409
    told = page.content.decode()
    assert "韩专干改过这一段" in told
    assert "乙。" in told
    assert "现在的写法：甲。" in told
    assert 'name="seen" value="1"' in told
    page = client.post(where, {"text": "没有数了。", "seen": "1"})
    assert "确实要去掉" in page.content.decode()
    assert "没有数了。" in page.content.decode()
    page = client.post(where, {"text": "没有数了。", "seen": "1", "drops": "1"})
    assert page.status_code == 302


def test_markup_in_a_paragraph_is_never_markup_on_the_page(report, officer, client_of):
    row = paragraph_with(report, "seconded")
    client = client_of(officer)
    client.post(
        reverse("reports:living_add", args=[row.pk, "paragraph"]),
        {"text": "小于 5 < 6 & “引号”<img src=x onerror=alert(1)>"},
    )
    page = client.get(address(report)).content.decode()
    assert "onerror" not in page
    assert "5 &lt; 6 &amp;" in page


@pytest.mark.parametrize("verb", ["leave-out", "up", "down"])
def test_each_button_of_a_passage_works(report, officer, client_of, verb):
    heads = list(report.passages.filter(kind="heading", level=1, is_appendix=False))
    row = heads[1] if len(heads) > 2 else heads[0]
    client = client_of(officer)
    version = report.version
    answer = client.post(reverse("reports:living_act", args=[row.pk, verb]), {"seen": str(version)})
    assert answer.status_code == 302
    report.refresh_from_db()
    assert report.version == version + 1


def test_what_the_school_writes_is_not_for_the_bureau_until_it_is_handed_in(
    school_report, officer, principal, client_of
):
    assert client_of(officer).get(address(school_report, "living")).status_code == 403
    assert client_of(officer).get(address(school_report)).status_code == 403
    assert client_of(principal).get(address(school_report)).status_code == 200
    from reports.living import course

    course.hand_in(school_report, by=principal)
    assert client_of(officer).get(address(school_report, "living")).status_code == 200
    assert client_of(principal).get(address(school_report)).status_code == 302


def test_outsiders_find_nothing(report, school_report, outsider, principal, client_of):
    for one in (report, school_report):
        assert client_of(outsider).get(address(one)).status_code == 404
    assert client_of(principal).get(address(report)).status_code in (403, 404)


def test_a_photo_is_added_with_its_words(report, officer, client_of, tmp_path, settings):
    from tests.attachments.conftest import picture

    settings.VAR_DIR = tmp_path
    row = paragraph_with(report, "seconded")
    client = client_of(officer)
    from django.core.files.uploadedfile import SimpleUploadedFile

    photo = SimpleUploadedFile("合影.jpg", picture(), content_type="image/jpeg")
    answer = client.post(
        reverse("reports:living_add", args=[row.pk, "photo"]), {"photo": photo, "caption": "2023年10月送课合影"}
    )
    assert answer.status_code == 302
    added = report.passages.get(kind="photo")
    assert added.text == "2023年10月送课合影"
    text = SimpleUploadedFile("合影.jpg", b"not a picture", content_type="image/jpeg")
    answer = client.post(reverse("reports:living_add", args=[row.pk, "photo"]), {"photo": text, "caption": "说明"})
    assert answer.status_code == 200
    assert "合影.jpg" in answer.content.decode()


def test_figures_are_found_by_name_and_initials(year_told, officer, client_of):
    client = client_of(officer)
    for words in ("支教教师", "zjjs"):
        answer = client.get(f"{reverse('reports:figure_search')}?period=2023-2024&q={words}")
        found = json.loads(answer.content)["results"]
        assert found[0]["key"] == "seconded"
        assert found[0]["with_unit"] == "3名"
    assert json.loads(client.get(f"{reverse('reports:figure_search')}?q=没有这样").content)["results"] == []


def test_the_way_of_a_schools_report_through_the_pages(year_told, receiving_school, principal, officer, client_of):
    school, bureau = client_of(principal), client_of(officer)
    bureau.post(f"{reverse('reports:living_call')}?period=2023-2024", {"due_on": "2099-07-05", "note": "请写困难"})
    index = school.get(f"{reverse('reports:index')}?period=2023-2024").content.decode()
    assert "7月5日前上报" in index
    assert "请写困难" in index
    assert "起草并上报工作总结" in school.get(reverse("home")).content.decode()
    school.post(f"{reverse('reports:living_begin')}?period=2023-2024&school={receiving_school.pk}")
    report = Report.objects.get()
    assert school.post(address(report, "living_hand_in")).status_code == 302
    assert "审阅松岭乡中心小学的工作总结" in bureau.get(reverse("home")).content.decode()
    listed = bureau.get(f"{reverse('reports:index')}?period=2023-2024&state=handed_in").content.decode()
    assert "松岭乡中心小学" in listed
    assert "青岚县第一小学" not in listed
    assert "没有这样的学校" not in listed
    missing = bureau.get(f"{reverse('reports:index')}?period=2023-2024&state=missing").content.decode()
    assert "青岚县第一小学" in missing
    bureau.post(address(report, "living_send_back"), {"reason": "请补写困难和建议"})
    told = school.get(address(report)).content.decode()
    assert "教育局退回：请补写困难和建议" in told
    assert "改好退回的工作总结" in school.get(reverse("home")).content.decode()
    school.post(address(report, "living_hand_in"))
    bureau.post(address(report, "living_accept"))
    assert "已采用，不再改动" in school.get(address(report, "living")).content.decode()
    from zhijiao.notices.models import Notice

    kinds = set(Notice.objects.values_list("kind", flat=True))
    assert {"report_called", "report_handed_in", "report_returned", "report_accepted"} <= kinds


def test_an_issued_report_is_read_with_the_records_that_were_counted(
    report, officer, client_of, second, county, sending_school
):
    from assignments.models import Teacher

    client = client_of(officer)
    page = client.post(
        address(report, "living_issue"), {"number": "青教发[2024]46号", "day": "2024-07-18", "seen": "0"}, follow=True
    )
    told = page.content.decode()
    assert "已印发，不再改动" in told
    assert "青教发〔2024〕46号" in told
    second(Teacher.objects.create(county=county, school=sending_school, name="高明月", subject="语文"))
    told = client.get(address(report, "living")).content.decode()
    assert "个数已变，看差别" in told
    seconded = report.figures.filter(token__startswith="⟦seconded").first()
    where = address(report, "living_figure", seconded.order)
    assert where in told
    kept = client.get(where).content.decode()
    assert "当时统计的记录 3 条" in kept
    assert "高明月" not in kept
    differences = client.get(address(report, "living_differences")).content.decode()
    assert "多了 1 条" in differences
    first = client.get(address(report, "living_file", "pdf"))
    again = client.get(address(report, "living_file", "pdf"))
    assert first.content == again.content == bytes(report.files.get(kind="pdf").bytes)


def test_paragraphs_of_a_school_are_chosen_and_taken_over(report, school_report, officer, principal, client_of):
    from reports.living import course

    course.hand_in(school_report, by=principal)
    after = report.passages.filter(kind="paragraph").first()
    client = client_of(officer)
    where = reverse("reports:living_take_over", args=[after.pk])
    theirs = school_report.passages.filter(kind="paragraph").first()
    assert f'value="{theirs.pk}"' in client.get(where).content.decode()
    assert client.post(where, {"passage": [str(theirs.pk)]}).status_code == 302
    assert "取自松岭乡中心小学的总结" in client.get(address(report)).content.decode()
    assert client.post(where, {}).status_code == 409


def test_what_to_look_at_is_listed_with_its_place(report, officer, client_of):
    row = paragraph_with(report, "seconded")
    writing.add_paragraph(row, "支教教师9名。", by=officer)
    client = client_of(officer)
    told = client.get(address(report, "living_checks")).content.decode()
    assert "手写的数" in told
    assert f"{address(report)}#p" in told
    assert client.post(address(report, "living_have_read")).status_code == 302


def test_a_figure_is_narrowed_in_two_steps_and_its_token_says_so(
    report, school_report, officer, principal, client_of, sending_school
):
    client = client_of(officer)
    where = address(report, "living_narrow", "seconded")
    told = json.loads(client.get(where).content)
    assert told["markup"] == "⟦seconded⟧"
    maths = next(one for one in told["options"] if one["label"] == "学科：数学")
    assert maths["told"] == "2名"
    told = json.loads(client.get(where, maths["set"] | {"school": sending_school.pk, "side": "sending"}).content)
    assert told["markup"] == f"⟦seconded|subject=数学|school={sending_school.pk}|side=sending⟧"
    assert told["text"] == "2名"
    assert sending_school.name in told["of"]
    assert "数学" in told["of"]
    (row,) = writing.add_paragraph(paragraph_with(report, "seconded"), f"数学{told['markup']}。", by=officer)
    chips = client.post(
        reverse("reports:living_passage", args=[row.pk]),
        {"text": f"{row.text}好", "seen": "0"},
        headers={"X-Living": "1"},
    ).json()["chips"]
    assert chips[told["markup"]]["of"] == told["of"]
    assert client.get(where, {"period": "x"}).status_code == 422
    assert client.get(address(report, "living_narrow", "rockets")).status_code == 422
    # A school does not read another school's numbers through a token.
    asked = client_of(principal).get(address(school_report, "living_narrow", "seconded"), {"school": sending_school.pk})
    assert asked.status_code == 422
    assert "本校" in asked.json()["problem"]


def test_a_photo_of_forty_megabytes_is_refused_in_words_and_the_caption_stays(
    report, officer, client_of, tmp_path, settings
):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.attachments.conftest import picture

    settings.VAR_DIR = tmp_path
    row = paragraph_with(report, "seconded")
    photo = SimpleUploadedFile("合影.jpg", picture() + bytes(40 * 1024 * 1024), content_type="image/jpeg")
    answer = client_of(officer).post(
        reverse("reports:living_add", args=[row.pk, "photo"]), {"photo": photo, "caption": "2023年10月送课合影"}
    )
    told = answer.content.decode()
    assert answer.status_code == 200
    assert "MB" in told
    assert "2023年10月送课合影" in told
    assert not report.passages.filter(kind="photo").exists()
