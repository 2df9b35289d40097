"""The document tree and its renderers: one tree becomes a page, a text, a PDF, a Word and an Excel file.

Import from the modules; this file stays empty so that the PDF worker starts without Django.
"""
