"""Names, identity numbers and telephone numbers of people who do not exist."""

from __future__ import annotations

import datetime as dt
import random

SURNAMES = (
    *"王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘",
    *"杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文单仇解查翟",
    "欧阳",
    "上官",
    "司马",
)
# The first thirty are as common as in life: two people in three have one of them.
COMMON_SURNAMES = 30

MALE_FIRST = "建志国明海文永立德春学俊家宏卫振光世东晓成玉正思立新启泽子宗景长克广兴天云向少绍"
MALE_SECOND = "国军强平辉华勇涛斌刚峰林龙飞鹏波宁生民文伟远杰超亮东松涵轩昌清祥阳荣根柱川岳山舟诚毅"
FEMALE_FIRST = "秀丽晓雪玉小春海文静婷思慧美桂淑雅佳梦若冬红月艳书欣诗彩素凤兰金翠爱云燕心依雨知"
FEMALE_SECOND = "英华芳燕娟梅玲霞兰萍红琴敏静丽娜婷雯洁琳颖莹怡瑶蓉茹秋云珍菊宁晴薇竹荷君妍月青筠"
SINGLE_MALE = "伟强磊军勇涛斌超鹏杰刚毅峰浩亮宁健凯坤林帆瑞岩淼"
SINGLE_FEMALE = "芳敏静丽艳娟霞燕玲慧颖洁莹娜雪倩婷萍悦琳蕾楠媛晴"

# Characters that many fonts and programs lose; among those who go and among those who stay.
RARE_SENT = (("李䶮", "男"), ("陈㛃", "女"), ("王𠅤", "男"), ("赵旻", "男"), ("买买提·阿不都", "男"))
RARE_STAYING = (("刘䶮", "男"), ("张㛃", "女"), ("杨𠅤", "男"), ("孙旻", "女"), ("阿依古丽·买买提", "女"))

# Under a province's own code no identity card is issued, so a number that begins with one belongs to nobody,
# and still has a known area.
PROVINCE_CODES = (
    "62", "61", "63", "64", "65", "50", "51", "52", "53", "54", "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46",
)  # fmt: skip
SERIALS_A_COUNTY = 50  # of the thousand serial numbers of a birthday; 31 provinces × 20 such blocks: 620 counties
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
_CHECK_SIGNS = "10X98765432"


class NamesExhausted(ValueError):  # noqa: N818 (asked for more than there is)
    """More people than one county's identity numbers can hold."""


def id_check_sign(digits: str) -> str:
    """The 18th sign of an identity number (GB 11643)."""
    return _CHECK_SIGNS[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def luhn_completed(digits: str) -> str:
    """A bank card's digits with the check digit behind them."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


class People:
    """Makes names and numbers, each once in its county, and identity numbers once in all counties."""

    def __init__(self, rng: random.Random, county_index: int = 0) -> None:
        self._rng, self._index = rng, county_index
        self._area = PROVINCE_CODES[county_index % len(PROVINCE_CODES)] + "0000"
        self._first_serial = county_index // len(PROVINCE_CODES) * SERIALS_A_COUNTY
        if self._first_serial + SERIALS_A_COUNTY > 1000:
            raise NamesExhausted(f"身份证号只够 {len(PROVINCE_CODES) * 1000 // SERIALS_A_COUNTY} 个县用")
        self._names: set[str] = {name for name, _ in (*RARE_SENT, *RARE_STAYING)}
        self._ids: set[str] = set()
        self._phones = rng.randrange(10_000)
        self._cards = 0

    def name(self, sex: str) -> str:
        """A name that nobody of the county has yet."""
        for _ in range(200):
            name = self._candidate(sex)
            if name not in self._names:
                self._names.add(name)
                return name
        first, second = (MALE_FIRST, MALE_SECOND) if sex == "男" else (FEMALE_FIRST, FEMALE_SECOND)
        for surname in SURNAMES:
            for name in (surname + one + two for one in first for two in second):
                if name not in self._names:
                    self._names.add(name)
                    return name
        raise NamesExhausted("没有更多姓名可用")

    def _candidate(self, sex: str) -> str:
        rng = self._rng
        surname = rng.choice(SURNAMES[:COMMON_SURNAMES] if rng.random() < 0.66 else SURNAMES)
        if rng.random() < 0.16:
            return surname + rng.choice(SINGLE_MALE if sex == "男" else SINGLE_FEMALE)
        first, second = (MALE_FIRST, MALE_SECOND) if sex == "男" else (FEMALE_FIRST, FEMALE_SECOND)
        one, two = rng.choice(first), rng.choice(second)
        return surname + one + (two if two != one else rng.choice(second))

    def id_number(self, born: dt.date, sex: str) -> str:
        odd = 1 if sex == "男" else 0
        serials = [n for n in range(self._first_serial, self._first_serial + SERIALS_A_COUNTY) if n % 2 == odd]
        self._rng.shuffle(serials)
        for serial in serials:
            digits = f"{self._area}{born:%Y%m%d}{serial:03}"
            if digits not in self._ids:
                self._ids.add(digits)
                return digits + id_check_sign(digits)
        raise NamesExhausted(f"{born:%Y-%m-%d} 的身份证号已用完")

    def phone(self) -> str:
        """Of 1990000xxxx; in a large county a number comes twice, as those of couples do."""
        self._phones += 1
        return f"1990000{self._phones % 10_000:04}"

    def bank_card(self) -> str:
        """Begins as no bank's cards do. Without chance, so that it moves nothing that is made after it."""
        self._cards += 1
        return luhn_completed(f"990000{self._index:06}{self._cards:06}")
