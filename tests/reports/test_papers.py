"""Papers of a secondment: who may have which, for one and for many, and what they say."""

import io
import re
from datetime import date
from decimal import Decimal
from urllib.parse import unquote

import openpyxl
import pdfplumber
import pytest
from django.urls import reverse

from assignments.choices import Role, SecondmentState
from assignments.models import AllowancePayment, AllowanceSheet, Application, AttendanceMonth, PublicNotice, Teacher
from reports.documents.glyphs import missing_glyphs
from reports.masked_names import masked_name
from reports.papers import PAPERS, offered
from reports.papers.capitals import in_capitals
from reports.papers.paper import Making, Wanted
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry
from zhijiao.dates import ApproximateDate, parse_day

ID_NUMBER = "11010519491231002X"


@pytest.fixture
def gone(secondment):
    """Dispatched and on post, with everything that a paper could tell."""
    teacher = secondment.teacher
    teacher.id_number, teacher.phone, teacher.subject = ID_NUMBER, "13800001234", "数学"
    teacher.save()
    secondment.dispatch_document, secondment.dispatched_on = "青教人〔2023〕7号", date(2023, 8, 20)
    secondment.save()
    Application.objects.create(
        county=secondment.county, secondment=secondment, reason="愿意到乡村去。", sending_opinion="同意推荐。"
    )
    return secondment


def text_of(response):
    with pdfplumber.open(io.BytesIO(response.content)) as opened:
        return "".join(re.sub(r"\s", "", page.extract_text() or "") for page in opened.pages)


def file_of(client, key, **query):
    return client.get(reverse("reports:paper_file", args=[key]), {"format": "pdf", "year": "2023-2024", **query})


# --- what they say -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("application", ("支教申请表", "沈若兰", "愿意到乡村去。", "派出学校")),
        ("approval", ("支教教师审批表", "同意推荐。", "教育局", "松岭乡中心小学")),
        ("letter", ("介绍信", "松岭乡中心小学：", "骑缝盖章", "介绍信存根")),
        ("agreement", ("支教协议书", "六个不变", "工资晋级不变", "甲方（盖章）", "一式四份")),
        ("receipt", ("支教教师报到回执", "青教人〔2023〕7号", "教师签名")),
        ("dispatch", ("关于选派2023—2024学年", "青教人〔2023〕7号", "名单见附件", "附件支教教师名单", "2023年8月20日")),
        ("roster", ("青岚县2023—2024学年支教教师花名册", "沈若兰", "松岭乡", "2023.09")),
    ],
)
def test_each_paper_says_what_the_form_asks_for(client_of, officer, gone, key, words):
    response = file_of(client_of(officer), key)
    assert response["Content-Type"] == "application/pdf"
    text = text_of(response)
    for word in words:
        assert word in text, word


def test_id_number_and_phone_are_masked_for_the_bureau_and_whole_for_the_teacher(
    client_of, officer, teacher_user, gone
):
    seen = text_of(file_of(client_of(officer), "application"))
    assert ID_NUMBER not in seen
    assert "1101**********002X" in seen
    assert "138****1234" in seen
    own = text_of(file_of(client_of(teacher_user), "application", secondment=gone.pk))
    assert ID_NUMBER in own
    assert "13800001234" in own


def test_many_are_one_file_each_on_its_own_page_and_counted_anew(
    client_of, officer, gone, second, county, sending_school
):
    second(Teacher.objects.create(county=county, school=sending_school, name="买买提·阿不都"))
    response = file_of(client_of(officer), "letter")
    with pdfplumber.open(io.BytesIO(response.content)) as opened:
        pages = [re.sub(r"\s", "", page.extract_text()) for page in opened.pages]
    assert len(pages) == 2
    assert all("介绍信" in page and page.endswith("—1—") for page in pages)


def test_only_those_that_are_ticked_are_in_the_file(client_of, officer, gone, second, county, sending_school):
    other = second(Teacher.objects.create(county=county, school=sending_school, name="李㛃"))
    text = text_of(file_of(client_of(officer), "roster", pick=other.pk))
    assert "李㛃" in text
    assert "沈若兰" not in text


def test_one_dispatch_document_is_one_notice_and_two_are_two(client_of, officer, gone, second, county, sending_school):
    other = second(Teacher.objects.create(county=county, school=sending_school, name="王䶮"))
    text = text_of(file_of(client_of(officer), "dispatch"))
    assert text.count("附件支教教师名单") == 2
    other.dispatch_document = gone.dispatch_document
    other.save()
    text = text_of(file_of(client_of(officer), "dispatch"))
    assert text.count("附件支教教师名单") == 1
    assert "2名教师" in text


