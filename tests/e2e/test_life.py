"""The life of a secondment in a real browser, by five people, each from the sign-in on: from the need to the certificate."""

import datetime as dt
import subprocess
from urllib.parse import urlsplit

import pytest
import zxingcpp
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from assignments.choices import Role, SchoolStage
from assignments.choices import SecondmentState as State
from assignments.models import Placement, School, SchoolYear, Secondment, Teacher
from reports import certificates
from reports.models import Certificate
from tests.conftest import person
from tests.e2e.conftest import picture_of
from tests.e2e.test_sign_in import sign_in
from zhijiao.dates import ApproximateDate, school_year_of, school_year_span

PASSWORD = "一只安静的橘猫"
DAY = dt.timedelta(days=1)


@pytest.fixture
def people(county, sending_school, receiving_school, teacher):
    teacher.subject, teacher.stage, teacher.id_number = "语文", "primary", "11010519491231002X"
    teacher.save()
    receiving_school.stage = SchoolStage.PRIMARY
    receiving_school.save()
    return {
        "teacher": person("shenruolan", "沈若兰", Role.TEACHER, teacher=teacher),
        "sender": person("lixiaozhang", "李知行", Role.PRINCIPAL, school=sending_school),
        "receiver": person("wuxiaozhang", "吴青山", Role.PRINCIPAL, school=receiving_school),
        "officer": person("zhouzhuangan", "周若谷", Role.OFFICER, district=county),
        "leader": person("hejuzhang", "何静深", Role.LEADER, district=county),
    }


@pytest.fixture
def enter(window_of, people):
    """A window in which somebody has signed in with name and password."""

    def open_and_sign_in(who, **options):
        page = window_of(**options)
        sign_in(page, people[who].username, PASSWORD)
        expect(page.locator(".side-foot")).to_contain_text(people[who].name)
        picture_of(page)
        return page

    return open_and_sign_in


def now_is(page, word):
    expect(page.locator(".who .state")).to_have_text(word)
    picture_of(page)


def press(page, name):
    picture_of(page)
    page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    picture_of(page)
    page.get_by_role("link", name=name, exact=True).first.click()


def read_qr_code(pdf, folder):
    """What a phone's camera reads from the printed first page."""
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", pdf, folder / "page"], check=True)
    with Image.open(folder / "page.png") as picture:
        (found,) = zxingcpp.read_barcodes(picture)
    return found.text


def confirm(page, path, name):
    """As somebody does who has the paper in hand and has read its code."""
    page.goto(path)
    page.get_by_label("姓名").fill(name)
    press(page, "核对")


