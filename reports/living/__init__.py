"""工作总结 as people write it: a draft out of the records, edited by several in turn, handed in, issued, kept as it was.

tokens: figures inside a text. pieces: the generated report in passages. reading: passages to a document. writing: every
change of a draft. course: what becomes of it. freezing: what is kept of it. checking: what to look at before it goes out.
"""
