"""Rights that no address asks for by itself: where on a page, or in which function, each of them shows."""

import datetime as dt

from django.urls import reverse

from assignments import attendance
from assignments.models import Application, Leave, Secondment
from tests.access_text import words
from zhijiao.accounts.models import User

WISH, ILLNESS = "愿意到最远的村小去", "阑尾炎手术"
YEAR = {"year": "2023-2024", "format": "docx"}


def prepare(world):
    Application.objects.create(
        county=world.county, secondment=world.secondment, reason=WISH, applied_on=dt.date(2023, 6, 1)
    )
    dispatched = {"dispatch_document": "青教人〔2023〕7号", "dispatched_on": dt.date(2023, 8, 20)}
    Secondment.objects.filter(pk=world.secondment.pk).update(**dispatched)
    Leave.objects.filter(pk=world.rows["leave"].pk).update(reason=ILLNESS)


def _tells(client, name, pk, text):
    return text in words(client.get(reverse(name, args=[pk])))


def _makes(client, key):
    return client.get(reverse("reports:paper_file", args=[key]), YEAR).status_code == 200


PROBES = {
    ("application.view",): lambda client, user, world: _tells(client, "assignments:secondment_detail", world.secondment.pk, WISH),
    ("leave.view_reason",): lambda client, user, world: _tells(client, "assignments:leave_detail", world.rows["leave"].pk, ILLNESS),
    ("attendance.edit",): lambda client, user, world: world.receiving_school in attendance.schools_of(user),
    ("document.generate",): lambda client, user, world: _makes(client, "roster"),
    ("document.generate", "document.own"): lambda client, user, world: _makes(client, "receipt"),
}  # fmt: skip


def wrongly_shown(letters, user, client, world, table):
    """The rights that this person has and the table does not give them, or the other way round."""
    person = User.objects.get(pk=user.pk)
    return [
        f"{letters} {'、'.join(actions)}: {shows}"
        for actions, probe in PROBES.items()
        if (shows := bool(probe(client, person, world))) != any(letters in table[action] for action in actions)
    ]
