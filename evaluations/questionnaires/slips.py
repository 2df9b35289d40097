"""What goes to a class on paper: slips to tear off, with the words that go with them. Drawn by `reports`, which lays out papers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluations.questionnaires.codes import Sheet


class NotPrinted(Exception):  # noqa: N818  # an answer in words
    """No paper came of it; the message says why."""


@dataclass(frozen=True)
class Slips:
    """All that is on the paper."""

    school: str
    title: str
    address: str  # of the page for typed codes; a code is added behind it
    closes_at: dt.datetime
    sheets: Sequence[Sheet]

    @property
    def typed_address(self) -> str:
        """As it is read from paper."""
        return self.address.partition("://")[2] or self.address

    def address_of(self, code: str) -> str:
        return f"{self.address}{code.replace('-', '')}/"


Printer = Callable[[Slips], bytes]
_printers: list[Printer] = []


def set_printer(printer: Printer) -> None:
    """`printer(slips)` gives a PDF, of which it keeps no copy."""
    _printers[:] = [printer]


def printed(slips: Slips) -> bytes:
    """The PDF. The codes are in it and nowhere else."""
    if not _printers:
        raise NotPrinted("这里不能生成 PDF")
    return _printers[0](slips)
