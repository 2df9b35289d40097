"""The document as plain text, for mail and for reading aloud: numbered headings, indented paragraphs, aligned tables."""

from .tree import (
    Addressee,
    Alignment,
    Document,
    Ends,
    FlowItem,
    Form,
    Heading,
    NumberedChart,
    NumberedTable,
    PageBreak,
    Paragraph,
    Photo,
    QrCode,
    SheetHead,
    Signature,
    Table,
    text_of,
)
from .widths import width_in_ems

INDENT = "　　"
LINE_EMS = 40  # how wide a signature is pushed out
RULE = "─"


def render_text(document: Document) -> str:
    head = [] if document.is_bound else [*document.title_lines, document.number, document.byline_text]
    if document.has_red_head:
        head = [document.red_head, document.number, *document.title_lines, document.byline_text]
    parts = ["\n".join(line for line in head if line)]
    parts.extend(_item_text(item) for item in document.flow())
    parts.extend(f"注：{note}" for note in document.notes)
    return "\n\n".join(part for part in parts if part) + "\n"


def _item_text(item: FlowItem) -> str:
    if isinstance(item, Heading):
        return INDENT + item.text
    if isinstance(item, Paragraph):
        return INDENT + item.text
    if isinstance(item, (Addressee, Ends, QrCode, SheetHead, PageBreak)):
        return item.text
    if isinstance(item, Photo):
        return f"〔照片〕{item.caption}"
    if isinstance(item, Form):
        return _form_text(item)
    if isinstance(item, NumberedTable):
        return _table_text(f"{item.label}　{item.table.caption}" if item.label else "", item.table)
    if isinstance(item, NumberedChart):
        limit = item.chart.limit
        return _table_text(item.caption, item.chart.numbers) + (f"\n{limit.label}" if limit else "")
    return _signature_text(item)


def _form_text(form: Form) -> str:
    """Label and value in pairs, a row of the form a line."""
    lines = ["　".join("\n".join((box.text, *box.foot)) for box in row if box.text or box.foot) for row in form.rows]
    return "\n".join(line for line in lines if line)


def _signature_text(signature: Signature) -> str:
    lines = [signature.organisation, signature.date_text]
    return "\n".join(_padded(line, LINE_EMS, "right") for line in lines if line)


def _table_text(caption: str, table: Table) -> str:
    heads = [[cell.text if cell else "" for cell in row] for row in table.header_grid]
    rows = [[text_of(cell) for cell in row] for row in table.rows]
    columns = table.columns
    widths = [max((width_in_ems(row[i]) for row in (*heads, *rows) if i < len(row)), default=0) for i in range(columns)]
    rule = RULE * int(sum(widths) + columns - 1)
    lines = [caption, *(_row_text(row, widths, table.column_alignments) for row in heads), rule if heads else ""]
    for i, row in enumerate(rows):
        if table.has_total and i == len(rows) - 1:
            lines.append(rule)
        lines.append(_row_text(row, widths, table.column_alignments))
    lines.append(f"注：{table.note}" if table.note else "")
    return "\n".join(line for line in lines if line)


def _row_text(row: list[str], widths: list[float], alignments: tuple[Alignment, ...]) -> str:
    cells = [_padded(text, width, side) for text, width, side in zip(row, widths, alignments, strict=False)]
    return "　".join(cells).rstrip()


def _padded(text: str, ems: float, side: Alignment) -> str:
    """Filled with blanks to the width; a blank is half as wide as a hanzi."""
    blanks = max(round((ems - width_in_ems(text)) * 2), 0)
    if side == "right":
        return " " * blanks + text
    if side == "center":
        return " " * (blanks // 2) + text + " " * (blanks - blanks // 2)
    return text + " " * blanks
