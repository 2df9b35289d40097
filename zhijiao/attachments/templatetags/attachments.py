"""The photos and files of a record, on its page."""

from __future__ import annotations

from typing import Any

from django import template

from zhijiao.access import has
from zhijiao.attachments import registry
from zhijiao.attachments.models import Attachment

register = template.Library()


@register.inclusion_tag("components/attachments.html", takes_context=True)
def attachments(context: dict[str, Any], subject: Any) -> dict[str, Any]:
    """{% attachments activity %}: nothing at all for those who may not open files, or where there are none to show or add."""
    user = context["request"].user
    is_seen = registry.may_see(user, subject)
    may_open = is_seen and has(user, "attachment.download")
    may_change = is_seen and registry.may_change(user, subject)
    files = list(Attachment.objects.present().of(subject)) if may_open else []
    return {
        "pictures": [one for one in files if one.is_picture],
        "documents": [one for one in files if not one.is_picture],
        "may_add": may_change and has(user, "attachment.upload"),
        "may_remove": may_change and has(user, "attachment.delete"),
        "subject": subject,
        "subject_type": subject._meta.label_lower,
        "csrf_token": context.get("csrf_token"),
        "request": context["request"],
    }
