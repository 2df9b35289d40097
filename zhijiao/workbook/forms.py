"""What a person chooses at /import/."""

from __future__ import annotations

from typing import Any

from django import forms

from zhijiao.workbook import registry


class _CountyForm(forms.Form):
    """Asks for the county only where the person has several."""

    county = forms.ChoiceField(label="县（市、区）")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counties = {str(county.pk): county for county in registry.counties_of(user)}
        if len(self.counties) > 1:
            field: Any = self.fields["county"]
            field.choices = [(key, str(county)) for key, county in self.counties.items()]
        else:
            del self.fields["county"]

    def chosen_county(self) -> Any:
        """None only where no county exists yet: then the workbook says which it is."""
        if "county" in self.fields:
            return self.counties[self.cleaned_data["county"]]
        return next(iter(self.counties.values()), None)


class UploadForm(_CountyForm):
    file = forms.FileField(
        label="工作簿",
        help_text="填好的 .xlsx 文件。先给您看会新增、修改什么，有没有错，您确认后才写入",
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
        error_messages={"required": "请选择填好的工作簿", "empty": "文件是空的（0 字节），请重新选择填好的工作簿"},
    )
    field_order = ("county", "file")


class ExportForm(_CountyForm):
    period = forms.CharField(label="时段", help_text="学年写 2023-2024，学期写 2023-2024-1，年份写 2009", max_length=20)
    field_order = ("county", "period")

    def clean_period(self) -> Any:
        try:
            return registry.period(self.cleaned_data["period"])
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from None
