"""manage.py generate_province: many made-up counties, of any size, the same for the same seed."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.demo import Wish
from reports.demo.loading import load
from reports.demo.province import wishes
from reports.management.commands.load_demo import BAD_USAGE, tell_counts


class Command(BaseCommand):
    help = "生成一个虚构省份的若干个县，规模可调，同样的种子得到同样的数据"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--counties", type=int, required=True, metavar="N", help="县的个数")
        parser.add_argument("--seed", type=int, default=1, help="同样的种子得到同样的数据")
        parser.add_argument("--schools", type=int, default=Wish.schools, help="每县学校所数")
        parser.add_argument("--teachers", type=int, default=Wish.teachers, help="每县教师人数")
        parser.add_argument("--secondments", type=int, default=Wish.secondments, help="每县一个学年的派遣人数")

    def handle(self, *args: Any, counties: int, seed: int, **options: Any) -> None:
        size = {name: options[name] for name in ("schools", "teachers", "secondments")}
        try:
            wanted = wishes(counties, seed, **size)
        except ValueError as problem:
            raise CommandError(str(problem), returncode=BAD_USAGE) from None
        for number, wish in enumerate(wanted, start=1):
            began = time.monotonic()
            plan = load(wish)
            self.stdout.write(f"{number}/{counties} {wish.name}（{wish.code}），{time.monotonic() - began:.0f} 秒")
            tell_counts(self, plan)
