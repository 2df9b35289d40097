"""A document as data that is kept, and back: what was issued is drawn again from it, whatever the records say by then."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from reports.documents import tree

_NODES = {
    node.__name__: node
    for node in vars(tree).values()
    if isinstance(node, type) and is_dataclass(node) and node.__module__ == tree.__name__
}


def packed(document: tree.Document) -> Any:
    """Lists, words and numbers that JSON can hold; each node with its type."""
    return _packed(document)


def unpacked(kept: Any) -> tree.Document:
    """The document that was packed: the same tree, with the same digest. ValueError where the data are none."""
    found = _unpacked(kept)
    if not isinstance(found, tree.Document):
        raise ValueError("封存的内容不是一份文件")
    return found


def _packed(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {"is": type(value).__name__} | {one.name: _packed(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, (tuple, list)):
        return [_packed(item) for item in value]
    if isinstance(value, Decimal):
        return {"is": "number", "text": str(value)}
    if isinstance(value, date):
        return {"is": "date", "text": value.isoformat()}
    return value


def _unpacked(kept: Any) -> Any:
    if isinstance(kept, list):
        return tuple(_unpacked(item) for item in kept)
    if not isinstance(kept, dict):
        return kept
    named = kept["is"]
    if named == "number":
        return Decimal(kept["text"])
    if named == "date":
        return date.fromisoformat(kept["text"])
    if named not in _NODES:
        raise ValueError(f"封存的内容里有不认识的“{named}”")
    values = {name: _unpacked(of) for name, of in kept.items() if name != "is"}
    if named == "Paragraph":
        return tree.Paragraph(*values["inlines"])
    return _NODES[named](**values)
