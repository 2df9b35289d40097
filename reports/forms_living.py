"""What is typed on the pages of a report, beside its passages."""

from __future__ import annotations

from django import forms

from reports.living.writing import CAPTION_MAX, TITLE_MAX


class ParagraphForm(forms.Form):
    text = forms.CharField(
        label="内容", widget=forms.Textarea(attrs={"rows": 8}), max_length=20000,
        help_text="空一行分段。从 Word 粘贴的格式会去掉，文字留下；数据项写成文字以后，可以在段落里插入。",
    )  # fmt: skip


class HeadingForm(forms.Form):
    title = forms.CharField(label="标题", max_length=TITLE_MAX, help_text="不写序号，序号按位置自动排。")
    level = forms.TypedChoiceField(
        label="级别", coerce=int, choices=[(1, "一级（一、）"), (2, "二级（（一））"), (3, "三级（1.）")]
    )


class PhotoForm(forms.Form):
    photo = forms.FileField(label="照片", help_text="JPG 或 PNG，最大 20 MB；拍摄地点等信息会自动去掉。")
    caption = forms.CharField(label="说明", max_length=CAPTION_MAX, help_text="什么时候、在哪里、做什么。")


class HeadForm(forms.Form):
    """The title, who signs, and the day."""

    title = forms.CharField(
        label="标题", widget=forms.Textarea(attrs={"rows": 2}), max_length=2 * TITLE_MAX, help_text="长的分成两行。"
    )
    signs = forms.CharField(label="落款单位", max_length=60)
    day = forms.DateField(label="落款日期", required=False, widget=forms.DateInput(attrs={"type": "date"}))


FORMS: dict[str, tuple[str, type[forms.Form]]] = {
    "paragraph": ("添加段落", ParagraphForm),
    "heading": ("添加标题", HeadingForm),
    "photo": ("添加照片", PhotoForm),
}
