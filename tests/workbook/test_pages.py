"""/import/: upload, preview, confirm, undo, downloads; and who may not."""

from __future__ import annotations

import io
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from assignments.models import District, School, Secondment
from tests.workbook import hostile
from tests.workbook.build import small_year, workbook
from zhijiao.workbook import registry
from zhijiao.workbook.importing import carry_out
from zhijiao.workbook.models import ImportRun, RunState

pytestmark = pytest.mark.django_db
LIST = "/import/"


def upload(browser, stream: io.BytesIO, name: str = "2023-2024学年.xlsx"):
    return browser.post(LIST, {"file": SimpleUploadedFile(name, stream.getvalue())})


def kept_files(settings) -> list[Path]:
    folder = Path(settings.VAR_DIR) / "imports"
    return list(folder.iterdir()) if folder.exists() else []


def test_upload_preview_confirm_result(officer, client_of, county, settings):
    browser = client_of(officer)
    answer = upload(browser, workbook(small_year()))
    run = ImportRun.objects.get()
    assert answer.url == f"/import/{run.pk}/"
    page = browser.get(answer.url).content.decode()
    assert "没有问题，还没有写入" in page and "导入：新增 7 条，修改 0 条" in page
    assert not School.objects.exists() and len(kept_files(settings)) == 1
    done = browser.post(f"/import/{run.pk}/confirm/", follow=True).content.decode()
    assert "已导入：新增 7 条，修改 0 条" in done and "撤销这次导入" in done
    assert Secondment.objects.count() == 2
    assert kept_files(settings) == []
    run.refresh_from_db()
    assert (run.state, run.by, run.county_id, run.file_name) == (
        RunState.IMPORTED,
        officer,
        county.pk,
        "2023-2024学年.xlsx",
    )
    assert "2023-2024学年.xlsx" in browser.get(LIST).content.decode()


def test_a_double_click_imports_once(officer, client_of, county):
    browser = client_of(officer)
    url = upload(browser, workbook(small_year())).url
    browser.post(f"{url}confirm/")
    again = browser.post(f"{url}confirm/", follow=True).content.decode()
    assert "不用再处理" in again
    assert (School.objects.count(), ImportRun.objects.count()) == (3, 1)


def test_the_preview_tells_every_error_with_its_place_and_gives_the_marked_workbook(
    officer, client_of, county, settings
):
    year = small_year()
    year["教师"][0]["身份证号"] = "110105194912310021"
    year["支教派遣"][1]["任教学科"] = "语闻"
    browser = client_of(officer)
    url = upload(browser, workbook(year)).url
    page = browser.get(url).content.decode()
    assert "有 2 处问题，还不能导入" in page and "是不是“语文”" in page and "E3" in page
    assert "110105194912310021" not in page
    assert "没有导入" in browser.post(f"{url}confirm/", follow=True).content.decode()
    assert not School.objects.exists()
    answer = browser.get(f"{url}marked/")
    assert unquote(answer["Content-Disposition"]).endswith("2023-2024学年（已标出问题）.xlsx")
    marked = load_workbook(io.BytesIO(answer.content))
    cell = marked["支教派遣"]["E3"]
    assert cell.value == "语闻" and cell.fill.fgColor.rgb.endswith("FBDAD5") and "是不是“语文”" in cell.comment.text
    assert marked.sheetnames[0] == "问题清单" and marked["问题清单"]["D3"].value == "C2"
    assert "不导入了" in page
    assert "什么也没有写入" in browser.post(f"{url}abandon/", follow=True).content.decode()
    assert kept_files(settings) == [] and ImportRun.objects.get().problems == []


def test_the_preview_shows_old_and_new_values(officer, client_of, county):
    carry_out(workbook(small_year()), county=county)
    year = small_year()
    year["学校"][0]["学段"] = "小学"
    year["教师"][0]["银行卡号"] = "6222021234567890128"
    page = client_of(officer).get(upload(client_of(officer), workbook(year)).url).content.decode()
    assert "学段：<del>初中</del> → <ins>小学</ins>" in page
    assert "银行卡号：<del>（空）</del> → <ins>***************0128</ins>" in page


def test_confirming_after_somebody_changed_the_records_shows_a_new_preview(officer, client_of, county):
    browser = client_of(officer)
    url = upload(browser, workbook(small_year())).url
    School.objects.create(county=county, name="三岔中学")
    page = browser.post(f"{url}confirm/", follow=True).content.decode()
    assert "预览之后有人改了记录" in page and "导入：新增 6 条，修改 1 条" in page
    assert not Secondment.objects.exists()
    assert "已导入" in browser.post(f"{url}confirm/", follow=True).content.decode()


