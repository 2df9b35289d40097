"""The Word file that every document starts from: our own styles, no theme, Chinese font names on every style.

Written as plain XML, because python-docx's default template brings a theme whose East Asian font is a Japanese one.
`w:altName` tells Word (and LibreOffice) which font to take where the first is not installed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
EPOCH = (1980, 1, 1, 0, 0, 0)  # equal trees make equal files: no time of writing in the archive

FANG, KAI, HEI, BIAO, SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"
# What stands in for a font that is not installed, its pitch class, and whether it is a serif.
FONTS = {
    FANG: ("仿宋", "modern"),
    KAI: ("楷体", "modern"),
    HEI: ("SimHei", "modern"),
    BIAO: ("宋体", "auto"),
    SONG: ("SimSun", "auto"),
}
RED = "E60012"
LINE = 579  # twentieths of a point: 28.95 pt, 22 lines on 225 mm
CLOSER = -5  # a quarter of a point between hanzi: 28 to a line
# What Word does anyway. LibreOffice reads it the other way round and lets no sign hang over the margin, where with letters
# this close it loses one now and then.
OVERFLOW = '<w:overflowPunct w:val="1"/>'


@dataclass(frozen=True)
class Style:
    """A paragraph style. Sizes in points, indents in hanzi, lines in twentieths of a point."""

    id: str
    name: str
    font: str
    size: float
    alignment: str = "both"
    first_line: int = 0  # in hundredths of a hanzi
    line: int = LINE
    rule: str = "exact"
    before: int = 0
    after: int = 0
    closer: int = 0
    outline: int | None = None
    keep_next: bool = False
    is_bold: bool = False
    colour: str = ""
    rule_below: str = ""  # colour of a line under the paragraph
    based_on: str = "Normal"


STYLES = (
    Style("Normal", "Normal", FANG, 16, first_line=200, closer=CLOSER, based_on=""),
    Style("Title", "Title", BIAO, 22, "center", line=720, after=200),
    Style("Subtitle", "Subtitle", KAI, 16, "center", after=200),
    Style("DocumentNumber", "发文字号", FANG, 16, "center", after=100),
    Style(
        "RedMark",
        "发文机关标志",
        BIAO,
        46,
        "center",
        line=240,
        rule="auto",
        before=round(35 * 56.7),
        after=1158,
        colour=RED,
    ),
    Style("RedNumber", "版头发文字号", FANG, 16, "center", after=1158, rule_below=RED),
    Style("Photo", "照片", FANG, 12, "center", line=240, rule="auto", before=100, after=60),
    Style("PhotoCaption", "照片说明", HEI, 14, "center", line=400, after=100),
    Style("Heading1", "heading 1", HEI, 16, "left", 200, closer=CLOSER, outline=0, keep_next=True),
    Style("Heading2", "heading 2", KAI, 16, "left", 200, closer=CLOSER, outline=1, keep_next=True),
    Style("Heading3", "heading 3", FANG, 16, "left", 200, closer=CLOSER, outline=2, keep_next=True, is_bold=True),
    Style("Heading4", "heading 4", FANG, 16, "left", 200, closer=CLOSER, outline=3, keep_next=True),
    Style("Appendix", "附件标题", HEI, 16, "left", outline=0, keep_next=True),
    Style("Addressee", "主送机关", FANG, 16, closer=CLOSER),
    Style("SignedBy", "落款", FANG, 16, "right"),
    Style("Caption", "caption", HEI, 14, "center", line=400, before=100, after=60, keep_next=True),
    Style("Remark", "表注", FANG, 10.5, "left", line=300, before=60, after=100),
    Style("Note", "附注", FANG, 14, "both", 200, line=500),
    Style("Cell", "表格文字", FANG, 12, "left", line=320, rule="atLeast"),
    Style("Cell10", "表格文字五号", FANG, 10.5, "left", line=280, rule="atLeast", based_on="Cell"),
    Style("Cell9", "表格文字小五", FANG, 9, "left", line=240, rule="atLeast", based_on="Cell"),
    Style("CellHead", "表头文字", HEI, 12, "center", line=320, rule="atLeast", based_on="Cell"),
    Style("CellHead10", "表头文字五号", HEI, 10.5, "center", line=280, rule="atLeast", based_on="CellHead"),
    Style("CellHead9", "表头文字小五", HEI, 9, "center", line=240, rule="atLeast", based_on="CellHead"),
    Style("FormTitle", "表单标题", BIAO, 20, "center", line=560, after=120),
    Style("FormText", "表单正文", FANG, 14, "both", 200, line=500),
    Style("FormLabel", "表单栏目", HEI, 12, "center", line=362, rule="atLeast"),
    Style("FormEnds", "表单题头", FANG, 12, "both", line=362, rule="atLeast", after=60),
    Style("FormCell", "表单填写", FANG, 12, "center", line=362, rule="atLeast"),
    Style("CertificateTitle", "证明标题", BIAO, 26, "center", line=720, before=340, after=200),
    Style("CertificateText", "证明正文", FANG, 15, "both", 200, line=600),
    Style("header", "header", SONG, 9, "center", line=240, rule="auto"),
    Style("footer", "footer", SONG, 14, "right", line=240, rule="auto"),
    Style("FooterEven", "偶数页码", SONG, 14, "left", line=240, rule="auto", based_on="footer"),
    Style("FooterMiddle", "居中页码", SONG, 10.5, "center", line=240, rule="auto", based_on="footer"),
)


def fonts_xml(font: str) -> str:
    """The same name for every script: digits and quotation marks then stand as the hanzi beside them."""
    return f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}" w:hint="eastAsia"/>'


@lru_cache(maxsize=1)
def base_bytes() -> bytes:
    """The empty file, to be opened with python-docx."""
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _RELATIONS,
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body><w:sectPr/></w:body></w:document>',
        "word/_rels/document.xml.rels": _DOCUMENT_RELATIONS,
        "word/styles.xml": _styles_xml(),
        "word/settings.xml": _SETTINGS,
        "word/fontTable.xml": _font_table_xml(),
        "docProps/core.xml": _CORE,
        "docProps/app.xml": _APP,
    }
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return packed({name: (head + xml).encode() for name, xml in parts.items()})


def packed(parts: dict[str, bytes]) -> bytes:
    """An archive without a time in it, in the order given."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = ZipInfo(name, EPOCH)
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, content)
    return file.getvalue()


