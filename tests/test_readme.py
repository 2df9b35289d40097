"""The README tells the life of a secondment as the table of the workflow has it."""

from pathlib import Path

from assignments.access import table
from assignments.choices import SecondmentState
from assignments.workflow import TRANSITIONS

README = Path(__file__).resolve().parent.parent / "README.md"
WHO = {"TEA": "教师", "SP": "派出学校", "RP": "受援学校", "STF": "专干", "LDR": "局领导"}


def who(actions):
    columns = {column for action in actions for column in table()[action]}
    return "、".join(name for column, name in WHO.items() if column in columns)


def lines():
    """One line a step: from where, to where, whose it is."""
    yield "| 步骤 | 从 | 到 | 谁 |"
    yield "|---|---|---|---|"
    for step in TRANSITIONS.values():
        sources = "、".join(SecondmentState(state).label for state in step.sources)
        asked = (
            "申请：教师、两所学校、专干；审批：另一位专干或局领导" if step.change else who(set(step.sources.values()))
        )
        yield f"| {step.label} | {sources} | {step.target.label if step.target else '不变'} | {asked} |"


def test_the_life_of_a_secondment_is_told_as_it_is():
    assert "\n".join(lines()) in README.read_text(encoding="utf-8")
