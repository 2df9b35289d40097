"""The sheets of one class as numbers: how many, and how often each option was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from evaluations.models import BallotBox, QuestionnaireClass
from evaluations.questionnaires.answering import Item
from evaluations.questionnaires.tally import Tally, faults

_WORDS = {"required": "请写份数", "invalid": "请写整数", "min_value": "不能小于 0"}


class NumberField(forms.IntegerField):
    """A number of sheets."""

    def __init__(self, label: str, **options: Any) -> None:
        widget = forms.NumberInput(attrs={"class": "form-control num", "inputmode": "numeric", "autocomplete": "off"})
        super().__init__(label=label, min_value=0, max_value=9999, widget=widget, error_messages=_WORDS, **options)


class TallyForm(forms.Form):
    """A field for each option; shown as a table, which the keyboard fills where there is a script."""

    issued = NumberField("发出")
    returned = NumberField("收回")
    valid = NumberField("有效")

    def __init__(
        self, *args: Any, row: QuestionnaireClass, paper: Sequence[Item], box: BallotBox, **options: Any
    ) -> None:
        self.row, self.paper = row, paper
        known = box.returned > 0
        options["initial"] = {
            "issued": row.issued or row.enrolled,
            "returned": box.returned if known else None,
            "valid": box.valid if known else None,
        }
        super().__init__(*args, **options)
        for item in paper:
            if item.is_text:
                widget = forms.Textarea(attrs={"rows": 3, "class": "form-control"})
                said = "\n".join(box.texts.get(str(item.pk), []))
                self.fields[f"t{item.pk}"] = forms.CharField(
                    label=item.text, required=False, widget=widget, initial=said, help_text="一行一条，没有写的不用录"
                )
            for place, option in enumerate(item.options, 1):
                field = NumberField(f"{item.number}. {item.text}：{option.text}", required=False)
                field.initial = box.counts.get(str(option.pk)) if known else None
                field.widget.attrs["data-option"] = place
                self.fields[f"n{option.pk}"] = field

    def questions(self) -> list[tuple[Item, list[tuple[Any, Any]]]]:
        """Those with options, each option beside its field."""
        return [
            (item, [(option, self[f"n{option.pk}"]) for option in item.options])
            for item in self.paper
            if not item.is_text
        ]

    def texts(self) -> list[Any]:
        return [self[f"t{item.pk}"] for item in self.paper if item.is_text]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            for fault in faults(self.row, self.tally(), self.paper):
                self.add_error(None, fault)
        return said

    def tally(self) -> Tally:
        said = self.cleaned_data
        counts = {option.pk: said.get(f"n{option.pk}") or 0 for item in self.paper for option in item.options}
        texts = {
            item.pk: [line for line in (said.get(f"t{item.pk}") or "").splitlines() if line.strip()]
            for item in self.paper
            if item.is_text
        }
        return Tally(said["issued"], said["returned"], said["valid"], counts, texts)