def _styles_xml() -> str:
    return (
        f'<w:styles xmlns:w="{W}">'
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts_xml(FANG)}"
        '<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/></w:pPr></w:pPrDefault></w:docDefaults>'
        + "".join(map(_style_xml, STYLES))
        + _CHARACTER_STYLES
        + _TABLE_STYLES
        + "</w:styles>"
    )


def _style_xml(style: Style) -> str:
    default = ' w:default="1"' if style.id == "Normal" else ""
    custom = "" if style.name.isascii() else ' w:customStyle="1"'
    based = f'<w:basedOn w:val="{style.based_on}"/>' if style.based_on else ""
    following = "" if style.outline is None else '<w:next w:val="Normal"/>'
    keep = "<w:keepNext/>" if style.keep_next else ""
    indent = f'<w:ind w:firstLineChars="{style.first_line}" w:firstLine="{round(style.first_line * style.size / 5)}"/>'
    outline = "" if style.outline is None else f'<w:outlineLvl w:val="{style.outline}"/>'
    bold = "<w:b/>" if style.is_bold else ""
    colour = f'<w:color w:val="{style.colour}"/>' if style.colour else ""
    below = (
        f'<w:pBdr><w:bottom w:val="single" w:sz="16" w:space="11" w:color="{style.rule_below}"/></w:pBdr>'
        if style.rule_below
        else ""
    )
    half_points = round(style.size * 2)
    return (
        f'<w:style w:type="paragraph"{default}{custom} w:styleId="{style.id}"><w:name w:val="{style.name}"/>{based}{following}<w:qFormat/>'
        f'<w:pPr>{keep}{below}{OVERFLOW}<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        f'<w:spacing w:before="{style.before}" w:after="{style.after}" w:line="{style.line}" w:lineRule="{style.rule}"/>'
        f'{indent}<w:jc w:val="{style.alignment}"/>{outline}</w:pPr>'
        f'<w:rPr>{fonts_xml(style.font)}{bold}{colour}<w:spacing w:val="{style.closer}"/>'
        f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr></w:style>'
    )


