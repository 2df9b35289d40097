"""Where a page is in the menu: one rule by its URL name, asked of every address."""

import pytest
from django.urls import reverse

from zhijiao import access
from zhijiao.navigation import ACCOUNT, ENTRIES, SEARCH, entry_of

# No pages of the menu: answered with a file or a line, or only asked by a form of another page.
WITHOUT = {
    "attachments:add", "attachments:file", "attachments:preview", "attachments:remove", "choose_year",
    "read_quantity", "read_when",
}  # fmt: skip


def closed_addresses():
    return {
        name
        for name, _, view in access.addresses()
        if not name.startswith("admin:") and not getattr(view, "open_because", "")
    }


def test_every_page_is_somewhere_in_the_menu():
    nowhere = {name for name in closed_addresses() if entry_of(name) is None}
    assert nowhere == WITHOUT, "say in zhijiao/navigation.py to which entry these belong"


def test_no_page_belongs_to_two_entries():
    for name in closed_addresses() - WITHOUT:
        reaches = sorted(entry.reach(name) for entry in (*ENTRIES, SEARCH, ACCOUNT))
        assert reaches[-1] > reaches[-2], name


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("assignments:search", "搜索"), ("account", "个人设置"), ("password_change", "个人设置"), ("assignments:role_lend", "个人设置"),
        ("assignments:correction_new", "教师"), ("assignments:teacher_merge", "教师"), ("assignments:school_merge", "学校"),
        ("reports:figure", "数据项"), ("reports:certificate_new", "文件"), ("notices:template_edit", "通知"), ("assignments:donation_edit", "帮扶活动"),
    ],
)  # fmt: skip
def test_the_entry_of_a_page(name, label):
    found = entry_of(name)
    assert found is not None and found.label == label


@pytest.mark.django_db
def test_a_page_marks_one_place(client_of, officer, teacher):
    for address in (
        reverse("home"), reverse("account"), reverse("assignments:teacher_detail", args=[teacher.pk]), reverse("assignments:donation_list"),
        reverse("assignments:plan_matching"), reverse("reports:figures"),
    ):  # fmt: skip
        page = client_of(officer).get(address).content.decode()
        menu = page[page.index('id="nav"') : page.index("<main")]
        assert menu.count('aria-current="page"') == 1, address
    page = client_of(officer).get(reverse("assignments:search")).content.decode()
    assert 'aria-label="搜索" aria-current="page"' in page
