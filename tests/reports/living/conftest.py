"""A year with something to tell: three teachers at one school, meetings, activities, money given."""

import pytest

from assignments.choices import Role
from assignments.models import Activity, Donation, Meeting, Teacher
from assignments.periods import Period
from reports.living import writing
from tests.conftest import person
from zhijiao.dates import ApproximateDate

PERIOD = Period.parse("2023-2024")


@pytest.fixture
def year_told(county, sending_school, receiving_school, school_year, second):
    """Three seconded teachers of two subjects, a meeting, a visit with lessons, and a gift."""
    for name, subject in (("沈若兰", "语文"), ("陆青禾", "数学"), ("黄土𠅤", "数学")):
        second(
            Teacher.objects.create(county=county, school=sending_school, name=name, subject=subject),
            is_backbone=subject == "语文",
        )
    rows = [
        Meeting(county=county, school_year=school_year, topic="动员", kind="动员会"),
        Activity(county=county, school_year=school_year, kind="送课下乡", title="送课到松岭", school=sending_school, receiving_school=receiving_school),
        Donation(county=county, school_year=school_year, kind="cash", amount=3000, donor_school=sending_school, receiving_school=receiving_school),
    ]  # fmt: skip
    for row in rows:
        row.when = ApproximateDate.parse("2023年10月12日")
        row.save()
    return county


@pytest.fixture
def report(year_told, officer):
    """The bureau's draft."""
    return writing.begin(year_told, None, PERIOD, by=officer)


@pytest.fixture
def school_report(year_told, receiving_school, principal):
    """The receiving school's draft."""
    return writing.begin(year_told, receiving_school, PERIOD, by=principal)


@pytest.fixture
def colleague(county):
    """Another 支教专干 of the bureau."""
    return person("colleague", "韩专干", Role.OFFICER, district=county)


def paragraph_with(report, key):
    """The first paragraph in which a figure stands."""
    return next(one for one in report.passages.filter(kind="paragraph") if f"⟦{key}" in one.text)
