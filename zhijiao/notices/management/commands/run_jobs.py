"""manage.py run_jobs: does the work that was put off until after the answer, as long as it runs."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

SECONDS = 2.0  # between two looks into an empty queue


class Command(BaseCommand):
    help = "办理排队的事（如发通知邮件），一直运行；加 --batch 办完现有的就结束。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", action="store_true", help="办完排队的就结束")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command(
            "db_worker", batch=options["batch"], interval=SECONDS, reload=False, startup_delay=False, verbosity=0
        )
