"""数据来源表: every figure of a document once, what it means and of how many records it was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .tree import Cell, Document, Figure, Section, Table, number_text

TITLE = "数据来源表"
HEADER = ("数据", "数值", "口径", "记录数")
WIDTHS = (10.0, 5.4, 18.6, 4.6)  # in ems: a definition over two or three lines, the others on one
NOTE = "记录数是统计到的记录条数；比例的记录数，分子在前，分母在后。"


def with_sources(document: Document) -> Document:
    """The document with the table at its end, in place of one that it has already."""
    blocks = tuple(block for block in document.blocks if not is_sources(block))
    bare = replace(document, blocks=blocks)
    return replace(document, blocks=(*blocks, sources(bare)))


def sources(document: Document) -> Section:
    """An appendix, empty where the document has no figures; in order of first appearance."""
    figures = [figure for figure in document.distinct_figures() if figure.key and figure.is_listed]
    rows = tuple(_rows(figures))
    table = Table("", HEADER, rows, ("left", "right", "left", "right"), WIDTHS, NOTE, is_small=True)
    return Section(TITLE, (table,) if rows else (), is_appendix=True)


def is_sources(block: object) -> bool:
    """Is this the table, and not something that the document tells?"""
    return isinstance(block, Section) and block.is_appendix and block.title == TITLE


def told_value(figure: Figure) -> str:
    """The number with its unit, however the sentence words it."""
    if figure.value is None:
        return figure.text
    return f"{number_text(figure.value).replace(',', '')}{figure.unit}"


def told_records(figure: Figure) -> str:
    """12, of a ratio 12／40; a dash where it is not known."""
    return "／".join(number_text(part.records) for part in figure.parts or (figure,))


def _rows(figures: list[Figure]) -> Iterator[tuple[Cell, ...]]:
    explained: set[str] = set()
    for figure in figures:
        yield figure.name, replace(figure, text=told_value(figure)), _meaning(figure, explained), told_records(figure)


def _meaning(figure: Figure, explained: set[str]) -> str:
    """The definition in full once; of what a figure was narrowed to, only that."""
    ratio = "÷".join(f"{part.label}{told_value(part)}" for part in figure.parts)
    whole = figure.definition if not ratio else f"{figure.definition}（{ratio}）"
    if figure.of and figure.key in explained:
        return f"“{figure.label}”中属于“{figure.of}”的。"
    explained.add(figure.key)
    return whole
