"""A figure in a text: written as a token, read back, and never anything that is no figure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.annual_report import annual_report
from reports.documents import tree
from reports.documents.keeping import packed, unpacked
from reports.documents.text import render_text
from reports.living import eyes, tokens
from reports.living.tokens import Token, parse, split
from tests.reports.living.conftest import PERIOD
from zhijiao.refusals import Refused


@given(st.text(max_size=30).filter(lambda text: "\n" not in text and "⟦" not in text and "⟧" not in text))
def test_whatever_a_value_is_called_it_comes_back_from_the_markup(name):
    token = Token("seconded", (("to", name),), "名")
    assert split(token.markup) == [token]


def test_a_token_tells_period_school_and_unit():
    token = parse("seconded|subject=数学|unit=人|period=2022-2023|school=7|side=sending")
    assert token == Token("seconded", (("subject", "数学"),), "人", "2022-2023", 7, "sending")
    assert parse(token.markup[1:-1]) == token


@pytest.mark.parametrize(
    "wrong", ["", "nonsense", "seconded|colour=red", "seconded|", "seconded|period=明年", "seconded|side=up"]
)
def test_what_is_no_figure_is_refused_in_words(wrong):
    with pytest.raises(Refused, match=r"数据项|时段|看不懂"):
        parse(wrong)


def test_the_generated_text_comes_back_word_for_word_out_of_its_tokens(year_told, receiving_school):
    for asked in (eyes.asked_of_bureau(year_told, PERIOD), eyes.asked_of_school(receiving_school, PERIOD)):
        document = annual_report(asked)
        paragraphs = [item for item in document.flow() if isinstance(item, tree.Paragraph)]
        assert paragraphs
        for paragraph in paragraphs:
            markup = tokens.markup_of(paragraph.inlines, asked)
            assert joined(tokens.inlines_of(markup, asked)) == joined(paragraph.inlines)
        assert any("⟦seconded" in tokens.markup_of(one.inlines, asked) for one in paragraphs)


def joined(inlines):
    """Neighbouring words as one."""
    made = []
    for inline in inlines:
        if isinstance(inline, str) and made and isinstance(made[-1], str):
            made[-1] += inline
        elif inline != "":
            made.append(inline)
    return made


def test_a_packed_document_is_the_same_document(year_told):
    document = annual_report(eyes.asked_of_bureau(year_told, PERIOD))
    again = unpacked(packed(document))
    assert again == document
    assert again.digest() == document.digest()
    assert render_text(again) == render_text(document)


def test_what_was_kept_of_another_kind_is_no_document():
    with pytest.raises(ValueError, match="不认识"):
        unpacked({"is": "Rocket"})
    with pytest.raises(ValueError, match="不是一份文件"):
        unpacked([])
