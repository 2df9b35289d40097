"""The house itself: how it starts, what it serves, which way it imports, and what the database keeps by itself."""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.test import override_settings
from importlinter.api import read_configuration
from importlinter.application.use_cases import lint_imports

from assignments import triggers
from assignments.choices import SecondmentState
from assignments.models import Placement, School, Secondment, Teacher
from zhijiao import encryption
from zhijiao.dates import ApproximateDate, parse_day

ROOT = Path(__file__).resolve().parent.parent
OUR_APPS = ("accounts", "entry", "attachments", "notices", "workbook", "assignments", "evaluations", "reports")
SERVED = ("templates", "static/css", "static/js", "static/img", "static/vendor")
ID_NUMBER = "11010519491231002X"


# --- starting -------------------------------------------------------------------------------------


def started(tmp_path, **environment):
    """The product's own settings in a process of their own, with nothing but this environment."""
    return subprocess.run(
        [sys.executable, "-c", "from zhijiao import settings; print(settings.DEBUG, settings.INSTALLED_APPS)"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DATABASE_URL": "sqlite://:memory:", **environment},
        cwd=tmp_path, check=False, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.skipif((ROOT / ".env").exists(), reason="this machine's own .env may name a key")
def test_it_refuses_to_start_without_a_secret_key(tmp_path):
    process = started(tmp_path)
    assert process.returncode != 0
    assert "SECRET_KEY" in process.stderr


def test_it_starts_without_one_while_developing(tmp_path):
    process = started(tmp_path, DEBUG="1")
    assert process.returncode == 0, process.stderr
    assert process.stdout.startswith("True")


def test_the_admin_site_exists_in_development_only(tmp_path):
    assert "django.contrib.admin" in started(tmp_path, DEBUG="1").stdout
    production = started(tmp_path, DEBUG="0", SECRET_KEY="a-key")
    assert production.stdout.startswith("False")
    assert "django.contrib.admin" not in production.stdout


# --- the source -----------------------------------------------------------------------------------


def test_imports_point_one_way():
    configuration = read_configuration(str(ROOT / "pyproject.toml"))
    assert len(configuration["contracts_options"]) == 2
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None), "see: make check"


def served_files():
    for folder in SERVED:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".html", ".css", ".js", ".svg", ".xml", ".json"}:
                yield path


_COMMENT = re.compile(r"<!--.*?-->|/\*.*?\*/|{#.*?#}|{% comment .*?{% endcomment %}", re.DOTALL)
_ADDRESS = re.compile(r"""(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s"'()<>]*""")
_LOADED = re.compile(
    r"""(?:\b(?:src|href|action|poster|data|srcset)\s*=\s*["']?|url\(\s*["']?|@import\s+["']?|fetch\(\s*["']|import\s*\(?\s*["'])"""
    r"""(?P<address>(?:https?:)?//[^\s"')>]+)"""
)


def test_nothing_is_loaded_from_outside():
    outside = [
        f"{path.relative_to(ROOT)}: {found['address']}"
        for path in served_files()
        for found in _LOADED.finditer(path.read_text(encoding="utf-8"))
    ]
    assert outside == []


def test_our_own_pages_name_no_outside_address_at_all():
    named = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in served_files()
        if "vendor" not in path.parts
        for found in _ADDRESS.finditer(_COMMENT.sub("", path.read_text(encoding="utf-8")))
        if "www.w3.org" not in found[0]  # the name of an XML language, which nobody fetches
    ]
    assert named == []


def test_templates_hold_no_script_and_no_style_of_their_own():
    """The content security policy would leave them without effect. Finished documents are no pages of the site."""
    inline = re.compile(
        r"<style|\sstyle\s*=|\son\w+\s*=\s*[\"']|<script(?![^>]*\bsrc=)[^>]*>|javascript:", re.IGNORECASE
    )
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if path.parent != ROOT / "templates/reports/documents"
        for match in inline.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_lock_names_its_own_table_where_it_joins_others():
    """PostgreSQL refuses to lock the empty side of an outer join, which SQLite, that locks the whole file, never tells."""
    joined = re.compile(
        r"select_for_update\(\)(?:\s*\.\w+\([^()]*(?:\([^()]*\)[^()]*)*\))*?\s*\.select_related|\.select_related\([^()]*\)(?:\s*\.\w+\([^()]*\))*?\s*\.select_for_update\(\)"
    )
    found = [
        f"{path.relative_to(ROOT)}: {match[0][:80]}"
        for app in ("zhijiao", "assignments", "evaluations", "reports")
        for path in sorted((ROOT / app).rglob("*.py"))
        for match in joined.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


# --- models and migrations ------------------------------------------------------------------------


@pytest.mark.django_db
def test_migrations_are_complete():
    told = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=told)
    assert "No changes detected" in told.getvalue()


def our_models():
    return [model for label in OUR_APPS for model in apps.get_app_config(label).get_models()]


def test_every_row_of_a_county_can_be_asked_for_by_who_asks():
    without = [
        model._meta.label
        for model in our_models()
        if any(field.name == "county" for field in model._meta.get_fields())
        and not hasattr(model._default_manager.all(), "visible_to")
    ]
    assert without == []


def test_every_constraint_says_in_chinese_what_is_wrong():
    silent = [
        f"{model._meta.label}: {constraint.name}"
        for model in our_models()
        for constraint in model._meta.constraints
        if not re.search(r"[\u4e00-\u9fff]", str(constraint.violation_error_message))
        or "约束" in str(constraint.violation_error_message)  # Django's own sentence, which names the constraint
    ]
    assert silent == []


