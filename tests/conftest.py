"""One small county with two schools, a teacher, and the people of the tests: each has a fixed part, one is an outsider."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from assignments.choices import Direction, DistrictLevel, Role, SchoolStage, SecondmentState
from assignments.models import District, Membership, Placement, Programme, School, SchoolYear, Secondment, Teacher
from evaluations import rubric_triggers
from evaluations.choices import InspectionState, RoundState
from evaluations.models import Inspection, InspectionRound, InspectionTeam, TeamMember
from reports import triggers as report_triggers
from zhijiao import clock
from zhijiao.accounts import triggers
from zhijiao.accounts.models import User
from zhijiao.dates import ApproximateDate, parse_day

ROOT = Path(__file__).resolve().parent.parent
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(config, items):
    """The run on PostgreSQL is of the tests that ask the database; pytest-django keeps the others from it."""
    if connection.vendor == "postgresql":
        config.hook.pytest_deselected(items=[item for item in items if not asks_database(item)])
        items[:] = filter(asks_database, items)


def asks_database(item):
    return bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(item.fixturenames))


@pytest.fixture(autouse=True)
def trail_can_be_emptied(request):
    """A test with real transactions empties the database behind itself, which the triggers of the trail refuse."""
    marker = request.node.get_closest_marker("django_db")
    is_transactional = "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction"))
    if is_transactional:
        request.getfixturevalue("transactional_db")
    yield
    if is_transactional:
        triggers.lift()
        rubric_triggers.lift()
        report_triggers.lift()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """The address of a database that is migrated and otherwise empty; once for all who take a copy of it."""
    with _database(f"migrated_{os.getpid()}", tmp_path_factory.mktemp("migrated")) as address:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity=0"],
            env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.settings"}, cwd=ROOT, check=True,
        )  # fmt: skip
        yield address


@pytest.fixture
def own_database(tmp_path, migrated, db):
    """The address of a database for other processes, which goes away; on SQLite a file, because memory is not shared so."""
    with _database(f"own_{os.getpid()}", tmp_path, copied_from=migrated) as address:
        yield address


@contextmanager
def _database(name, folder, copied_from=""):
    if connection.vendor != "postgresql":
        file = folder / f"{name}.sqlite3"
        if copied_from:
            shutil.copyfile(copied_from.removeprefix("sqlite:///"), file)
        yield f"sqlite:///{file}"
        return
    import psycopg

    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    template = f' TEMPLATE "{copied_from.rpartition("/")[2]}"' if copied_from else ""
    with psycopg.connect(f"{server}/postgres".replace("postgres://", "postgresql://"), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"{template}')
        yield f"{server}/{name}"
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def county(db):
    return District.objects.create(name="青岚县", code="990101", level=DistrictLevel.COUNTY, bureau="青岚县教育局")


@pytest.fixture
def other_county(db):
    return District.objects.create(name="白塔县", code="990102", level=DistrictLevel.COUNTY)


@pytest.fixture
def sending_school(county):
    return School.objects.create(county=county, name="青岚县第一小学", stage=SchoolStage.PRIMARY)


@pytest.fixture
def receiving_school(county):
    return School.objects.create(county=county, name="松岭乡中心小学", stage=SchoolStage.PRIMARY, township="松岭乡")


@pytest.fixture
def school(sending_school):
    """A school of which it does not matter what it does."""
    return sending_school


@pytest.fixture
def teacher(county, sending_school):
    return Teacher.objects.create(county=county, school=sending_school, name="沈若兰")


@pytest.fixture
def school_year(db):
    return SchoolYear.objects.named("2023-2024")


@pytest.fixture
def programme(county):
    return Programme.objects.create(county=county, name="测试支教", direction=Direction.OUT)


@pytest.fixture
def second(county, sending_school, receiving_school, school_year, programme):
    """Makes a secondment of a teacher, with its one placement."""

    def make(teacher, first="2023-09-01", last="2024-07-10", **fields):
        secondment = Secondment(
            county=county,
            teacher=teacher,
            school_year=school_year,
            **{
                "programme": programme,
                "sending_school": sending_school,
                "state": SecondmentState.ON_POST,
                **fields,
            },
        )
        secondment.when = ApproximateDate.range(parse_day(first), parse_day(last))
        secondment.save()
        Placement.objects.create(county=county, secondment=secondment, receiving_school=receiving_school)
        return secondment

    return make


@pytest.fixture
def secondment(second, teacher):
    return second(teacher)


def person(username, name, role=None, **place):
    """Somebody who can sign in, with one role at a place."""
    user = User.objects.create_user(username=username, password="一只安静的橘猫", name=name)
    if role:
        Membership.objects.create(user=user, role=role, **place)
    return user


def inspects(user, school, inspection=None):
    """The inspector is in a team of an announced round, and the team inspects this school."""
    county = school.county
    held = InspectionRound.objects.create(county=county, name=f"{school}检查", state=RoundState.ANNOUNCED)
    team = InspectionTeam.objects.create(county=county, round=held, name="第一组")
    TeamMember.objects.create(county=county, team=team, user=user, is_leader=True)
    if inspection is None:
        inspection = Inspection(county=county, school=school, state=InspectionState.PLANNED)
        inspection.when = ApproximateDate.day(clock.today())
    inspection.round, inspection.team = held, team
    inspection.save()
    return inspection


@pytest.fixture
def officer(county):
    """The bureau's 支教专干: sees and imports everything of the county."""
    return person("officer", "周专干", Role.OFFICER, district=county)


@pytest.fixture
def principal(receiving_school):
    """The principal of the receiving school."""
    return person("principal", "吴校长", Role.PRINCIPAL, school=receiving_school)


@pytest.fixture
def teacher_user(teacher):
    """The teacher, signed in as a teacher."""
    return person("teacher", teacher.name, Role.TEACHER, teacher=teacher)


@pytest.fixture
def outsider(other_county):
    """The officer of another county: may do there what the officer may do here, and nothing here."""
    return person("outsider", "钱专干", Role.OFFICER, district=other_county)


@pytest.fixture
def client_of(db):
    """A browser in which the person is signed in."""

    def sign_in(user):
        client = Client()
        client.force_login(user)
        return client

    return sign_in
