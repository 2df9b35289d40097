"""The ready-made sets of questions, without a county: known everywhere, changed by nobody, copied by whoever wants others."""

from django.db import migrations

from evaluations.questionnaires import ready


def put(apps, schema_editor):
    ready.put(*(apps.get_model("evaluations", name) for name in ("QuestionSet", "Question", "QuestionOption")))


class Migration(migrations.Migration):

    dependencies = [
        ("evaluations", "0002_inspections_questionnaires_rubrics"),
    ]

    operations = [
        migrations.RunPython(put, migrations.RunPython.noop),
    ]
