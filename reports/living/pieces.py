"""The report as it is generated, cut into the pieces that a draft begins with: headings, paragraphs, tables, charts.

A piece is known by where it comes from: 选派情况/坚持向薄弱学科倾斜/2. So the generated text can be asked for again beside
the edited one, and a table or a chart follows the records without being copied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reports.annual_report import annual_report
from reports.documents.sources import is_sources
from reports.documents.tree import Block, Chart, Document, Paragraph, Section, Signature, Table
from reports.figures import Asked
from reports.living import tokens
from reports.models import PassageKind

OPENING = "导语"


@dataclass(frozen=True)
class Piece:
    """One piece. `text`: of a heading its title, of a table or chart its caption. `block`: of a table or chart, itself."""

    source: str
    kind: str
    level: int
    text: str
    is_appendix: bool = False
    block: Table | Chart | None = None


@dataclass(frozen=True)
class Generated:
    """A whole report as the records tell it now."""

    document: Document
    pieces: tuple[Piece, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_source", {piece.source: piece for piece in self.pieces})

    def get(self, source: str) -> Piece | None:
        found: dict[str, Piece] = self._by_source  # type: ignore[attr-defined]
        return found.get(source)


def generated(asked: Asked) -> Generated:
    """Made once within one look at a report."""

    def make() -> Generated:
        document = annual_report(asked)
        return Generated(document, tuple(_cut(document.blocks, asked)))

    made: Generated = asked.remember("generated report", make)
    return made


def _cut(blocks: Iterable[Block], asked: Asked) -> Iterator[Piece]:
    used: Counter[str] = Counter()
    for piece in _walk(blocks, asked, OPENING, 1, False):
        used[piece.source] += 1
        number = used[piece.source]
        source = piece.source if number == 1 else f"{piece.source}#{number}"
        yield Piece(source, piece.kind, piece.level, piece.text, piece.is_appendix, piece.block)


def _walk(blocks: Iterable[Block], asked: Asked, path: str, level: int, is_appendix: bool) -> Iterator[Piece]:
    told = 0
    for block in blocks:
        if block.is_empty or isinstance(block, Signature) or is_sources(block):
            continue
        if isinstance(block, Section):
            below = block.title if level == 1 else f"{path}/{block.title}"
            appended = is_appendix or block.is_appendix
            yield Piece(below[:280], PassageKind.HEADING, level, block.title, appended)
            yield from _walk(block.blocks, asked, below[:250], level + 1, appended)
        elif isinstance(block, Paragraph):
            told += 1
            yield Piece(f"{path}/{told}", PassageKind.PARAGRAPH, 0, tokens.markup_of(block.inlines, asked), is_appendix)
        elif isinstance(block, Table):
            yield Piece(f"{path}/表 {block.caption}"[:290], PassageKind.TABLE, 0, block.caption, is_appendix, block)
        elif isinstance(block, Chart):
            yield Piece(f"{path}/图 {block.caption}"[:290], PassageKind.CHART, 0, block.caption, is_appendix, block)
