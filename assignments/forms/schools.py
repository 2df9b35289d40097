"""A school named in a form: its name is typed or picked from a list of suggestions, and found by name or alias."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assignments.models import School


class SchoolInput(forms.TextInput):
    """Suggestions come with the page: a county has some hundreds of schools, and a phone shows them as one types."""

    template_name = "components/suggesting_input.html"
    suggestions: Any = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["suggestions"] = self.suggestions
        return context


class SuggestedField(forms.CharField):
    """Free words, with suggestions."""

    def __init__(self, *, suggestions: Any = (), **options: Any) -> None:
        super().__init__(widget=SchoolInput({"autocomplete": "off"}), **options)
        self.widget.suggestions = suggestions


class SchoolField(forms.CharField):
    """Gives a School of those that the person may name, or None. `offer(schools)` before the form is used."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=SchoolInput({"autocomplete": "off"}), **options)
        self._schools: list[School] = []

    def offer(self, schools: list[School]) -> None:
        self._schools = schools
        self.widget.suggestions = [school.name for school in schools]

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, School):
            return value.name
        if isinstance(value, int):
            return next((school.name for school in self._schools if school.pk == value), "")
        return value

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, School):
            return value
        typed = super().to_python(value)
        if not typed:
            return None
        found = [school for school in self._schools if typed == school.name]
        found = found or [school for school in self._schools if typed in school.aliases]
        found = found or [school for school in self._schools if typed in school.name]
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(f"没有找到叫“{typed}”的学校，请从提示里选，或写学校的全名")
        some = "、".join(school.name for school in found[:4])
        raise ValidationError(f"“{typed}”可能是 {some}，请写全名")

    def validate(self, value: Any) -> None:
        if self.required and value is None:
            raise ValidationError("请写学校的名称", code="required")

    def run_validators(self, value: Any) -> None:
        """What is given is a school, no text."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "").strip()
