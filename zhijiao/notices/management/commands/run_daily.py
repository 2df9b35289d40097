"""manage.py run_daily: reminders, deadlines, and what else the calendar brings. Safe to run twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from zhijiao import daily


def a_day(text: str) -> dt.date:
    """A date as an option of a command gives it."""
    return dt.date.fromisoformat(text)


class Command(BaseCommand):
    help = "办理今天到期的事：逾期、提醒、到期告知。可以重复运行，做过的不会再做。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=a_day, default=None, help="按哪一天办理，如 2026-05-01；默认今天")

    def handle(self, *args: Any, **options: Any) -> None:
        today = options["day"] or timezone.localdate()
        self.stdout.write(f"{today:%Y-%m-%d} 每日事项")
        failed = []
        for done in daily.run(today):
            if done.number is None:
                failed.append(done.name)
                self.stdout.write(f"  {done.name}：没有办成")
            else:
                self.stdout.write(f"  {done.name}：{done.number}")
        if failed:
            raise CommandError(
                f"有 {len(failed)} 项没有办成：{'、'.join(failed)}。原因见日志，别的都已办好，改好后再运行一次。"
            )
