"""An issued report on the screen: its figures open what was counted then, not what is counted now."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from django.urls import reverse

from reports.documents.tree import Document, Figure, Paragraph
from reports.living import reading, tokens
from reports.models import Report


def frozen_document(report: Report) -> Document:
    """What was kept, with each frozen figure leading to its kept records."""
    document = reading.document_of(report)
    asked = reading.asked_for(report)
    places = {one.token: one.order for one in report.figures.all()}
    addresses: dict[tuple[str, str], str] = {}
    for markup, order in places.items():
        token = tokens.parse(markup.strip(tokens.OPEN + tokens.CLOSE))
        own = tokens.asked_of(token, asked)
        addresses[token.key, tokens.address_of(token, own)] = reverse("reports:living_figure", args=[report.pk, order])
    changed: Document = _changed(document, addresses)
    return changed


def _changed(node: Any, addresses: dict[tuple[str, str], str]) -> Any:
    if isinstance(node, Figure):
        url = addresses.get((node.key, node.url))
        return replace(node, url=url, label=f"{node.label}（封存的数）") if url else node
    if isinstance(node, Paragraph):
        return Paragraph(*(_changed(one, addresses) for one in node.inlines))
    if isinstance(node, tuple):
        return tuple(_changed(one, addresses) for one in node)
    if is_dataclass(node) and not isinstance(node, type):
        held = {one.name: getattr(node, one.name) for one in fields(node) if one.init}
        return replace(node, **{name: _changed(of, addresses) for name, of in held.items() if isinstance(of, tuple)})
    return node
