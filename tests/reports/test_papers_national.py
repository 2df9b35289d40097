"""The lines for the national teacher system: its rules, the workbook, the ticks."""

import io
from datetime import date

import openpyxl
import pytest
from django.urls import reverse

from assignments.choices import SecondmentState
from assignments.models import Teacher
from reports.national import problems_of
from zhijiao.accounts.models import AuditEntry

DAY, LATER = date(2023, 9, 1), date(2024, 7, 10)


@pytest.mark.parametrize(
    ("line", "problems"),
    [
        ((DAY, LATER, "甲", "乙"), []),
        ((LATER, DAY, "甲", "乙"), ["结束 2023-09 早于开始 2024-07"]),
        ((DAY, LATER, "甲", "甲"), ["交流轮岗单位和原单位相同"]),
        ((None, None, "", ""), ["没有开始年月", "没有结束年月", "没有原单位", "没有交流轮岗单位"]),
    ],
)
def test_the_rules_of_the_system(line, problems):
    assert list(problems_of(*line)) == problems


def test_problems_are_listed_by_row_and_left_out_of_the_workbook(
    client_of, officer, secondment, second, county, sending_school
):
    wrong = second(Teacher.objects.create(county=county, school=sending_school, name="没有学校"))
    wrong.placements.all().delete()
    client = client_of(officer)
    page = client.get(reverse("reports:national"), {"year": "2023-2024"}).content.decode()
    assert page.index("没有学校") < page.index("没有交流轮岗单位") < page.index("沈若兰")
    response = client.get(reverse("reports:national_file"), {"year": "2023-2024"})
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    assert rows[1][2:8] == (
        "交流轮岗类型",
        "是否调动人事关系",
        "开始年月",
        "结束年月",
        "原单位名称",
        "交流轮岗单位名称",
    )
    assert [row[0] for row in rows[2:]] == ["沈若兰"]
    assert rows[2][2:8] == ("定期交流", "否", "2023-09", "2024-07", "青岚县第一小学", "松岭乡中心小学")


def test_what_does_not_count_as_an_exchange_is_not_there(client_of, officer, secondment):
    secondment.programme.counts_as_exchange = False
    secondment.programme.save()
    assert "沈若兰" not in client_of(officer).get(reverse("reports:national"), {"year": "2023-2024"}).content.decode()
    assert client_of(officer).get(reverse("reports:national_file"), {"year": "2023-2024"}).status_code == 409


def test_many_are_ticked_at_once_and_unticked(client_of, officer, secondment, second, county, sending_school):
    other = second(Teacher.objects.create(county=county, school=sending_school, name="李㛃"))
    client, address = client_of(officer), reverse("reports:national_tick")
    client.post(address, {"pick": [secondment.pk, other.pk], "year": "2023-2024"})
    secondment.refresh_from_db()
    other.refresh_from_db()
    assert secondment.national_entered_on
    assert other.national_entered_on
    assert AuditEntry.objects.filter(verb="登记已录入全国系统").count() == 2
    client.post(address, {"pick": [other.pk], "do": "undo"})
    other.refresh_from_db()
    assert other.national_entered_on is None


def test_nobody_ticks_what_is_not_theirs(client_of, outsider, principal, teacher_user, secondment):
    address = reverse("reports:national_tick")
    assert client_of(outsider).post(address, {"pick": [secondment.pk]}).status_code == 409
    assert client_of(teacher_user).post(address, {"pick": [secondment.pk]}).status_code == 403
    assert client_of(outsider).get(address).status_code == 405
    secondment.refresh_from_db()
    assert secondment.national_entered_on is None
    client_of(principal).post(address, {"pick": [secondment.pk]})
    secondment.refresh_from_db()
    assert secondment.national_entered_on


def test_a_secondment_that_has_not_begun_is_not_there(client_of, officer, secondment):
    secondment.state = SecondmentState.APPROVED
    secondment.save()
    assert "沈若兰" not in client_of(officer).get(reverse("reports:national"), {"year": "2023-2024"}).content.decode()
