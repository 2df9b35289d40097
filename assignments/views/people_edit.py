"""Entering and correcting teachers and schools, retiring and closing them; and what a teacher asks to have corrected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from assignments import corrections, people
from assignments.forms.people import (
    AnswerForm,
    ChangedForm,
    CorrectionForm,
    LeavingForm,
    ReturningForm,
    SchoolForm,
    TeacherForm,
)
from assignments.models import CorrectionRequest, School, Teacher
from assignments.models.scope import Access
from assignments.recording import ChangedMeanwhile
from zhijiao.access import needs
from zhijiao.entry import once
from zhijiao.refusals import Refused, tells_refusals

_FORMS = ["GET", "HEAD", "POST"]
_NUMBERS = ("id_number", "phone", "bank_card")
Save = Callable[[dict[str, Any]], Any]


# --- teachers ------------------------------------------------------------------------------------------------------------


@needs("teacher.edit")
@require_http_methods(_FORMS)
@sensitive_post_parameters(*_NUMBERS)
@tells_refusals
def teacher_new(request: HttpRequest) -> HttpResponse:
    schools = list(people.schools_to_place_at(request.user).select_related("county"))  # type: ignore[attr-defined]
    initial = {"school": schools[0]} if len(schools) == 1 else {}
    form = TeacherForm(request.POST or None, instance=Teacher(), schools=schools, moves=True, initial=initial)
    context = {"heading": "登记教师", "action": "登记这位教师", "back": reverse("assignments:teacher_list")}
    return _edited(request, form, lambda values: people.add_teacher(values, by=request.user), "teacher", context)


@needs("teacher.edit")
@require_http_methods(_FORMS)
@sensitive_post_parameters(*_NUMBERS)
@tells_refusals
def teacher_edit(request: HttpRequest, pk: int) -> HttpResponse:
    teacher = get_object_or_404(Teacher.objects.visible_to(request.user).select_related("school"), pk=pk)
    if not people.may_edit_teacher(request.user, teacher):
        raise PermissionDenied("这位教师的资料由所在学校和教育局来改")
    moves = teacher.county_id in Access.of(request.user).districts or Access.of(request.user).everything
    schools = list(people.schools_to_place_at(request.user))
    form = TeacherForm(request.POST or None, instance=teacher, schools=schools, moves=moves)

    def save(values: dict[str, Any]) -> Teacher:
        seen = request.POST.get("seen", "")
        return people.save_teacher(teacher, values, by=request.user, seen=seen, compared=form.compared)

    back = reverse("assignments:teacher_detail", args=[pk])
    context = {"heading": f"修改{teacher.name}的资料", "action": "保存", "back": back, "row": teacher}
    return _edited(request, form, save, "teacher", context)


def _edited(request: HttpRequest, form: ChangedForm, save: Save, kind: str, context: dict[str, Any]) -> HttpResponse:
    """A form of a teacher or a school: shown, refused in its fields, or saved once."""
    template, status = f"assignments/{kind}_form.html", 200
    if request.method == "POST" and form.is_valid():
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            try:
                row = save(form.values())
            except ChangedMeanwhile as faster:
                form.clash_with(faster.row)
                status = 409
            except Refused as refused:
                form.add_error(None, f"没有保存：{refused}")
                status = 409
            else:
                messages.success(request, f"{row}的资料已保存。")
                return turn.answered(reverse(f"assignments:{kind}_detail", args=[row.pk]))
    return render(request, template, {"form": form, **context}, status=status)


# --- schools -------------------------------------------------------------------------------------------------------------


@needs("school.edit")
@require_http_methods(_FORMS)
@tells_refusals
def school_new(request: HttpRequest) -> HttpResponse:
    counties = list(people.counties_to_add_in(request.user))
    schools = list(School.objects.choosable_by(request.user).order_by("name"))
    form = SchoolForm(request.POST or None, instance=School(), schools=schools, counties=counties, whole=True)
    context = {"heading": "登记学校", "action": "登记这所学校", "back": reverse("assignments:school_list")}
    return _edited(request, form, lambda values: people.add_school(values, by=request.user), "school", context)


@needs("school.edit", "school.edit_own_contact")
@require_http_methods(_FORMS)
@tells_refusals
def school_edit(request: HttpRequest, pk: int) -> HttpResponse:
    school = get_object_or_404(School.objects.visible_to(request.user).select_related("centre_school"), pk=pk)
    whole = people.may_edit_school(request.user, school)
    if not whole and not people.may_edit_contacts(request.user, school):
        raise PermissionDenied("这所学校的资料由教育局来改，联系方式由学校自己来改")
    schools = list(School.objects.choosable_by(request.user).order_by("name")) if whole else []
    form = SchoolForm(request.POST or None, instance=school, schools=schools, counties=[], whole=whole)

    def save(values: dict[str, Any]) -> School:
        seen = request.POST.get("seen", "")
        return people.save_school(school, values, by=request.user, seen=seen, compared=form.compared)

    back = reverse("assignments:school_detail", args=[pk])
    context = {
        "heading": f"修改{school.name}的{'资料' if whole else '联系方式'}",
        "action": "保存",
        "back": back,
        "row": school,
    }
    return _edited(request, form, save, "school", context)


# --- leaving and coming back ---------------------------------------------------------------------------------------------


@needs("teacher.retire")
@require_http_methods(_FORMS)
@tells_refusals
def teacher_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Left the post; or, for one who has, back again."""
    teacher = get_object_or_404(Teacher.objects.visible_to(request.user), pk=pk)
    if not people.may_retire(request.user, teacher):
        raise PermissionDenied("这位教师的离岗由所在学校和教育局来办")
    back = reverse("assignments:teacher_detail", args=[pk])
    if teacher.retired_on:
        _refuse_stale(request, f"{teacher}已经是离岗")
        words = {
            "heading": f"{teacher.name}回岗",
            "action": "恢复在岗",
            "lead": "恢复以后，名单、搜索和各处的选择里又有这位教师。",
        }
        return _settled(
            request,
            ReturningForm,
            lambda **said: people.bring_back_teacher(teacher, by=request.user, **said),
            back,
            words,
        )
    words = {
        "heading": f"{teacher.name}离岗", "action": "记为离岗",
        "lead": "调离、退休的教师不删除，支教经历和证明都留着，只是不再出现在名单和选择里。",
    }  # fmt: skip
    return _settled(
        request, LeavingForm, lambda **said: people.retire_teacher(teacher, by=request.user, **said), back, words
    )


