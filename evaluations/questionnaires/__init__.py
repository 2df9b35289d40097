"""Unnamed questionnaires: the bank of questions, opening and codes, answering, closing. The tables are in models/questionnaires.py."""
