"""The parts of an .xlsx that its cells depend on: which sheets, which texts, which styles mean a date.

openpyxl reads these together with fonts, fills and properties, and gives the whole file up when one of those is odd,
as other programs write them. Nothing here depends on how a workbook looks.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import parse  # type: ignore[import-untyped]
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from zhijiao.workbook.streams import shared_strings

_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
# Formats that Chinese Excel and WPS have built in, such as 31: yyyy"年"m"月"d"日" (ECMA-376, 18.8.30).
_CHINESE_DATES = frozenset([*range(27, 37), *range(50, 59)])


@dataclass(frozen=True)
class SheetPart:
    title: str
    path: str
    is_visible: bool


class Package:
    def __init__(self, source: Path | IO[bytes]) -> None:
        self.archive = zipfile.ZipFile(source)
        self._names = {name.lower(): name for name in self.archive.namelist()}
        main = self._targets("", "").get("officeDocument", ["xl/workbook.xml"])[0]
        self._folder = posixpath.dirname(main)
        self._relations = self._relations_of(main)
        workbook = self._tree(main)
        properties = _first(workbook, "workbookPr")
        self.epoch: dt.datetime = (
            MAC_EPOCH if properties is not None and properties.get("date1904") in ("1", "true") else WINDOWS_EPOCH
        )
        self.sheets = [part for element in _all(workbook, "sheet") if (part := self._sheet(element))]

    def close(self) -> None:
        self.archive.close()

    def open(self, path: str) -> IO[bytes]:
        return self.archive.open(self._names[path.lower()])

    @cached_property
    def strings(self) -> list[str]:
        """The texts that cells refer to by number."""
        path = self._path_of("sharedStrings")
        if not path:
            return []
        with self.open(path) as stream:
            return shared_strings(stream)

    @cached_property
    def date_styles(self) -> tuple[set[int], set[int]]:
        """Numbers of the styles that show a number as a date, and as a duration."""
        dates: set[int] = set()
        durations: set[int] = set()
        path = self._path_of("styles")
        if not path:
            return dates, durations
        styles = self._tree(path)
        formats = {int(f.get("numFmtId", "-1")): f.get("formatCode", "") for f in _all(styles, "numFmt")}
        cells = _first(styles, "cellXfs")
        for number, style in enumerate(cells if cells is not None else ()):
            used = int(style.get("numFmtId") or 0)
            code = formats.get(used) or BUILTIN_FORMATS.get(used, "")
            if is_timedelta_format(code):
                durations.add(number)
            if is_date_format(code) or (not code and used in _CHINESE_DATES):
                dates.add(number)
        return dates, durations

    def _sheet(self, element: Element) -> SheetPart | None:
        relation = element.get(_RELATION_ID) or element.get(_STRICT_RELATION_ID) or ""
        kind, path = self._relations.get(relation, ("", ""))
        if kind != "worksheet" or path.lower() not in self._names:
            return None  # a chart sheet, a dialog
        return SheetPart(element.get("name", ""), path, element.get("state", "visible") == "visible")

    def _path_of(self, kind: str) -> str:
        return next(
            (path for found, path in self._relations.values() if found == kind and path.lower() in self._names), ""
        )

    def _targets(self, folder: str, name: str) -> dict[str, list[str]]:
        targets: dict[str, list[str]] = {}
        for kind, path in self._relations_of(posixpath.join(folder, name)).values():
            targets.setdefault(kind, []).append(path)
        return targets

    def _relations_of(self, path: str) -> dict[str, tuple[str, str]]:
        """Id → kind and path."""
        folder, name = posixpath.split(path)
        part = posixpath.join(folder, "_rels", f"{name}.rels")
        if part.lower() not in self._names:
            return {}
        return {
            relation.get("Id", ""): (
                relation.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/"),
            )
            for relation in self._tree(part)
        }

    def _tree(self, path: str) -> Element:
        with self.open(path) as stream:
            root: Element = parse(stream).getroot()
        return root


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _all(root: Element, name: str) -> list[Element]:
    return [element for element in root.iter() if _local(element) == name]


def _first(root: Element, name: str) -> Element | None:
    return next((element for element in root.iter() if _local(element) == name), None)
