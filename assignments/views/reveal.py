"""A number of a teacher shown whole, once, for a reason; and for the teacher: who looked."""

from __future__ import annotations

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assignments import unmasking
from assignments.models import Teacher
from assignments.search import is_personal
from zhijiao.access import needs
from zhijiao.accounts.history import step_of

SHOWN = 200  # entries on the page; more than anybody reads


class ReasonForm(forms.Form):
    """Why a number is needed."""

    why = forms.ChoiceField(
        label="为什么要看", choices=unmasking.Why, widget=forms.RadioSelect, error_messages={"required": "请选一个原因"}
    )
    words = forms.CharField(
        label="补充说明", max_length=100, required=False, help_text="选“其他”的请写明；不要写号码",
        error_messages={"max_length": "补充说明最多 100 个字"},
    )  # fmt: skip

    def clean_words(self) -> str:
        words = str(self.cleaned_data["words"]).strip()
        if is_personal(words):
            raise forms.ValidationError("补充说明会留在操作记录里，请不要写号码")
        if self.cleaned_data.get("why") == unmasking.Why.OTHER and not words:
            raise forms.ValidationError("选了“其他”，请写一句为什么")
        return words

    @property
    def reason(self) -> str:
        label = unmasking.Why(self.cleaned_data["why"]).label
        words = self.cleaned_data["words"]
        return f"{label}：{words}" if words else label


@needs("teacher.reveal_id", "teacher.reveal_phone", "teacher.reveal_bank")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def teacher_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The form that asks for the reason; sent, the same page with the number on it."""
    teachers = Teacher.objects.visible_to(request.user).select_related("school")
    teacher = get_object_or_404(teachers, pk=pk)
    kind = (request.POST if request.method == "POST" else request.GET).get("field", "")
    if kind not in unmasking.NUMBERS:
        raise Http404
    if not unmasking.may_reveal(request.user, teacher, kind):
        raise PermissionDenied(f"您的角色不能查看这位教师的{unmasking.NUMBERS[kind].label}")
    own = unmasking.is_own(request.user, teacher)
    form = None if own else ReasonForm(request.POST or None)
    context = {"teacher": teacher, "kind": kind, "number": unmasking.NUMBERS[kind], "form": form, "own": own}
    if request.method != "POST" or (form and not form.is_valid()):
        return _page(request, context)
    try:
        value = unmasking.reveal(teacher, kind, by=request.user, reason=form.reason if form else "本人查看")
    except unmasking.TooMany:
        return _page(request, {**context, "refused": True, "limit": unmasking.AN_HOUR}, status=429)
    return _page(request, {**context, "value": value, "is_shown": True})


def _page(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    response = render(request, "assignments/reveal.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response


@needs("teacher.who_viewed_me")
@require_safe
def teacher_viewed(request: HttpRequest, pk: int) -> HttpResponse:
    """谁看过我的信息: for the teacher, and for whoever audits."""
    teacher = get_object_or_404(Teacher.objects.visible_to(request.user), pk=pk)
    entries = list(unmasking.entries_about(teacher).select_related("by")[: SHOWN + 1])
    looked = [step_of(entry) for entry in entries[:SHOWN] if entry.verb.startswith(unmasking.LOOKED)]
    changed = [step_of(entry) for entry in entries[:SHOWN] if not entry.verb.startswith(unmasking.LOOKED)]
    context = {"teacher": teacher, "looked": looked, "changed": changed, "is_cut": len(entries) > SHOWN, "shown": SHOWN}
    return render(request, "assignments/reveal_log.html", {**context, "own": unmasking.is_own(request.user, teacher)})
