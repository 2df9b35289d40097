"""支教电子档案袋, read back: every name kept, contents and bookmarks lead to the right page, for those who may see the work."""

import datetime as dt
import io
import re
from urllib.parse import unquote

import pdfplumber
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from assignments.choices import Role
from assignments.models import AttendanceMonth, Leave, School, Teacher
from evaluations import work
from evaluations.models import (
    Appraisal,
    Finding,
    Honour,
    Inspection,
    Lecture,
    Lesson,
    Mentorship,
    MentorshipStep,
    WorkRecord,
)
from reports import dossier
from tests.conftest import person
from zhijiao.accounts.models import AuditEntry
from zhijiao.attachments.storing import store
from zhijiao.dates import ApproximateDate

DAY = dt.date(2023, 11, 6)
RARE = "㛃䶮·买买提𬭎"


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def dated(model, day=DAY, **fields):
    row = model(**fields)
    row.when = ApproximateDate.day(day)
    row.save()
    return row


def photo(name):
    stream = io.BytesIO()
    Image.new("RGB", (800, 600), "green").save(stream, "JPEG")
    return SimpleUploadedFile(name, stream.getvalue(), "image/jpeg")


@pytest.fixture
def full(secondment, receiving_school, principal, teacher_user, programme, county):
    """A year's work: something of everything."""
    programme.lessons_observed = 40
    programme.save()
    of = {"county": county, "secondment": secondment}
    record = dated(
        WorkRecord,
        **of,
        category="教学反思",
        number=1,
        title="《背影》教学反思",
        text="学生读到望父买橘时静了下来。\n下次留更多时间。",
    )
    work.confirm([record], by=principal)
    dated(WorkRecord, **of, category="教案", number=30, title="第一单元")
    store(photo("课堂.jpg"), record, by=teacher_user)
    lesson = dated(Lesson, **of, kind="observed", number=23, topic=f"{RARE}的课")
    dated(Lesson, **of, kind="open", topic="《桂林山水》")
    dated(Lecture, **of, title="怎样教写作", place="会议室")
    apprentice = Teacher.objects.create(county=county, school=receiving_school, name=RARE)
    pair = dated(Mentorship, **of, apprentice=apprentice, goal="独立上好公开课")
    dated(MentorshipStep, county=county, mentorship=pair, kind="observed", text="听徒弟的《春》")
    AttendanceMonth.objects.create(**of, month=dt.date(2023, 11, 1), due=22, present=20, sick_leave=2)
    Leave.objects.create(**of, kind="sick", start=DAY, end=DAY, days=2, reason="阑尾炎手术")
    inspection = dated(Inspection, county=county, school=receiving_school, state="closed")
    Finding.objects.create(
        county=county, inspection=inspection, kind="merit", text="板书工整", teacher=secondment.teacher
    )
    Finding.objects.create(county=county, inspection=inspection, kind="problem", text="别人的问题", teacher=apprentice)
    later = dated(Inspection, dt.date(2023, 12, 6), county=county, school=receiving_school, state="feedback")
    Finding.objects.create(
        county=county, inspection=later, kind="problem", text="还没有印发的问题", teacher=secondment.teacher
    )
    dated(Appraisal, **of, kind="final", grade="excellent", score=92)
    dated(Appraisal, dt.date(2023, 12, 1), **of, kind="middle", grade="failed", state="draft")
    dated(
        Honour, county=county, teacher=secondment.teacher, title="优秀支教教师", level="county", issuer="青岚县教育局"
    )
    dated(Honour, dt.date(2019, 1, 1), county=county, teacher=secondment.teacher, title="从前的荣誉")
    return lesson.secondment


def address(secondment):
    return reverse("reports:dossier", args=[secondment.pk])


def bare(text):
    return re.sub(r"\s", "", text)


def test_the_archive_is_one_pdf_with_everything_and_nothing_that_is_not_for_it(client_of, full, officer):
    response = client_of(officer).get(address(full))
    assert response.status_code == 200
    assert "支教电子档案袋 沈若兰 2023" in unquote(response["Content-Disposition"])
    with pdfplumber.open(io.BytesIO(response.content)) as pdf:
        said = bare("".join(page.extract_text() or "" for page in pdf.pages))
        pictures = sum(len(page.images) for page in pdf.pages)
    for words in (
        "青岚县第一小学", "松岭乡中心小学", "23/40节", "还差17节", "教案30份：第一单元", "望父买橘", "吴校长", "课堂.jpg", "怎样教写作",
        "听徒弟的《春》", "板书工整", "期满考核", "优秀支教教师", RARE,
    ):  # fmt: skip
        assert bare(words) in said, words
    for words in ("别人的问题", "还没有印发", "不合格", "从前的荣誉", "阑尾炎"):
        assert words not in said
    assert pictures == 1
    assert AuditEntry.objects.filter(verb="导出文件", subject_id=str(full.pk)).exists()


