"""No answer of a small group is told, also not by reckoning: a thousand made-up counties publish, and somebody tries."""

import copy
import datetime as dt
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations import results, suppression
from evaluations.choices import Opinion
from evaluations.models import Question, QuestionnaireClass, QuestionnaireCount, QuestionOption, tellable_among
from evaluations.questionnaires.feeding import together
from evaluations.results import Summary
from tests.full_records import fill_inspection

COUNTIES, SEED = 1000, 20261123
OPINIONS = tuple(Opinion.values)


def seeded(more=0):
    return random.Random(SEED + more)  # noqa: S311 (made-up counties, the same every time)


# --- a county: questionnaires of an inspection, each a list of questions, each a list of classes, each a list of counts ---


def made(chance):
    return [questionnaire(chance) for _ in range(chance.randint(1, 4))]


def questionnaire(chance):
    sizes = [chance.choice((0, 1, 2, 3, 4, 5, 6, 9, 30)) for _ in range(chance.randint(1, 5))]
    return {"sizes": sizes, "questions": [question(chance, sizes) for _ in range(chance.randint(1, 3))]}


def question(chance, sizes):
    number, blanks = len(OPINIONS), chance.choice((0, 0, 0.1))
    liked = [chance.random() ** 3 + 0.01 for _ in range(number)]
    rows = []
    for size in sizes:
        row = [0] * number
        for _ in range(size):
            if chance.random() >= blanks:
                row[chance.choices(range(number), liked)[0]] += 1
        rows.append(row)
    return rows


# --- what it publishes, with the product's own functions -----------------------------------------------------------------


def published(county, chosen=None):
    """Everything anybody is shown, in the order in which it is shown: each questionnaire, then the sum of those so far."""
    shown, closed = [], []
    for number, one in enumerate(county):
        shown.append([result_of(one, rows, chosen) for rows in one["questions"]] if sum(one["sizes"]) >= 5 else None)
        closed.append(summary(number, one))
        shown.append(together(closed))
    return shown


def result_of(one, rows, chosen=None):
    options = [
        QuestionOption(pk=place, number=place, text=str(place), opinion=opinion)
        for place, opinion in enumerate(OPINIONS)
    ]
    classes = [QuestionnaireClass(pk=place, name=str(place), valid=size) for place, size in enumerate(one["sizes"])]
    counted = {(place, option): number for place, row in enumerate(rows) for option, number in enumerate(row)}
    told = (chosen or results._result)(Question(pk=1, number=1, text="喜欢吗"), options, classes, counted)
    whole = None if told.is_hidden else tuple(number for _, number in told.counts)
    return whole, {int(one.name): tuple(share.number for share in one.shares) for one in told.classes}


def summary(number, one):
    rows = one["questions"][0]
    said = {opinion: sum(row[place] for row in rows) for place, opinion in enumerate(OPINIONS)}
    valid = sum(one["sizes"])
    return Summary(number, "pupils", valid, valid, valid, results._tellable(said, valid))


# --- the attacker: knows how many of each class answered each question, and everything that is shown ----------------------


def bounds(county, shown):
    """The least and the most that each cell can be: every shown sum is an equation, followed until nothing changes any more."""
    cells, equations = {}, []
    for number, one in enumerate(county):
        for place, rows in enumerate(one["questions"]):
            for row, counts in enumerate(rows):
                keys = [(number, place, row, option) for option in range(len(OPINIONS))]
                cells |= {key: (0, sum(counts)) for key in keys}
                equations.append((keys, sum(counts)))
            whole, classes = (shown[2 * number] or {place: (None, {})})[place] if shown[2 * number] else (None, {})
            columns = range(len(OPINIONS)) if whole else ()
            equations += [([(number, place, row, o) for row in range(len(rows))], whole[o]) for o in columns]
            equations += [([(number, place, row, o)], counts[o]) for row, counts in classes.items() for o in columns]
    for number, told in enumerate(shown[1::2]):
        for option, name in enumerate(("satisfied", "fairly_satisfied", "dissatisfied")):
            if told is not None and getattr(told, name) is not None:
                keys = [(q, 0, row, option) for q in range(number + 1) for row in range(len(county[q]["sizes"]))]
                equations.append((keys, getattr(told, name)))
    return follow(cells, equations)


def follow(cells, equations):
    changed = True
    while changed:
        changed = False
        for keys, whole in equations:
            least, most = sum(cells[key][0] for key in keys), sum(cells[key][1] for key in keys)
            for key in keys:
                low, high = cells[key]
                new = max(low, whole - (most - high)), min(high, whole - (least - low))
                if new != (low, high):
                    cells[key], changed = new, True
                    least, most = least + new[0] - low, most + new[1] - high
    return cells


def small_cells(county):
    """Of groups of one to four, the answers; but for what all who are shown together said, or nobody of them."""
    for number, one in enumerate(county):
        for place, rows in enumerate(one["questions"]):
            totals = [sum(column) for column in zip(*rows, strict=True)]
            for row, counts in enumerate(rows):
                is_hidden = suppression.is_small(sum(counts)) or suppression.is_small(one["sizes"][row])
                for option, total in enumerate(totals):
                    is_plain = sum(totals) >= suppression.LEAST and total in (0, sum(totals))
                    if is_hidden and sum(counts) and not is_plain:
                        yield number, place, row, option


def found_out(county, shown):
    cells = bounds(county, shown)
    return [key for key in small_cells(county) if cells[key][0] == cells[key][1]]


