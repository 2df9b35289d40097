"""Keeps the grid of 22 lines: what carries the class `snap` (title, table, chart) is filled up to whole lines.

Uses a private function of WeasyPrint 70.* (pinned in pyproject.toml); a test counts the lines of full pages.
"""

from typing import Any

from weasyprint.layout import block

LINE = 225 / 25.4 * 96 / 22  # a 22nd of 225 mm, in CSS pixels
HAIR = 0.05  # less than this over a whole line is no line more

lay_out_block = block.block_container_layout


def install() -> None:
    block.block_container_layout = snapping_layout


def snapping_layout(context: Any, box: Any, bottom_space: float, skip_stack: Any, *args: Any, **kwargs: Any) -> Any:
    result = lay_out_block(context, box, bottom_space, skip_stack, *args, **kwargs)
    new_box, resume_at = result[0], result[1]
    if new_box is not None and resume_at is None and _is_snapped(box):
        fill_up(new_box, room=context.page_bottom - bottom_space, is_whole=skip_stack is None)
    return result


def fill_up(box: Any, *, room: float, is_whole: bool) -> None:
    """Add what is missing to whole lines, never over the page's foot; half above where the block is whole."""
    over = box.border_height() % LINE
    if over <= HAIR:
        return
    missing = min(LINE - over, max(room - box.position_y - box.border_height(), 0))
    box.height += missing
    if is_whole:
        for child in box.children:
            child.translate(dy=missing / 2)


def _is_snapped(box: Any) -> bool:
    element = getattr(box, "element", None)
    return (
        element is not None and not box.element_tag.endswith("::before") and "snap" in element.get("class", "").split()
    )
