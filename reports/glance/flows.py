"""Where teachers come from and go to: between schools, and between town and village; and the picture of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from assignments.choices import Location
from reports.documents.widths import wrap
from reports.figures import REGISTRY, Asked, Counted
from reports.figures.selection import seconded

MOST = 20  # bands; more cannot be told apart
OTHERS, UNKNOWN, NOWHERE = "其他", "城乡未登记", "还没有安排学校"


@dataclass(frozen=True)
class Flow:
    """So many from one school to another; `counted` opens them."""

    source: str
    target: str
    number: int
    counted: Counted | None = None


@dataclass(frozen=True)
class Flows:
    """The largest pairs, the rest in one, and the same by kind of place."""

    pairs: tuple[Flow, ...]
    places: dict[tuple[str, str], Counted]  # by codes of Location, "" where it is not known
    whole: int

    @property
    def shown(self) -> tuple[Flow, ...]:
        """At most twenty, and what is left."""
        if len(self.pairs) <= MOST:
            return self.pairs
        rest = self.pairs[MOST:]
        return (*self.pairs[:MOST], Flow(OTHERS, OTHERS, sum(flow.number for flow in rest)))

    @property
    def left_out(self) -> int:
        return max(0, len(self.pairs) - MOST)

    @property
    def most(self) -> int:
        return max((flow.number for flow in self.pairs), default=0)


def flows(asked: Asked) -> Flows:
    """One question: who went from where to where, by the first school they came to."""
    columns = ("sending_school__name", "placed_name", "sending_school__location", "placed_location")
    rows = seconded(asked).order_by().values_list(*columns).annotate(number=Count("pk"))
    pairs: Counter[tuple[str, str | None]] = Counter()
    places: Counter[tuple[str, str]] = Counter()
    for source, target, begins, ends, number in rows:
        pairs[source, target] += number
        if target is not None:
            places[begins, ends or ""] += number
    in_order = sorted(pairs.items(), key=lambda item: (-item[1], item[0][0], item[0][1] or ""))
    told = tuple(_flow(asked, source, target, number) for (source, target), number in in_order)
    return Flows(told, {ways: _by_place(asked, *ways, number) for ways, number in places.items()}, sum(pairs.values()))


def _flow(asked: Asked, source: str, target: str | None, number: int) -> Flow:
    if target is None:
        return Flow(source, NOWHERE, number)
    return Flow(
        source, target, number, Counted(REGISTRY["seconded"], asked, number, (("from", source), ("to", target)))
    )


def _by_place(asked: Asked, begins: str, ends: str, number: int) -> Counted:
    return Counted(REGISTRY["seconded"], asked, number, (("from_location", begins), ("to_location", ends)))


@dataclass(frozen=True)
class PlaceRow:
    """From one kind of place to each of the others."""

    label: str
    cells: tuple[Counted | None, ...]

    @property
    def total(self) -> int:
        return sum(int(cell.value) for cell in self.cells if cell)


def place_table(told: Flows) -> tuple[tuple[str, ...], list[PlaceRow]]:
    """Heads and rows; kinds of place that nobody comes from or goes to are left out."""
    names = [*Location.choices, ("", UNKNOWN)]
    begins = [one for one in names if any(begin == one[0] for begin, _ in told.places)]
    ends = [one for one in names if any(end == one[0] for _, end in told.places)]
    rows = [PlaceRow(label, tuple(told.places.get((code, end)) for end, _ in ends)) for code, label in begins]
    return tuple(label for _, label in ends), rows


# --- the picture -------------------------------------------------------------------------------------------------------

WIDTH, LEFT, RIGHT, THICK = 640, 196, 444, 8  # the words stand at both sides of the bands
LINE, GAP = 18, 10  # a line of words, and what is left free between two schools
LARGEST = 96  # how high the largest school is drawn


@dataclass(frozen=True)
class Node:
    """A school at one side, with its lines of words."""

    x: float
    y: float
    height: float
    words: tuple[tuple[float, str], ...]  # where each line stands


@dataclass(frozen=True)
class Band:
    """From one school to another, as wide as there are teachers."""

    path: str
    told: str


@dataclass(frozen=True)
class Picture:
    width: int
    height: float
    left: tuple[Node, ...]
    right: tuple[Node, ...]
    bands: tuple[Band, ...]


def draw_flows(shown: Sequence[Flow]) -> Picture | None:
    """Bands from the senders at the left to the receivers at the right; width and words tell all, colour nothing."""
    if not shown:
        return None
    sources, targets = _totals((flow.source, flow.number) for flow in shown), _totals((flow.target, flow.number) for flow in shown)  # fmt: skip
    scale = _scale((sources, targets))
    left, left_end = _nodes(sources, scale, LEFT)
    right, right_end = _nodes(targets, scale, RIGHT - THICK)
    used: dict[tuple[str, str], float] = defaultdict(float)
    bands = []
    places = {name: place for place, name in enumerate(targets)}
    for flow in sorted(shown, key=lambda one: (list(sources).index(one.source), places[one.target])):
        thick = flow.number * scale
        begin = left[flow.source].y + used["from", flow.source]
        end = right[flow.target].y + used["to", flow.target]
        used["from", flow.source] += thick
        used["to", flow.target] += thick
        bands.append(Band(_path(begin, end, thick), f"{flow.source} → {flow.target}：{flow.number} 人"))
    return Picture(WIDTH, round(max(left_end, right_end), 1), tuple(left.values()), tuple(right.values()), tuple(bands))


def _scale(sides: Sequence[dict[str, int]]) -> float:
    """By the largest school; the rest, which may be many, does not press the others flat."""
    known = [number for side in sides for name, number in side.items() if name != OTHERS]
    rest = max((side.get(OTHERS, 0) for side in sides), default=0)
    return min(LARGEST / max(known, default=1), LARGEST * 2.5 / max(rest, 1))


def _totals(parts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Largest first, what is left always last."""
    found: Counter[str] = Counter()
    for name, number in parts:
        found[name] += number
    return dict(sorted(found.items(), key=lambda item: (item[0] == OTHERS, -item[1], item[0])))


def _nodes(totals: dict[str, int], scale: float, x: float) -> tuple[dict[str, Node], float]:
    nodes, y = {}, 4.0
    for name, number in totals.items():
        height = max(2.0, number * scale)
        lines = [*wrap(name, 10)[:2]]
        lines[-1] += f" {number} 人"
        room = max(height, len(lines) * LINE)
        first = y + room / 2 - (len(lines) - 1) * LINE / 2 + 5
        words = tuple((round(first + place * LINE, 1), line) for place, line in enumerate(lines))
        nodes[name] = Node(x, round(y + (room - height) / 2, 1), round(height, 1), words)
        y += room + GAP
    return nodes, y


def _path(begin: float, end: float, thick: float) -> str:
    x0, x1 = LEFT + THICK, RIGHT - THICK
    middle = (x0 + x1) / 2
    a, b, c, d = (round(number, 1) for number in (begin, end, begin + thick, end + thick))
    return f"M{x0},{a} C{middle},{a} {middle},{b} {x1},{b} L{x1},{d} C{middle},{d} {middle},{c} {x0},{c} Z"
