"""What may not be opened, or is not there: told in Chinese, with the menu for those who signed in."""

from assignments.models import School


def test_what_may_not_be_opened_says_so_within_the_frame(client_of, principal, other_county):
    foreign = School.objects.create(county=other_county, name="白塔县第一小学")
    browser = client_of(principal)
    for address, status, told in (
        (f"/schools/{foreign.pk}/", 404, "没有这一页"),
        ("/import/", 403, "您的角色不能做这件事"),
    ):
        response = browser.get(address)
        html = response.content.decode()
        assert (response.status_code, told in html, "主菜单" in html, foreign.name in html) == (
            status,
            True,
            True,
            False,
        )


def test_who_did_not_sign_in_sees_no_menu_on_a_page_that_is_not_there(client, db):
    response = client.get("/nothing/")
    assert response.status_code == 404
    assert "主菜单" not in response.content.decode()
