"""Real years, as facts: into a workbook, into the records, out and in again, and into the year's report."""

import copy
import re
from pathlib import Path

import openpyxl
import pdfplumber
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction

from assignments.models import Activity, District, Donation, LeadingGroup, Meeting, School, SchoolYear, Teacher
from tests import cases
from tests.casebook import counted
from zhijiao.workbook import registry

CASES = sorted((Path(__file__).parent / "data" / "cases").glob("*.yaml"))
SOURCE = Path(__file__).parent.parent

every_case = pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)

# case, path of the number in its records, the new number, one of which must then be told
CHANGES = [
    ("1-receiving-township", "inspections.0.questionnaires.students", 97, ["161份"]),
    ("2-sending-school", "donations.1.items.2.quantity", 534, ["1371册"]),
    ("3-township-appraisal", "lessons.0.count", 8, ["公开课10节", "10节公开课"]),
    ("4-school-annual-aid", "aid.0.cash_yuan", 12000, ["16835.5元", "16,835.5元", "16835.50元", "16,835.50元"]),
    ("county", "training.1.sessions", 17, ["17次", "17场"]),
]


class TakenBack(Exception):  # noqa: N818
    """Leaves the database as it was."""


@pytest.fixture
def workbook(tmp_path):
    """Writes a case as a workbook and gives its path."""

    def write(data):
        path = tmp_path / "case.xlsx"
        cases.book_of(data).save(path)
        return path

    return write


@pytest.fixture
def imported(workbook, capsys):
    """Imports a case with the command and gives what the command said."""

    def run(data):
        call_command("import_workbook", str(workbook(data)))
        return capsys.readouterr().out

    return run


def period_of(data):
    return str(data.get("school_year") or data.get("calendar_year") or data["term"])


def canonical_dump():
    """Every record of assignments and evaluations without its key; the words of a date may be told otherwise."""
    known = {}

    def told(record):
        place = (type(record), record.pk)
        if place not in known:
            known[place] = (
                record._meta.model_name,
                *(value_of(record, field) for field in record._meta.concrete_fields if matters(field)),
            )
        return known[place]

    def value_of(record, field):
        if not field.is_relation:
            return str(getattr(record, field.attname))
        target = getattr(record, field.name)
        return None if target is None else told(target)

    def matters(field):
        return not field.primary_key and field.name != "date_words"

    models = [*apps.get_app_config("assignments").get_models(), *apps.get_app_config("evaluations").get_models()]
    return sorted(repr(told(record)) for model in models for record in model._base_manager.all())


def report_text(tmp_path, data, form="pdf"):
    """The year's report as an independent reader finds it in the PDF, without white space."""
    out = tmp_path / f"report.{form}"
    perspective = data["perspective"]
    whose = [] if perspective["kind"] == "county" else ["--school", perspective["name"]]
    call_command("annual_report", "--period", period_of(data), *whose, "--format", form, str(out))
    if form == "txt":
        return re.sub(r"\s+", "", out.read_text(encoding="utf-8"))
    with pdfplumber.open(out) as pdf:
        return re.sub(r"\s+", "", "".join(page.extract_text() or "" for page in pdf.pages))


def untold(text, data):
    return [entry for entry in data["summary_states"] if not any(told in text for told in entry)]


def changed(data, path, value):
    """The case with one number in its records changed."""
    data = copy.deepcopy(data)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    inside = data["records"]
    for step in way:
        inside = inside[step]
    assert inside[last] != value
    inside[last] = value
    return data


@every_case
def test_a_case_is_imported_without_a_refusal_and_again_without_a_change(case, db, imported):
    data = cases.read(case)

    first, second = imported(data), imported(data)

    created = re.search(r"合计：新增 (\d+)，修改 0，不变 0，有错 0", first)
    assert created
    assert f"合计：新增 0，修改 0，不变 {created[1]}，有错 0" in second


@every_case
def test_an_exported_case_gives_the_same_records_in_an_empty_database(case, db, imported, tmp_path):
    data = cases.read(case)
    exported = []
    try:
        with transaction.atomic():
            imported(data)
            before = canonical_dump()
            # What a case says of earlier years is in the workbook of those years.
            for period in sorted({period_of(data), *earlier_years(data)}):
                exported.append(tmp_path / f"{period}.xlsx")
                call_command("export_workbook", "--period", period, str(exported[-1]))
            raise TakenBack
    except TakenBack:
        assert not School.objects.exists()

    for path in exported:
        call_command("import_workbook", str(path))

    assert canonical_dump() == before


def earlier_years(data):
    if "-" not in period_of(data):
        return set()
    return set(Donation.objects.exclude(school_year=None).values_list("school_year__code", flat=True))


@every_case
def test_the_report_of_a_case_states_what_it_must(case, db, imported, tmp_path):
    data = cases.read(case)
    imported(data)

    assert untold(report_text(tmp_path, data), data) == []