def _font_table_xml() -> str:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="{family}"/></w:font>'
        for name, (other, family) in FONTS.items()
    )
    return f'<w:fonts xmlns:w="{W}">{fonts}</w:fonts>'


def _borders(tag: str, kind: str, sides: tuple[str, ...]) -> str:
    lines = "".join(f'<w:{side} w:val="{kind}" w:sz="4" w:space="0" w:color="auto"/>' for side in sides)
    return f"<w:{tag}>{lines}</w:{tag}>"


_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_CELL_MARGINS = (
    '<w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="80" w:type="dxa"/>'
    '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar>'
)
_CHARACTER_STYLES = (
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/>'
    "</w:style>"  # without fonts: they would win over those of the paragraph's style
    '<w:style w:type="character" w:customStyle="1" w:styleId="Emphasised"><w:name w:val="着重"/><w:qFormat/>'
    f"<w:rPr>{fonts_xml(HEI)}</w:rPr></w:style>"
)
_TABLE_STYLES = (
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    f'<w:tblPr><w:tblInd w:w="0" w:type="dxa"/>{_CELL_MARGINS}</w:tblPr></w:style>'
    '<w:style w:type="table" w:customStyle="1" w:styleId="PaperTable"><w:name w:val="公文表格"/><w:basedOn w:val="TableNormal"/><w:qFormat/>'
    f"<w:rPr>{fonts_xml(FANG)}</w:rPr>"
    f"<w:tblPr>{_borders('tblBorders', 'single', _SIDES)}{_CELL_MARGINS}</w:tblPr>"
    '<w:tcPr><w:vAlign w:val="center"/></w:tcPr>'
    f'<w:tblStylePr w:type="firstRow"><w:rPr>{fonts_xml(HEI)}</w:rPr></w:tblStylePr>'
    f'<w:tblStylePr w:type="lastRow"><w:rPr>{fonts_xml(HEI)}</w:rPr></w:tblStylePr></w:style>'
    '<w:style w:type="table" w:customStyle="1" w:styleId="BareTable"><w:name w:val="无线表格"/><w:basedOn w:val="TableNormal"/><w:qFormat/>'
    f'<w:tblPr>{_CELL_MARGINS}</w:tblPr><w:tcPr><w:vAlign w:val="center"/></w:tcPr></w:style>'
)
_SETTINGS = (
    f'<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:evenAndOddHeaders/><w:defaultTabStop w:val="420"/>'
    '<w:characterSpacingControl w:val="compressPunctuation"/>'
    '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="zh-CN" w:eastAsia="zh-CN"/></w:settings>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_ML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CONTENT_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_ML}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_ML}.styles+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{_ML}.settings+xml"/>'
    f'<Override PartName="/word/fontTable.xml" ContentType="{_ML}.fontTable+xml"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    '<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>'
    "</Types>"
)
_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/relationships/extended-properties" Target="docProps/app.xml"/>'
    "</Relationships>"
)
_DOCUMENT_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/relationships/settings" Target="settings.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/relationships/fontTable" Target="fontTable.xml"/>'
    "</Relationships>"
)
_CORE = (
    f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'
)
_APP = f'<Properties xmlns="{_OFFICE}/extended-properties"><Application>支教管理系统</Application></Properties>'
