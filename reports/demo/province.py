"""The counties of a made-up province, each with its own name, code and numbers."""

from __future__ import annotations

from reports.demo.county import Wish

FIRST = "澄黛霁岫汀泠蘅曦霖澹昀葳溯萦淙筱栖碧玄岑"
SECOND = "岚壑崖渚麓坪屿谷塬峪津汐岱峦涧浔沚苑棠楸"
COUNTIES_A_PREFECTURE = 20
MOST = 600  # so many counties have identity numbers of their own (see names.People)


def wishes(
    number: int, seed: int = 1, *, schools: int = 60, teachers: int = 1200, secondments: int = 120
) -> list[Wish]:
    """`number` counties besides the one of load_demo."""
    if not 1 <= number < MOST:
        raise ValueError(f"县的个数应在 1 到 {MOST - 1} 之间")
    return [
        Wish(name(index), code(index), schools, teachers, secondments, seed, index)
        for index in range(1, number + 1)
    ]  # fmt: skip


def code(index: int) -> str:
    """Of the province 99, which there is not: 990121 is load_demo's county."""
    prefecture, place = divmod(index, COUNTIES_A_PREFECTURE)
    return f"99{prefecture + 1:02}{21 + place:02}"


def name(index: int) -> str:
    """澄岚县, 黛岚县 …; the last two hundred with a side of the sky before them."""
    whole, rest = divmod(index - 1, len(FIRST) * len(SECOND))
    second, first = divmod(rest, len(FIRST))
    return ("", "东", "西")[whole] + FIRST[first] + SECOND[(second + first) % len(SECOND)] + "县"
