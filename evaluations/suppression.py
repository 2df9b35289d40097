"""What of unnamed answers may be shown so that no small group's answers are told, not even by subtraction. Pure arithmetic.

Three rules, each of them decided by how many answered and never by what they answered, so that what is hidden tells nothing:

* a group is shown from `LEAST` answers on;
* the parts of a whole that is shown (the classes of a questionnaire) are shown all or not at all: were one of them small and
  the others shown, a subtraction would tell it. Hiding a second one besides would not do: where nobody of the two chose an
  option, or everybody, both are known;
* a sum over parts that were shown before, each in its own time (the questionnaires of one inspection), has no small part in
  it: a sum of today less that of yesterday is what came in between.

What stays: an option that nobody of a shown group chose was chosen by nobody in any part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LEAST = 5  # valid answers, below which nothing is shown

Counts = Sequence[int]


def is_small(number: int) -> bool:
    """Somebody answered, and fewer than may be told."""
    return 0 < number < LEAST


def whole_is_shown(parts: Iterable[Counts]) -> bool:
    """Whether all classes together may be told."""
    return sum(sum(part) for part in parts) >= LEAST


def parts_are_shown(parts: Sequence[Counts], sizes: Sequence[int] = ()) -> bool:
    """Whether each class may be told beside all of them. `sizes`: how many valid answers each has, where that is more."""
    numbers = [sum(part) for part in parts]
    some = [number for number in numbers if number]
    return len(some) > 1 and not any(map(is_small, (*numbers, *sizes)))


def sum_is_shown(numbers: Iterable[int]) -> bool:
    """Whether groups that are told one by one, at any time, may be told as a sum too."""
    known = list(numbers)
    return sum(known) >= LEAST and not any(map(is_small, known))


def rest_is_shown(whole: int, parts: Iterable[int]) -> bool:
    """Whether a whole may be told beside some of its parts: what is left is nobody, or enough."""
    left = whole - sum(parts)
    return left <= 0 or left >= LEAST
