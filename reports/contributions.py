"""The papers of a secondment, on its page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assignments.models import Secondment
from assignments.views.reading import Reading, adds_to
from reports.papers import Offer, offered
from zhijiao.detail import Section


@dataclass(frozen=True)
class Offers:
    """What can be taken, and what not yet."""

    offers: list[Offer]
    template: str = "reports/_offers.html"

    def __bool__(self) -> bool:
        return bool(self.offers)


@adds_to(Secondment)
def papers_of_secondment(reading: Reading, secondment: Any) -> Iterator[Section]:
    offers = offered(reading.user, secondment)
    yield Section("papers", "文件", [Offers(offers)])
