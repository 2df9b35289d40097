"""After much was written, PostgreSQL knows how large the tables are; SQLite is not asked."""

import pytest
from django.db import connection

from assignments.models import School, Teacher
from zhijiao.tallied import after_much_was_written

pytestmark = pytest.mark.django_db


def test_the_tables_named_are_counted(county, django_assert_num_queries):
    School.objects.bulk_create(School(county=county, name=f"第{n}小学") for n in range(700))
    tables = {School._meta.db_table, Teacher._meta.db_table}
    if connection.vendor == "sqlite":
        with django_assert_num_queries(0):
            after_much_was_written(tables)
        return
    with django_assert_num_queries(2):
        after_much_was_written(tables)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [School._meta.db_table])
        assert cursor.fetchone()[0] >= 700
