"""PostgreSQL keeps samples of what a column holds, also of rows that are gone. Of answers and codes it shall keep none."""

from django.db import migrations

COLUMNS = {
    "evaluations_ballotbox": ("counts", "texts", "used"),
    "evaluations_questionnairecode": ("code_hash",),
    "evaluations_answertext": ("key", "text", "shown_text"),
}


def forget(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, columns in COLUMNS.items():
        for column in columns:
            schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0007_ready_question_sets")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
