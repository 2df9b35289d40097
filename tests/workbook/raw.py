"""A workbook written part by part, as programs other than openpyxl write it: shared strings, no dimension, odd claims."""

from __future__ import annotations

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_CONTENT_TYPES = f"""<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/></Types>"""
_ROOT = f"""<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument"
Target="xl/workbook.xml"/></Relationships>"""
_STYLES = f"""<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1">
<border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/>
</cellXfs></styleSheet>"""
_RELATIONS = f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{RELATIONS}/styles" Target="styles.xml"/>
<Relationship Id="rId3" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"""


def raw_workbook(
    name: str,
    data: str,
    strings: list[str],
    *,
    dimension: str = "",
    date1904: bool = False,
    date_format: int = 14,
    strings_part: bytes | None = None,
) -> io.BytesIO:
    """One sheet; `data` is what stands inside <sheetData>, whose t="s" cells count into `strings`. Style 1 is a date."""
    told = "".join(f"<si><t>{text}</t></si>" for text in strings)
    properties = '<workbookPr date1904="1"/>' if date1904 else ""
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _ROOT,
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{properties}<sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _RELATIONS,
        "xl/styles.xml": _STYLES.replace("14", str(date_format)),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{dimension}<sheetData>{data}</sheetData></worksheet>',
        "xl/sharedStrings.xml": strings_part if strings_part is not None else f'<sst xmlns="{MAIN}">{told}</sst>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part, content in parts.items():
            target.writestr(part, content)
    out.seek(0)
    return out
