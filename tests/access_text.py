"""The words of an answer, whatever it is: a page with the choices of its forms, a PDF, a workbook, a Word file, a zip of them."""

import io
import zipfile

import docx
import openpyxl
import pdfplumber


def words(response):
    content = response.getvalue() if response.streaming else response.content
    return words_of(content)


def words_of(content):
    if content.startswith(b"%PDF"):
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            return "\n".join(page.extract_text() or "" for page in pdf.pages)
    if content.startswith(b"PK"):
        return _words_of_archive(content)
    return content.decode("utf-8", "replace")


def _words_of_archive(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" in names:
            return _words_of_workbook(content)
        if "word/document.xml" in names:
            return "\n".join(
                "".join(node.text or "" for node in docx.Document(io.BytesIO(content)).element.iter())
                if name == "word/document.xml"
                else archive.read(name).decode("utf-8", "replace")
                for name in names
                if name.endswith(".xml")
            )
        return "\n".join(words_of(archive.read(name)) for name in names)


def _words_of_workbook(content):
    """Every cell, comment and list of choices of every sheet, the hidden ones too."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    rules = [str(rule.formula1) for sheet in book for rule in sheet.data_validations.dataValidation]
    comments = [cell.comment.text for cell in cells if cell.comment]
    return "\n".join(
        [*book.sheetnames, *(str(cell.value) for cell in cells if cell.value is not None), *rules, *comments]
    )