@pytest.mark.parametrize(("name", "path", "value", "expected"), CHANGES, ids=[name for name, *_ in CHANGES])
def test_a_changed_number_is_told_by_the_report(name, path, value, expected, db, imported, tmp_path):
    data = cases.read(next(case for case in CASES if case.stem == name))
    imported(data)
    before = report_text(tmp_path, data, "txt")

    assert "修改 1，" in imported(changed(data, path, value))
    after = report_text(tmp_path, data)

    assert not any(told in before for told in expected)
    assert any(told in after for told in expected)


@every_case
def test_nothing_that_a_report_must_state_stands_in_the_source(case):
    told = {
        alternative
        for entry in cases.read(case)["summary_states"]
        for alternative in entry
        if re.search(r"\d", alternative) and alternative != "100%"  # which is also a width
    }
    sources = [
        path
        for folder in ("templates", "reports")
        for path in (SOURCE / folder).rglob("*")
        if path.suffix in (".py", ".html", ".txt")
    ]

    found = {(path.name, word) for path in sources for word in told if word in path.read_text(encoding="utf-8")}

    assert found == set()


# --- the helper itself -------------------------------------------------------------------------------------------------


def test_the_workbook_has_the_headers_of_the_product(workbook):
    path = workbook(cases.read(CASES[0]))

    book = openpyxl.load_workbook(path)

    for sheet in (registry.sheet(name) for name in book.sheetnames):
        headers = [cell.value for cell in book[sheet.name][1]]
        assert headers
        assert set(headers) <= {column.header for column in sheet.columns}


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("secondments.1.nickname", "小陶", r"secondments\[1\]\.nickname"),
        ("picnics", [{"date": "2023-10"}], r"records\.picnics"),
        ("inspections.0.briefing.weather", "晴", r"inspections\[0\]\.briefing\.weather"),
        ("inspections.0.questionnaires.neighbours", 3, r"questionnaires\.neighbours"),
        ("support.0.school", ["三岔中学", "柳坪小学"], r"support\[0\]\.school"),
    ],
)
def test_what_the_helper_does_not_know_fails_and_is_named(path, value, named):
    data = cases.read(CASES[0])
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    inside = data["records"]
    for step in way:
        inside = inside[step]
    inside[last] = value

    with pytest.raises(ValueError, match=named):
        cases.book_of(data)


def test_an_unknown_key_beside_the_records_fails_too():
    with pytest.raises(ValueError, match=r"case\.author"):
        cases.book_of(cases.read(CASES[0]) | {"author": "某人"})


def test_a_county_leaves_the_school_of_its_own_records_empty(db, imported):
    data = cases.read(next(case for case in CASES if case.stem == "county"))
    imported(data)

    assert District.objects.get().name == "白鹤县"
    assert District.objects.get().bureau == "白鹤县教育体育局"
    assert LeadingGroup.objects.get().school is None
    assert [meeting.school and meeting.school.name for meeting in Meeting.objects.order_by("start")] == [
        None,
        "石桥镇中心学校",
    ]


def test_loose_words_are_kept_as_they_are_told(db, imported):
    imported(cases.read(CASES[3]))

    visit = Activity.objects.get(kind="走访帮扶")
    papers = Donation.objects.get(item="中考复习资料")

    assert (visit.people.number, visit.people.told("人")) == (10, "10余人")
    assert papers.quantity.told() == "一批"
    assert str(papers.when) == "2009年3月"
    assert {keepsake.received_unit for keepsake in Activity.objects.exclude(received="")} == {"面"}


def test_an_apprentice_teaches_where_the_mentor_is(db, imported):
    imported(cases.read(CASES[2]))

    assert Teacher.objects.get(name="赵一苇").school.name == "石河乡中心学校"


def test_two_teachers_of_one_name_are_told_apart(db, imported):
    data = cases.read(CASES[2])
    data["records"]["secondments"].append(
        {"teacher": "李萍", "from": "东村学校", "to": "石河乡中心学校", "kind": "支教"}
    )
    data["records"]["archive"] = []
    data["records"] = {key: data["records"][key] for key in ("schools", "secondments")}

    imported(data)

    assert Teacher.objects.filter(name="李萍").count() == 2


def test_a_month_before_the_first_of_september_still_prepares_the_year(db, imported):
    imported(cases.read(CASES[0]))

    assert Meeting.objects.get(kind="接收工作会议").school_year == SchoolYear.objects.named("2023-2024")


@pytest.mark.parametrize(
    ("text", "parts"),
    [("锦旗1面", ("锦旗", 1, "面")), ("感谢信十二封", ("感谢信", 12, "封")), ("锦旗", ("锦旗", "", ""))],
)
def test_a_keepsake_is_name_number_and_unit(text, parts):
    assert counted(text) == parts


def test_the_command_writes_a_workbook(tmp_path, capsys):
    out = tmp_path / "out.xlsx"

    assert cases.main([str(CASES[0]), str(out)]) == 0
    assert cases.main([]) == 2
    assert "支教派遣 6 行" in capsys.readouterr().out
    assert out.exists()