def test_from_the_need_to_the_certificate(
    enter, window_of, tmp_path, people, programme, sending_school, receiving_school, teacher
):
    today = timezone.localdate()
    first = max(school_year_span(school_year_of(today))[0], today - 60 * DAY)
    code = f"{school_year_of(today)}-{school_year_of(today) + 1}"
    SchoolYear.objects.named(code)

    # The receiving school says what it needs, on a phone.
    page = enter("receiver", width=360)
    page.goto(f"/demands/?year={code}")
    follow(page, "填报需求")
    page.get_by_label("语文人数").fill("1")
    press(page, "报给教育局")
    expect(page.get_by_role("main")).to_contain_text("语文 1 人")

    # The bureau says who gives.
    page = enter("officer")
    page.goto(f"/plan/allocate/?year={code}")
    row = page.locator("fieldset.share-row").first
    row.locator("input:not([type=checkbox])").first.fill(sending_school.name)
    press(page, "下达名额")
    expect(page.get_by_role("main")).to_contain_text(sending_school.name)

    # The teacher applies, and hands it in.
    page = enter("teacher", width=360)
    page.goto(f"/secondments/new/?year={code}")
    page.get_by_label("项目类型").select_option(label=programme.name)
    page.locator("#id_school_year").select_option(value=code)
    page.locator("#id_start").fill(str(first))
    page.locator("#id_end").fill(str(today))
    page.locator("#id_wish_1").fill(receiving_school.name)
    page.get_by_label("申请理由").fill("愿意到乡村去，把带班的经验留在那里。")
    press(page, "保存申请")
    now_is(page, "草稿")
    press(page, "报送")
    now_is(page, "已申报")
    secondment = Secondment.objects.get()
    address = f"/secondments/{secondment.pk}/"

    # The sending school recommends, shows the name for five working days, and hands it on.
    page = enter("sender")
    expect(page.get_by_role("main")).to_contain_text("沈若兰")
    page.goto(address)
    follow(page, "推荐并公示…")
    page.get_by_label("公示从").fill(str(today - 14 * DAY))
    page.get_by_label("公示几个工作日").fill("5")
    press(page, "推荐并公示")
    now_is(page, "公示中")
    follow(page, "报局审核…")
    press(page, "报局审核")
    now_is(page, "局审核")

    # The bureau finds a school, approves and dispatches.
    page = enter("officer")
    page.goto(address)
    expect(page.locator(".blocked .why").first).to_have_text("还没有安排受援学校")
    follow(page, "安排受援学校…")
    press(page, "安排到松岭乡中心小学，语文")
    follow(page, "批准…")
    press(page, "批准")
    now_is(page, "已批准")
    follow(page, "派出…")
    page.get_by_label("派遣文号").fill("青教人〔2026〕37号")
    page.get_by_label("派出日期").fill(str(first))
    press(page, "派出")
    now_is(page, "已派出")

    # The receiving school sees that the teacher is there.
    page = enter("receiver", width=360)
    page.goto(address)
    follow(page, "确认到岗…")
    page.get_by_label("报到日期").fill(str(first))
    press(page, "确认到岗")
    now_is(page, "在岗")

    # In the end: appraised, complete, certified.
    page = enter("officer")
    page.goto(address)
    follow(page, "考核完毕…")
    page.get_by_label("考核等次").select_option(label="优秀")
    press(page, "考核完毕")
    now_is(page, "已考核")
    press(page, "期满结束")
    now_is(page, "已结束")
    steps = [step.action for step in Secondment.objects.get().steps.order_by("id")]
    assert steps == ["submit", "recommend", "forward", "approve", "dispatch", "report_in", "appraise", "complete"]

    # The bureau issues the certificate; the teacher takes it home as a PDF.
    page.goto(f"/documents/certificates/new/?year={code}")
    page.get_by_label("选择沈若兰").check()
    page.get_by_label("用途").fill("申报高级教师")
    press(page, "开具打勾的证明")
    certificate = Certificate.objects.get()
    page = enter("teacher", width=360)
    page.goto(f"/documents/certificates/{certificate.pk}/")
    with page.expect_download() as download:
        follow(page, "PDF")
    download.value.save_as(tmp_path / "certificate.pdf")

    # Who holds the paper reads its code and confirms it, without an account.
    address = urlsplit(read_qr_code(tmp_path / "certificate.pdf", tmp_path))
    page = window_of(width=360)
    for path, name in ((address.path, "沈若"), ("/v/ABCD-EFGH-JKLM-NPQR-STUV/", "沈若兰")):
        confirm(page, path, name)
        expect(page.get_by_role("alert")).to_contain_text("没有查到")
    confirm(page, address.path, "沈若兰")
    expect(page.get_by_role("heading", name="证明有效")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(receiving_school.name)
    expect(page.get_by_role("main")).to_contain_text(certificate.serial)
    for hidden in ("沈若兰", "1101", "申报高级教师"):  # no more than a masked name
        expect(page.locator("body")).not_to_contain_text(hidden)
    picture_of(page)

    # What two people revoke is told to whoever asks.
    certificates.ask_to_revoke(certificate, by=people["officer"], reason="月数有误")
    certificates.revoke(certificate, by=people["leader"])
    confirm(page, address.path, "沈若兰")
    expect(page.get_by_role("heading", name="这份证明已经撤销")).to_be_visible()
    picture_of(page)


@pytest.fixture
def on_post(county, programme, sending_school, receiving_school, people):
    """Somebody on post for two months, who has two more to go."""

    def make(name, sender=None, receiver=None, swapped_with=None):
        sender, receiver = sender or sending_school, receiver or receiving_school
        teacher = Teacher.objects.create(county=county, school=sender, name=name) if isinstance(name, str) else name
        today = timezone.localdate()
        year = SchoolYear.objects.named(f"{school_year_of(today)}-{school_year_of(today) + 1}")
        row = Secondment(
            county=county, teacher=teacher, programme=programme, school_year=year, sending_school=sender, state=State.ON_POST,
            swapped_with=swapped_with,
        )  # fmt: skip
        row.when = ApproximateDate.range(today - 60 * DAY, today + 60 * DAY)
        row.save()
        Placement.objects.create(county=county, secondment=row, receiving_school=receiver, subject="语文")
        return row

    return make


def ask(page, row, button, fill):
    page.goto(f"/secondments/{row.pk}/")
    follow(page, button)
    fill(page)
    page.get_by_label("说明").fill("所带毕业班的接任教师尚未到岗")
    press(page, "交上申请")
    expect(page.get_by_role("status").first).to_contain_text("申请已经交上")


def approve(page, row):
    page.goto(f"/secondments/{row.pk}/")
    follow(page, "去审批")
    page.get_by_label("批准", exact=True).check()
    press(page, "确定")


def test_an_early_end_and_an_extension_are_asked_by_one_and_decided_by_another(enter, on_post):
    today = timezone.localdate()
    longer, shorter = on_post("戴明涵"), on_post("马文斌")

    page = enter("receiver")
    ask(page, longer, "延期…", lambda page: page.get_by_label("延到").fill(str(today + 90 * DAY)))
    expect(page.locator(".blocked .why").first).to_have_text("延期的申请正在等审批")
    page = enter("officer")
    ask(page, shorter, "提前终止…", lambda page: page.get_by_label("实际结束日期").fill(str(today)))
    expect(page.get_by_role("link", name="去审批")).to_have_count(0)  # not one's own

    page = enter("leader")
    approve(page, longer)
    now_is(page, "在岗")
    approve(page, shorter)
    now_is(page, "提前终止")
    assert Secondment.objects.get(pk=longer.pk).end == today + 90 * DAY
    ended = Secondment.objects.get(pk=shorter.pk)
    assert (ended.ended_on, ended.months_kept) == (today, True)


def test_the_two_of_a_swap_end_together(enter, on_post, county, sending_school, receiving_school):
    other = Teacher.objects.create(county=county, school=receiving_school, name="周知远")
    one = on_post("沈星河", swapped_with=other)
    on_post(other, sender=receiving_school, receiver=sending_school, swapped_with=one.teacher)

    page = enter("officer")
    today = timezone.localdate()
    ask(page, one, "提前终止…", lambda page: page.get_by_label("实际结束日期").fill(str(today)))
    page = enter("leader")
    approve(page, one)
    assert set(Secondment.objects.values_list("state", "ended_on")) == {(State.ENDED_EARLY, today)}


def test_many_are_approved_after_a_preview(enter, on_post, people):
    rows = [on_post("罗艳"), on_post("梁文茹")]
    Secondment.objects.update(state=State.REVIEW)
    page = enter("officer")
    page.goto(f"{reverse('assignments:secondment_list')}?view=review&year=all")
    expect(page.locator(".bulk")).to_be_hidden()
    for row in rows:
        page.get_by_label(f"选择{row.teacher.name}").check()
    expect(page.locator(".bulk")).to_contain_text("已选 2 条")
    page.get_by_role("button", name="批准…").click()
    expect(page.get_by_role("heading", name="批准 2 条派遣")).to_be_visible()
    press(page, "批准 2 条")
    expect(page.get_by_role("status").first).to_contain_text("已批准")
    assert set(Secondment.objects.values_list("state", flat=True)) == {State.APPROVED}


def test_nobody_else_s_school_is_in_the_way(enter, on_post, county):
    """The sending school of another one finds nothing of it."""
    elsewhere = School.objects.create(county=county, name="城关小学")
    foreign = on_post("外校教师", sender=elsewhere, receiver=School.objects.create(county=county, name="远山小学"))
    page = enter("sender")
    answer = page.request.get(f"/secondments/{foreign.pk}/")
    assert answer.status == 404
    assert "外校教师" not in answer.text()
    page.goto("/secondments/?year=all")
    expect(page.get_by_role("main")).not_to_contain_text("外校教师")