def test_a_hostile_file_is_told_at_the_field_and_not_kept(officer, client_of, county, settings):
    page = upload(client_of(officer), hostile.with_password()).content.decode()
    assert "打开密码" in page
    assert kept_files(settings) == [] and not ImportRun.objects.exists()


def test_an_empty_upload_is_told_at_the_field(officer, client_of, county):
    page = client_of(officer).post(LIST, {}).content.decode()
    assert "请选择填好的工作簿" in page
    assert "0 字节" in upload(client_of(officer), hostile.empty()).content.decode()


def test_undo_and_its_refusal(officer, client_of, county):
    browser = client_of(officer)
    plan = carry_out(workbook({name: rows for name, rows in small_year().items() if name != "支教派遣"}), county=county)
    later = carry_out(workbook({"支教派遣": small_year()["支教派遣"]}), county=county)
    refused = browser.post(f"/import/{plan.run.pk}/undo/")
    assert refused.status_code == 409 and "已被 2 条“任教”用到" in refused.content.decode()
    for run in (later.run, plan.run):
        assert "已撤销" in browser.post(f"/import/{run.pk}/undo/", follow=True).content.decode()
    assert not School.objects.exists()


def test_template_export_and_help(officer, client_of, county):
    browser = client_of(officer)
    carry_out(workbook(small_year()), county=county)
    template = browser.get("/import/template/")
    assert "支教派遣" in load_workbook(io.BytesIO(template.content)).sheetnames
    export = browser.get("/import/export/", {"period": "2023-2024"})
    assert unquote(export["Content-Disposition"]).endswith("青岚县2023—2024学年支教工作簿.xlsx")
    assert load_workbook(io.BytesIO(export.content))["教师"]["A2"].value == "沈若兰"
    wrong = browser.get("/import/export/", {"period": "去年"})
    assert wrong.status_code == 400 and "不是时段" in wrong.content.decode()
    page = browser.get("/import/columns/").content.decode()
    for sheet in registry.sheets():
        assert f">{sheet.name}</h2>" in page
        assert all(f">{column.header}</th>" in page for column in sheet.columns)


@pytest.mark.parametrize("path", ["", "template/", "export/?period=2023-2024", "columns/"])
def test_others_may_not_import(path, principal, teacher_user, client_of, client):
    assert client.get(f"/import/{path}").status_code == 302
    for user in (principal, teacher_user):
        assert client_of(user).get(f"/import/{path}").status_code == 403


def test_an_import_of_another_county_does_not_exist(outsider, client_of, county):
    run = carry_out(workbook(small_year()), county=county).run
    browser = client_of(outsider)
    assert "工作簿.xlsx" not in browser.get(LIST).content.decode()
    assert [
        browser.get(reverse(f"workbook:{name}", args=[run.pk])).status_code for name in ("run_detail", "run_marked")
    ] == [404] * 2
    for name in ("run_confirm", "run_abandon", "run_undo"):
        assert browser.post(reverse(f"workbook:{name}", args=[run.pk])).status_code == 404
    assert School.objects.exists()


def test_the_workbook_goes_to_the_county_of_the_person_who_uploads_it(outsider, client_of, county, other_county):
    browser = client_of(outsider)
    browser.post(f"{upload(browser, workbook(small_year())).url}confirm/")
    assert set(School.objects.values_list("county", flat=True)) == {other_county.pk}
    named = workbook({"基本信息": [{"项目": "县（市、区）", "内容": "青岚县"}]} | small_year())
    page = browser.get(upload(browser, named).url).content.decode()
    assert "这份工作簿写着属于“青岚县”，不能导入到“白塔县”" in page


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_list_makes_the_same_number_of_queries(count, officer, client_of, county, django_assert_num_queries):
    for number in range(count):
        ImportRun.objects.create(
            county_id=county.pk, county_name="青岚县", by=officer, by_name="周专干", file_name=f"{number}.xlsx",
            state=RunState.IMPORTED, counts=[{"sheet": "学校", "created": 1, "changed": 0, "unchanged": 0, "refused": 0}],
        )  # fmt: skip
    browser = client_of(officer)
    browser.get(LIST)
    with django_assert_num_queries(9):
        browser.get(LIST)


def test_a_county_is_begun_by_the_first_upload_of_a_superuser(django_user_model, client_of):
    admin = django_user_model.objects.create_superuser("root", password="一只安静的橘猫", name="管理员")
    browser = client_of(admin)
    named = workbook({"基本信息": [{"项目": "县（市、区）", "内容": "青岚县"}]} | small_year())
    answer = upload(browser, named)
    assert answer.status_code == 302, answer.content.decode()
    browser.post(f"{answer.url}confirm/")
    assert District.objects.counties().get().name == "青岚县" and School.objects.count() == 3
