"""Measures everything, one line a figure."""

from tests.bench import database


def main() -> None:
    database.begin()
    from tests.bench.answers import answer_figures
    from tests.bench.documents import report_cached_ms, report_pdf_ratio, report_queries
    from tests.bench.importing import import_ratio
    from tests.bench.measuring import tell
    from tests.bench.pages import list_figures

    tell("import_ratio", import_ratio(), 2)
    tell("report_pdf_ratio", report_pdf_ratio(), 1.15)
    tell("report_cached_ms", report_cached_ms(), 50)
    queries, milliseconds = list_figures()
    tell("list_queries", queries, 12)
    tell("list_cpu_ms", milliseconds, 15)
    ratio, lost = answer_figures()
    tell("answer_rate_ratio", ratio, 0.7, at_least=True)
    tell("answers_lost", lost, 0)
    of_60, of_300 = report_queries()
    tell("report_queries", of_300, 180)
    tell("report_queries_more_for_300_schools_than_for_60", of_300 - of_60, 0)


if __name__ == "__main__":
    main()
