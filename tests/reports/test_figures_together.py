"""Figures counted together are those counted one by one, and cost a few queries however many schools there are."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.models import District, School, Secondment
from assignments.periods import Period
from reports.figures import REGISTRY, Asked, Viewpoint, breakdown, value
from reports.figures.asked import Side
from reports.figures.together import breakdowns, count, records_of, values_of

PERIODS = ("2025-2026", "2025-2026-1", "2025-2026-2", "2025", "2026")


@pytest.fixture
def small(db):
    """A small made-up county with everything that a county has."""
    call_command("load_demo", schools=8, teachers=60, secondments=10, without_report=True, verbosity=0)
    return District.objects.counties().get()


@pytest.mark.slow
def test_together_and_one_by_one_are_equal_for_all_figures_of_all_viewpoints(small):
    period = Period.parse("2025-2026")
    viewpoints = [Viewpoint(small)]
    schools = School.objects.filter(county=small)
    viewpoints += [Viewpoint(small, school) for school in schools.order_by("pk")[:4]]
    busy = Secondment.objects.filter(county=small).order_by("-pk")[0].sending_school
    viewpoints += [Viewpoint(small, busy, Side.SENDING), Viewpoint(small, busy, Side.RECEIVING)]
    pairs = [(key, Asked(period, one)) for one in viewpoints for key in REGISTRY]
    together = values_of(pairs)
    told = 0
    for (key, asked), counted in zip(pairs, together, strict=True):
        alone = value(key, Asked(asked.period, Viewpoint(small, asked.viewpoint.school, asked.viewpoint.side)))
        assert (counted.value, counted.told) == (alone.value, alone.told), (key, asked.viewpoint)
        told += bool(alone.value)
    assert told > 60  # there was something to compare
    for code in PERIODS[1:]:
        asked = Asked(Period.parse(code), Viewpoint(small))
        for counted in values_of([(key, asked) for key in REGISTRY]):
            alone = value(counted.definition.key, Asked(asked.period, Viewpoint(small)))
            assert counted.told == alone.told, (counted.definition.key, code)


@pytest.mark.slow
def test_the_parts_of_every_breakdown_are_those_of_a_figure_narrowed_to_them(small):
    asked = Asked(Period.parse("2025-2026"), Viewpoint(small))
    for (key, name), parts in breakdowns(REGISTRY, asked).items():
        one_by_one = {"" if of is None else str(of): counted.value for of, counted in breakdown(key, asked, name)}
        assert {of: counted.value for of, counted in parts} == one_by_one, (key, name)
        for of, counted in parts[:3]:
            assert value(key, asked, **{name: of}).told == counted.told, (key, name, of)


def test_many_schools_cost_no_more_queries_than_one(county, secondment):
    def queries(schools):
        period = Period.parse("2023-2024")
        with CaptureQueriesContext(
            connection,
        ) as caught:
            count(
                [
                    (key, Asked(period, Viewpoint(county, school)))
                    for school in schools
                    for key in ("class_head_ratio", "lectures", "staff")
                ]
            )
        return len(caught)

    few = queries(School.objects.filter(county=county)[:1])
    for number in range(12):
        School.objects.create(county=county, name=f"第{number}小学")
    assert queries(School.objects.filter(county=county)) == few <= 4


def test_all_figures_of_a_county_cost_a_few_queries(county, secondment, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        values_of([(key, Asked(Period.parse("2023-2024"), Viewpoint(county))) for key in REGISTRY])


def test_the_records_of_a_figure_are_as_many_as_it_opens(county, secondment):
    asked = Asked(Period.parse("2023-2024"), Viewpoint(county))
    assert records_of([("seconded", asked), ("sending_schools", asked), ("class_head_ratio", asked)]) == [1, 1, 0]
