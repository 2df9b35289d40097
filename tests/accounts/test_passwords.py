"""A password is not common, and not made of what colleagues know."""

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError

from assignments.models import School
from zhijiao.accounts.models import User


@pytest.mark.parametrize(
    "password",
    [
        "shenruolan2026",
        "ShenRuoLan-88",
        "沈若兰的密码abc",
        "srl20260901",
        "qinglan-2026",
        "青岚教育888",
        "songling-xue",
        "my-060617-ok",
        "13800001234x",
        "teacher!2026x",
        "12345678",
        "password1",
        "short7!",
    ],
)
def test_refused(teacher, teacher_user, password, receiving_school):
    School.objects.filter(pk=teacher.school_id).update(aliases=["松岭"])
    teacher.id_number, teacher.user = "990101199001060617", teacher_user
    teacher.save()
    teacher_user.phone = "13800001234"
    with pytest.raises(ValidationError) as refused:
        validate_password(password, teacher_user)
    assert all("一" <= message[0] <= "鿿" for message in refused.value.messages)


@pytest.mark.parametrize("password", ["tiedao-yu-2031", "一只安静的橘猫在睡", "K7#mPq2!xR"])
def test_taken(teacher_user, password):
    validate_password(password, teacher_user)


def test_all_of_the_first_three_thousand_common_passwords_are_refused(db):
    user = User(username="zhaolin", name="赵林")
    common = sorted(CommonPasswordValidator().passwords)[:3000]
    passed = []
    for password in common:
        try:
            validate_password(password, user)
            passed.append(password)
        except ValidationError:
            pass
    assert passed == []
