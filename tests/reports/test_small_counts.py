"""What fewer than five said is in no figure, no list behind a figure and no report; how many they were is."""

import datetime as dt

import pytest

from assignments.periods import Period
from evaluations.models import QuestionnaireCount
from reports.annual_report import annual_report
from reports.figures import Asked, Viewpoint, value
from tests.full_records import fill_inspection

PERIOD = "2023-2024"


@pytest.fixture
def counted(county, receiving_school):
    """Pupils enough, three parents, and the sum of both."""
    inspection = fill_inspection(county, receiving_school, dt.date(2023, 11, 12))
    QuestionnaireCount.objects.all().delete()

    def add(kind, valid, satisfied):
        QuestionnaireCount.objects.create(
            county=county, inspection=inspection, respondents=kind, issued=valid + 3, returned=valid, valid=valid,
            satisfied=satisfied, fairly_satisfied=0, dissatisfied=valid - satisfied,
        )  # fmt: skip

    add("pupils", 40, 37)
    add("parents", 3, 1)
    add("all", 43, 38)


def test_a_figure_counts_the_people_and_not_what_few_of_them_said(county, receiving_school, principal, counted):
    for viewpoint in (Viewpoint(county), Viewpoint(county, receiving_school, user=principal)):
        asked = Asked(Period.parse(PERIOD), viewpoint)
        assert value("questionnaires_valid", asked).value == 86
        assert value("satisfied", asked).value == 37
        assert value("satisfied", asked, respondents="pupils").value == 37
        assert not value("satisfied", asked, respondents="parents").value
        assert value("content", asked).value == 37
        assert value("satisfaction_asked", asked).value == 40
        assert str(value("satisfaction", asked).value).startswith("92.5")
        assert "92.5%" in str(annual_report(asked))


@pytest.mark.parametrize("key", ["questionnaires_issued", "questionnaires_valid", "satisfied"])
def test_the_list_behind_a_figure_hides_it_too(client_of, principal, officer, counted, key):
    for user in (principal, officer):
        rows = client_of(user).get(f"/reports/figures/{key}/?period={PERIOD}").context["table"].rows
        told = [cell.html for row in rows for cell in row]
        assert "40" in told
        assert not {"38", "1"} & set(told), "the pleased of all, and of the three"
        assert ("37" in told) == (key == "satisfied")
