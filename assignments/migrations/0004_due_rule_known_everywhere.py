"""The commonest rule of who is due to be exchanged; a county writes its own numbers beside it."""

from django.db import migrations


def add(apps, schema_editor):
    apps.get_model("assignments", "DueRule").objects.create(basis="教师〔2014〕4号；各地多以同校任教满六年为准")


class Migration(migrations.Migration):
    dependencies = [("assignments", "0003_life_of_a_secondment")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