@needs("school.edit")
@require_http_methods(_FORMS)
@tells_refusals
def school_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Closed; or, for one that is, open again."""
    school = get_object_or_404(School.objects.visible_to(request.user), pk=pk)
    if not people.may_edit_school(request.user, school):
        raise PermissionDenied("学校的停用由教育局来办")
    back = reverse("assignments:school_detail", args=[pk])
    if school.closed_on:
        _refuse_stale(request, f"{school}已经停用")
        words = {
            "heading": f"恢复{school.name}",
            "action": "恢复这所学校",
            "lead": "恢复以后，名单、搜索和各处的选择里又有这所学校。",
        }
        return _settled(
            request, ReturningForm, lambda **said: people.reopen_school(school, by=request.user, **said), back, words
        )
    words = {
        "heading": f"停用{school.name}", "action": "停用这所学校",
        "lead": "撤并的学校不删除，历年记录都留着，只是不再出现在名单和选择里。并入另一所的，请用“可能重复”里的合并。",
    }  # fmt: skip
    return _settled(
        request, LeavingForm, lambda **said: people.close_school(school, by=request.user, **said), back, words
    )


def _refuse_stale(request: HttpRequest, words: str) -> None:
    """The form of leaving, handed in after somebody else was quicker, must not be taken for the one of coming back."""
    if "on" in request.POST:
        raise Refused(words)


def _settled(
    request: HttpRequest, form_class: type[forms.Form], act: Callable[..., None], back: str, words: dict[str, str]
) -> HttpResponse:
    """A page with one form, whose values are what the function is told."""
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with once(request) as turn:
            if turn.is_repeat:
                return turn.again()
            act(**form.cleaned_data)
            return turn.answered(back)
    return render(request, "assignments/people_action.html", {"form": form, "back": back, **words})


# --- what a teacher asks to have corrected ---------------------------------------------------------------------------------


@needs("teacher.correction_request")
@require_http_methods(_FORMS)
@tells_refusals
def correction_new(request: HttpRequest, pk: int) -> HttpResponse:
    teacher = get_object_or_404(Teacher.objects.visible_to(request.user), pk=pk)
    if teacher.pk not in Access.of(request.user).teachers:
        raise PermissionDenied("更正申请由教师本人提出；您可以直接修改资料")
    words = {
        "heading": "申请更正我的资料",
        "action": "提交申请",
        "lead": "写明哪一项不对、应该是什么，学校或教育局核对后更正，并答复您。",
    }

    def act(**said: str) -> None:
        corrections.ask(teacher, by=request.user, **said)
        messages.success(request, "更正申请已交，办理结果会写在您的页面上。")

    return _settled(request, CorrectionForm, act, reverse("assignments:teacher_detail", args=[pk]), words)


@needs("teacher.edit")
@require_http_methods(_FORMS)
@tells_refusals
def correction_answer(request: HttpRequest, pk: int) -> HttpResponse:
    rows = CorrectionRequest.objects.visible_to(request.user).select_related("teacher", "answered_by")
    asked = get_object_or_404(rows, pk=pk)
    if not people.may_edit_teacher(request.user, asked.teacher):
        raise PermissionDenied("这位教师的资料由所在学校和教育局来改")
    said = f"{asked.teacher}说：{asked.field}应为“{asked.right_value}”" + (f"，{asked.reason}" if asked.reason else "")
    words = {"heading": "办理更正申请", "action": "答复", "lead": f"{said}。要更正的，先到教师页面改好，再回来答复。"}
    back = reverse("assignments:teacher_detail", args=[asked.teacher_id])
    return _settled(
        request, AnswerForm, lambda is_done, words: corrections.answer(asked, is_done=is_done, words=words, by=request.user), back, words
    )  # fmt: skip