def test_of_a_thousand_counties_no_answer_of_few_is_found_out():
    chance, hidden = seeded(), 0
    for number in range(COUNTIES):
        county = made(chance)
        shown = published(county)
        hidden += len(list(small_cells(county)))
        assert found_out(county, shown) == [], (number, county)
    print(f"\n{hidden} hidden cells")
    assert hidden > 5000


def test_another_county_would_have_published_the_same():
    """Of each small class: two answers changed with another class, and every line that is shown is the same, in its order.

    So nobody who knows these very rules learns from what was hidden either.
    """
    chance, tried = seeded(1), 0
    for _ in range(COUNTIES // 3):
        county = made(chance)
        shown = published(county)
        for number, place, row, option in small_cells(county):
            other = exchanged(county, number, place, row, option)
            assert other["questions"][place][row][option] != county[number]["questions"][place][row][option]
            assert published([other if each == number else one for each, one in enumerate(county)]) == shown
            tried += 1
    assert tried > 2000


def exchanged(county, number, place, row, option):
    """The same questionnaire, but that the class chose this option once more or once less, and another class the other way."""
    one = copy.deepcopy(county[number])
    rows = one["questions"][place]
    mine = rows[row]
    if sum(map(sum, rows)) < suppression.LEAST:  # nothing of it is shown: an answer is another
        other = next(o for o in range(len(mine)) if o != option and (mine[o] or mine[option]))
        step = -1 if mine[option] else 1
        mine[option], mine[other] = mine[option] + step, mine[other] - step
        return one
    for theirs in (each for place_of, each in enumerate(rows) if place_of != row):
        for other in range(len(mine)):
            for step in (1, -1):
                gives, takes = (other, option) if step == 1 else (option, other)
                if other != option and mine[gives] and theirs[takes]:
                    mine[gives], mine[takes], theirs[gives], theirs[takes] = (
                        mine[gives] - 1, mine[takes] + 1, theirs[gives] + 1, theirs[takes] - 1,
                    )  # fmt: skip
                    return one
    raise AssertionError((rows, row, option))


def test_the_attacker_finds_it_where_only_the_small_class_is_hidden(monkeypatch):
    """As most would do it: the others are shown, and the sum. He has to be right then."""
    monkeypatch.setattr(results, "parts_are_shown", lambda parts, sizes=(): True)
    kept = results._result

    def careless(question, options, classes, counted):
        told = kept(question, options, classes, counted)
        shown = tuple(one for one in told.classes if sum(share.number for share in one.shares) >= 5)
        return results.QuestionResult(told.question, told.counts, shown)

    chance = seeded()
    counties = [made(chance) for _ in range(100)]
    assert sum(len(found_out(county, published(county, careless))) for county in counties) > 50


def test_the_attacker_finds_it_where_a_sum_has_a_small_part(monkeypatch):
    monkeypatch.setattr(results, "_tellable", lambda said, valid: dict(said))
    monkeypatch.setattr("evaluations.questionnaires.feeding.sum_is_shown", lambda numbers: True)
    chance = seeded()
    counties = [made(chance) for _ in range(100)]
    assert sum(len(found_out(county, published(county))) for county in counties) > 50


# --- each rule by itself -------------------------------------------------------------------------------------------------


NUMBERS = st.lists(st.integers(0, 40), max_size=8)


@given(NUMBERS)
def test_parts_are_shown_only_where_none_is_small(numbers):
    told = suppression.parts_are_shown([[number, 0] for number in numbers])
    assert not (told and any(0 < number < 5 for number in numbers))
    assert suppression.whole_is_shown([[number] for number in numbers]) == (sum(numbers) >= 5)


@given(NUMBERS)
def test_a_sum_that_grows_never_tells_what_came_in_between(numbers):
    sums = [sum(numbers[:end]) if suppression.sum_is_shown(numbers[:end]) else None for end in range(len(numbers) + 1)]
    assert all(not 0 < after - before < 5 for before, after in pairwise(sums) if None not in (before, after))


def count_of(kind, valid, **more):
    return QuestionnaireCount(respondents=kind, issued=50, valid=valid, satisfied=valid, **more)


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([("pupils", 40), ("parents", 3)], ["pupils"]),
        ([("pupils", 40), ("parents", 3), ("all", 43)], ["pupils"]),  # 43 less 40
        ([("pupils", 40), ("all", 43)], ["pupils"]),  # of the three nobody wrote a line, and yet
        ([("pupils", 40), ("parents", 6), ("all", 46)], ["pupils", "parents", "all"]),
        ([("all", 4)], []),
        ([("pupils", 0), ("all", 20)], ["pupils", "all"]),
    ],
)
def test_of_an_inspection_the_school_reads_no_kind_of_people_of_whom_few_answered(rows, shown):
    counts = [count_of(kind, valid) for kind, valid in rows]
    assert sorted(one.respondents for one in tellable_among(counts)) == sorted(shown)


def test_the_database_finds_the_same(county, receiving_school):
    chance = seeded()
    inspection = fill_inspection(county, receiving_school, dt.date(2023, 11, 12))
    for _ in range(60):
        QuestionnaireCount.objects.all().delete()
        kinds = chance.sample(["pupils", "parents", "colleagues", "leaders", "all"], chance.randint(1, 4))
        for kind in kinds:
            count_of(kind, chance.choice((None, 0, 2, 4, 5, 9, 12)), county=county, inspection=inspection).save()
        counts = list(QuestionnaireCount.objects.all())
        told = QuestionnaireCount.objects.tellable()
        assert {one.pk for one in told} == {one.pk for one in tellable_among(counts)}, counts