def test_rare_names_have_their_glyphs(officer, gone):
    gone.teacher.name = "王䶮㛃𠅤"
    gone.teacher.save()
    for key in ("application", "approval", "roster", "dispatch", "letter", "agreement", "receipt"):
        choices = PAPERS[key].find(Wanted(officer, year="2023-2024"))
        document = PAPERS[key].build([choice.row for choice in choices], Making(officer))
        assert "王䶮㛃𠅤" in document.text()
        assert not missing_glyphs(document.text())


def test_a_public_notice_masks_names_and_tells_when_and_whom(client_of, officer, gone, sending_school):
    sending_school.contact, sending_school.phone = "韩主任", "0990-5001774"
    sending_school.save()
    notice = PublicNotice(
        county=gone.county, school=sending_school, school_year=gone.school_year, title="第一批公示", working_days=7
    )
    notice.when = ApproximateDate.range(parse_day("2023-06-01"), parse_day("2023-06-09"))
    notice.save()
    gone.notice = notice
    gone.save()
    text = text_of(file_of(client_of(officer), "public_notice"))
    assert "沈若兰" not in text
    assert "沈*兰" in text
    assert "2023年6月1日至2023年6月9日（7个工作日）" in text
    assert "韩主任" in text
    assert "0990-5001774" in text


def test_masked_names():
    assert [masked_name(name) for name in ("李明", "沈若兰", "欧阳若兰", "买买提·阿不都", "李")] == [
        "李*",
        "沈*兰",
        "欧**兰",
        "买*****都",
        "李*",
    ]


def test_attendance_shows_a_sign_for_every_day_and_the_sums(client_of, principal, gone):
    AttendanceMonth.objects.create(
        county=gone.county, secondment=gone, month=date(2023, 11, 1), due=22, present=19, sick_leave=2, absent=1,
        marks={"6": "sick", "7": "sick", "8": "absent", "9": "late"}, late=1,
    )  # fmt: skip
    text = text_of(file_of(client_of(principal), "attendance", month="2023-11"))
    assert "支教教师考勤表（2023年11月）" in text
    assert "松岭乡中心小学" in text
    line = text[text.index("沈若兰") : text.index("注：")]
    assert line.count("√") == 18
    assert "病病旷迟" in line
    book = openpyxl.load_workbook(
        io.BytesIO(file_of(client_of(principal), "attendance", month="2023-11", format="xlsx").content)
    )
    assert book.active["A1"].value == "支教教师考勤表（2023年11月）"


@pytest.fixture
def sheet(gone, county):
    gone.teacher.bank, gone.teacher.bank_card = "青岚农商行", "6222020200112233445"
    gone.teacher.save()
    sheet = AllowanceSheet.objects.create(county=county, month=date(2023, 11, 1))
    AllowancePayment.objects.create(
        county=county, secondment=gone, month=date(2023, 11, 1), sheet=sheet, standard=Decimal(500), deduction=Decimal("20.5"), deduction_reason="旷工 1 天",
        amount=Decimal("479.50"),
    )  # fmt: skip
    return sheet


def test_the_allowance_sheet_tells_the_total_in_capitals(client_of, officer, sheet):
    text = text_of(file_of(client_of(officer), "allowance", month="2023-11"))
    assert "合计（大写）：人民币肆佰柒拾玖元伍角整" in text
    assert "还没有锁定" in text


def test_bank_accounts_are_for_finance_alone_and_written_down(client_of, officer, sheet, county):
    finance = person("finance", "郑会计", Role.FINANCE, district=county)
    assert "6222020200112233445" not in text_of(file_of(client_of(officer), "allowance", month="2023-11"))
    assert "6222020200112233445" in text_of(file_of(client_of(finance), "allowance", month="2023-11"))
    assert AuditEntry.objects.filter(verb="导出文件（含银行账号）", by=finance).count() == 1


def test_the_allowance_workbook_has_amounts_as_numbers_and_accounts_as_text(client_of, sheet, county):
    finance = person("finance", "郑会计", Role.FINANCE, district=county)
    response = file_of(client_of(finance), "allowance", month="2023-11", format="xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows(min_row=3, values_only=True))
    assert float(rows[0][10]) == 479.5
    assert rows[0][12] == "6222020200112233445"
    assert float(rows[1][10]) == 479.5
    assert "肆佰柒拾玖元伍角整" in rows[2][0]


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"), ("0.05", "伍分"), ("0.50", "伍角整"), ("10", "壹拾元整"), ("100.05", "壹佰元零伍分"), ("10010", "壹万零壹拾元整"),
        ("100001000", "壹亿零壹仟元整"), ("10203040.56", "壹仟零贰拾万叁仟零肆拾元伍角陆分"), ("107000.53", "壹拾万柒仟元伍角叁分"), ("-3", "负叁元整"),
    ],
)  # fmt: skip
def test_amounts_in_capitals(amount, words):
    assert in_capitals(Decimal(amount)) == words


