"""How many more have to go until a ratio is reached. Pure arithmetic."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction


def more_needed(part: int | Decimal, whole: int | Decimal, percent: Decimal, *, widens: bool) -> int | None:
    """The least number of people who must be added so that `part` is at least `percent` of `whole`.

    `widens`: whoever is added to the part is added to the whole too, as a backbone teacher who is exchanged is one of those
    exchanged. None where no number is enough: there is no whole, or all of it are asked for and some are not.
    """
    limit, part_known, whole_known = Fraction(percent) / 100, Fraction(part), Fraction(whole)
    if whole_known <= 0:
        return 1 if widens else None
    short = limit * whole_known - part_known
    if short <= 0:
        return 0
    if not widens:
        return math.ceil(short)
    return None if limit >= 1 else math.ceil(short / (1 - limit))