def test_an_officer_sees_the_county_and_an_outsider_nothing_of_it(
    secondment, officer, principal, teacher_user, outsider
):
    assert list(Secondment.objects.visible_to(officer)) == [secondment]
    assert list(Secondment.objects.visible_to(principal)) == [secondment]
    assert list(Secondment.objects.visible_to(teacher_user)) == [secondment]
    for model in (Secondment, Placement, Teacher, School):
        assert model.objects.exists()
        assert not model.objects.visible_to(outsider).exists()


# --- what the database keeps ----------------------------------------------------------------------


def refusal(act):
    """The sentence for what the database refused."""
    with pytest.raises(Error) as refused, transaction.atomic():
        act()
    return triggers.message_of(refused.value)


def test_one_full_time_secondment_at_a_time(second, teacher):
    second(teacher)
    told = refusal(lambda: second(teacher, "2024-03-01", "2024-12-31", programme=other_programme(teacher)))
    assert told == triggers.MESSAGES[triggers.OVERLAP]
    assert Secondment.objects.count() == 1


def other_programme(teacher, name="另一项目"):
    from assignments.models import Programme

    return Programme.objects.create(county=teacher.county, name=name)


@pytest.mark.parametrize(
    "fields",
    [
        {"is_full_time": False},
        {"state": SecondmentState.WITHDRAWN},
        {"first": "2024-07-11", "last": "2025-07-10"},
    ],
    ids=["part time", "withdrawn", "afterwards"],
)
def test_a_second_one_may_be(second, teacher, fields):
    second(teacher)
    second(teacher, programme=other_programme(teacher), **fields)
    assert Secondment.objects.count() == 2


def test_a_date_may_not_be_moved_into_another_secondment(second, teacher):
    second(teacher)
    later = second(teacher, "2024-09-01", "2025-07-10", programme=other_programme(teacher))
    later.when = ApproximateDate.range(parse_day("2024-05-01"), parse_day("2025-07-10"))
    assert refusal(later.save) == triggers.MESSAGES[triggers.OVERLAP]


def test_a_secondment_that_ended_early_makes_room(second, teacher):
    second(teacher, ended_on=parse_day("2024-01-31"))
    second(teacher, "2024-02-20", "2024-07-10", programme=other_programme(teacher))


def test_nobody_is_sent_to_where_they_are_from(second, teacher, sending_school, receiving_school):
    secondment = second(teacher)
    placement = secondment.placements.get()

    placement.receiving_school = sending_school
    assert refusal(placement.save) == triggers.MESSAGES[triggers.SAME_SCHOOL]
    another = Placement(county=teacher.county, secondment=secondment, order=2, receiving_school=sending_school)
    assert refusal(another.save) == triggers.MESSAGES[triggers.SAME_SCHOOL]
    secondment.sending_school = receiving_school
    assert refusal(secondment.save) == triggers.MESSAGES[triggers.SAME_SCHOOL]


def test_the_rules_are_laid_anew_as_often_as_it_is_migrated(second, teacher):
    triggers.lay()
    triggers.lay()
    second(teacher)
    refused = refusal(lambda: second(teacher, programme=other_programme(teacher)))
    assert refused == triggers.MESSAGES[triggers.OVERLAP]


# --- numbers at rest ------------------------------------------------------------------------------


def stored(teacher, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM assignments_teacher WHERE id = %s", [teacher.pk])  # noqa: S608
        return cursor.fetchone()[0]


def test_an_id_number_is_stored_encrypted_and_comes_back(teacher):
    teacher.id_number, teacher.bank_card = ID_NUMBER, "4111111111111111"
    teacher.save()

    for column, plain in (("id_number", ID_NUMBER), ("bank_card", "4111111111111111")):
        assert plain not in stored(teacher, column)
        assert plain[-6:] not in stored(teacher, f"{column}_hash")
    again = Teacher.objects.get(pk=teacher.pk)
    assert (again.id_number, again.bank_card) == (ID_NUMBER, "4111111111111111")
    assert again.masked_id_number == "1101**********002X"


def test_an_id_number_is_found_by_its_keyed_hash(teacher):
    teacher.id_number = ID_NUMBER
    teacher.save()
    assert Teacher.objects.get(id_number_hash=encryption.blind_index(ID_NUMBER)) == teacher


def test_the_same_number_never_looks_the_same_twice():
    assert encryption.encrypt(ID_NUMBER) != encryption.encrypt(ID_NUMBER)


KEYS = ("a:" + "QUFB" * 10 + "QUE=", "b:" + "QkJC" * 10 + "QkI=")


def test_a_new_key_encrypts_and_the_old_one_still_decrypts():
    with override_settings(FIELD_KEYS=KEYS[0]):
        old, hashed = encryption.encrypt(ID_NUMBER), encryption.blind_index(ID_NUMBER)
    with override_settings(FIELD_KEYS=f"{KEYS[1]},{KEYS[0]}"):
        assert encryption.decrypt(old) == ID_NUMBER
        assert encryption.encrypt(ID_NUMBER).startswith("b:")
        assert encryption.blind_index(ID_NUMBER) == hashed


def test_without_the_key_nothing_is_read():
    with override_settings(FIELD_KEYS=KEYS[0]):
        sealed = encryption.encrypt(ID_NUMBER)
    with override_settings(FIELD_KEYS=KEYS[1]), pytest.raises(ImproperlyConfigured, match="没有编号"):
        encryption.decrypt(sealed)
    with override_settings(FIELD_KEYS="a:" + KEYS[1][2:]), pytest.raises(ImproperlyConfigured, match="密钥不对"):
        encryption.decrypt(sealed)
    with override_settings(FIELD_KEYS="a:short"), pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        encryption.encrypt(ID_NUMBER)