def outline(pdf):
    """Bookmarks: level, title, page from 1."""
    numbers = {page.page_obj.pageid: number for number, page in enumerate(pdf.pages, 1)}
    return [(level, title, numbers[dest[0].objid]) for level, title, dest, *_ in pdf.doc.get_outlines() if dest]


def test_contents_and_bookmarks_lead_to_the_right_page(client_of, full, officer, county):
    for index in range(90):  # so that chapters are longer than a page
        dated(WorkRecord, county=county, secondment=full, category="教案", number=1, title=f"第{index}课")
    content = client_of(officer).get(address(full)).content
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        texts = [bare(page.extract_text() or "") for page in pdf.pages]
        marks = outline(pdf)
    chapters = [(title, number) for level, title, number in marks if level == 1 and title != "目录"]
    assert [title for title, _ in chapters] == [
        "一、项目要求完成情况", "二、专项档案", "三、课例", "四、讲座", "五、师徒结对", "六、出勤与请假", "七、督导检查反馈", "八、考核", "九、荣誉",
    ]  # fmt: skip
    index = next(text for text in texts if "目录" in text)
    for title, number in chapters:
        assert re.search(rf"{title}．*{number}(?!\d)", index), (title, number, index)
        assert title in texts[number - 1]
    assert chapters[2][1] > chapters[1][1] + 1
    assert any(level == 2 and "教学反思" in title for level, title, _ in marks)


def test_it_is_for_those_who_may_see_the_work(
    client_of, full, principal, teacher_user, outsider, county, sending_school
):
    finance = person("finance", "财务", Role.FINANCE, district=county)
    third = School.objects.create(county=county, name="青岚县第三小学", stage="primary")
    stranger = person("stranger", "三校长", Role.PRINCIPAL, school=third)
    answers = {
        user.username: client_of(user).get(address(full)).status_code
        for user in (principal, teacher_user, finance, outsider, stranger)
    }
    assert answers == {"principal": 200, "teacher": 200, "finance": 403, "outsider": 404, "stranger": 404}
    assert address(full) in client_of(principal).get(reverse("evaluations:work_book", args=[full.pk])).content.decode()


def test_an_empty_archive_says_so(client_of, secondment, officer):
    with pdfplumber.open(io.BytesIO(client_of(officer).get(address(secondment)).content)) as pdf:
        assert "还没有登记工作记录" in bare(pdf.pages[1].extract_text())


def test_the_questions_do_not_grow_with_the_rows(full, officer, county, receiving_school, teacher_user):
    asked = []
    assert dossier.secondment_for(officer, full.pk) == full  # what they may do is worked out once for a request
    for number in (1, 2, 27):
        for index in range(number):
            of, day = {"county": county, "secondment": full}, DAY + dt.timedelta(days=index)
            dated(WorkRecord, day, **of, category="教案", number=1)
            lesson = dated(Lesson, day, **of, kind="open", topic=f"课{index}", school=receiving_school)
            store(photo(f"{number}-{index}.jpg"), lesson, by=teacher_user)
            apprentice = Teacher.objects.create(county=county, school=receiving_school, name=f"徒弟{number}-{index}")
            pair = dated(Mentorship, day, **of, apprentice=apprentice)
            dated(MentorshipStep, day, county=county, mentorship=pair, kind="guided", text="指导")
            found = {"county": county, "inspection": Inspection.objects.first(), "teacher": full.teacher}
            Finding.objects.create(**found, kind="merit", text=f"优点{number}-{index}")
            dated(Honour, day, county=county, teacher=full.teacher, title=f"荣誉{number}-{index}")
        with CaptureQueriesContext(connection) as captured:
            dossier.dossier_html(dossier.secondment_for(officer, full.pk), officer)
        asked.append(len(captured))
    assert asked[0] == asked[1] == asked[2]
    assert asked[0] <= 20