# --- who may have which ------------------------------------------------------------------------------------------------


def test_the_receiving_school_has_no_applications_but_letters_and_rosters(client_of, principal, gone):
    assert "沈若兰" in text_of(file_of(client_of(principal), "letter"))
    assert "沈若兰" in text_of(file_of(client_of(principal), "roster"))
    assert file_of(client_of(principal), "application").status_code == 409
    assert file_of(client_of(principal), "application", secondment=gone.pk).status_code == 404


def test_an_outsider_finds_nothing(client_of, outsider, gone, sheet):
    for key in ("application", "letter", "roster", "dispatch", "agreement", "receipt"):
        assert file_of(client_of(outsider), key, secondment=gone.pk).status_code == 404
        assert (
            "沈若兰" not in client_of(outsider).get(reverse("reports:paper", args=[key]), {"year": ""}).content.decode()
        )
    assert file_of(client_of(outsider), "roster", pick=gone.pk).status_code == 404
    assert file_of(client_of(outsider), "allowance", month="2023-11").status_code == 409


def test_a_teacher_has_their_own_papers_and_no_roster(client_of, teacher_user, gone, second, county, sending_school):
    other = second(Teacher.objects.create(county=county, school=sending_school, name="别人"))
    client = client_of(teacher_user)
    assert "沈若兰" in text_of(file_of(client, "agreement", secondment=gone.pk))
    assert file_of(client, "agreement", secondment=other.pk).status_code == 404
    assert file_of(client, "roster").status_code == 403
    assert "别人" not in text_of(file_of(client, "dispatch", secondment=gone.pk))


def test_what_cannot_be_made_yet_is_refused_in_words_and_not_written_down(client_of, officer, gone):
    gone.state = SecondmentState.DRAFT
    gone.save()
    response = file_of(client_of(officer), "letter", secondment=gone.pk)
    assert response.status_code == 409
    assert "还没有派出" in response.content.decode()
    assert not AuditEntry.objects.filter(verb="导出文件").exists()


def test_a_download_has_a_chinese_name_and_is_written_down(client_of, officer, gone):
    response = file_of(client_of(officer), "roster", format="docx")
    assert "青岚县2023—2024学年支教教师花名册.docx" in unquote(response["Content-Disposition"])
    entry = AuditEntry.objects.get(verb="导出文件")
    assert entry.by == officer
    assert entry.after["文件"] == "花名册"
    assert ID_NUMBER not in str(entry.after)


def test_unknown_papers_and_formats_do_not_exist(client_of, officer, gone):
    client = client_of(officer)
    assert client.get("/documents/nonsense/").status_code == 404
    assert file_of(client, "letter", format="xlsx").status_code == 404
    assert file_of(client, "letter", format="exe").status_code == 404
    assert (
        client.get(
            reverse("reports:paper", args=["letter"]), {"school": "x", "year": "99", "programme": "-1"}
        ).status_code
        == 200
    )


def test_the_page_of_a_secondment_offers_its_papers(client_of, officer, principal, gone):
    labels = {offer.label: offer for offer in offered(officer, gone)}
    assert labels["介绍信"].pdf_url
    assert labels["服务年限证明"].why_not == "还没有结束"
    assert "支教申请表" not in {offer.label for offer in offered(principal, gone)}
    page = client_of(officer).get(reverse("assignments:secondment_detail", args=[gone.pk])).content.decode()
    assert labels["介绍信"].pdf_url.replace("&", "&amp;") in page


# --- pages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key", [key for key in PAPERS if key not in ("allowance", "certificate", "public_notice", "attendance")]
)
def test_a_page_asks_the_same_number_of_queries_for_1_and_3_people(
    client_of,
    officer,
    gone,
    second,
    county,
    sending_school,
    django_assert_max_num_queries,
    django_assert_num_queries,
    key,
):
    client, address = client_of(officer), reverse("reports:paper", args=[key])
    client.get(address)
    with django_assert_max_num_queries(24) as first:
        client.get(address, {"year": "2023-2024"})
    for name in ("赵一", "钱二"):
        second(Teacher.objects.create(county=county, school=sending_school, name=name))
    with django_assert_num_queries(len(first)):
        client.get(address, {"year": "2023-2024"})


def test_the_list_of_papers_shows_what_a_person_may_have(client_of, officer, teacher_user, gone):
    page = client_of(officer).get(reverse("reports:papers")).content.decode()
    assert "花名册" in page
    assert "开具服务年限证明" in page
    own = client_of(teacher_user).get(reverse("reports:papers")).content.decode()
    assert "花名册" not in own
    assert "三方协议" in own
