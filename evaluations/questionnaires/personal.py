"""What in a text could tell who somebody is, pointed out to whoever reads the texts before others do."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# The common hundred and a half of surnames, which name nearly everybody, and the two-letter ones.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方"
    "邹熊白孟秦邱侯江尹薛闫雷段龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔汤康葛樊邢施梅庄兰鲁鞠常温耿关娄牛祝纪舒季项詹涂裴席卫聂焦柳甘祁阮骆霍"
    "翁柯瞿管游俞章颜倪殷骆岳齐尤辛欧文喻褚蒙巩马冉宁谷申洪柴路向单左盛包阎解冷丛佟靳鲍芦"
)
_TWO = "欧阳|司马|上官|诸葛|尉迟|令狐|皇甫|慕容|夏侯|东方"
_TITLES = "老师|校长|主任|书记|园长|组长|班长|同学|局长|医生|叔叔|阿姨|爷爷|奶奶|爸爸|妈妈|爸|妈"
_GIVEN = "[^\\W\\d_A-Za-z和与跟及是的了们在有很都对说教不也就还让把被给]"  # a letter of a given name: none of the little words
_NAME = rf"(?:{_TWO}|[{_SURNAMES}])"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("身份证号", re.compile(r"(?<!\d)\d{6}[ -]?(?:\d[ -]?){11}[\dXx](?!\d)|(?<!\d)\d{15}(?!\d)")),
    ("电话", re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d(?:[ .-]?\d{4}){2}(?!\d)|(?<!\d)0\d{2,3}[ -]?\d{7,8}(?!\d)")),
    ("邮箱", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("微信或 QQ", re.compile(r"(?:微信|QQ|qq|扣扣|Q号|vx|VX)(?:号)?[是为:： ]{0,2}[A-Za-z0-9_-]{5,}")),
    ("长号码", re.compile(r"(?<![\dXx])\d{8,}(?!\d)")),
    ("姓名", re.compile(rf"(?:我叫|我是|名叫|名字是|叫做){_NAME}{_GIVEN}{{1,2}}")),
    ("姓名和称呼", re.compile(rf"{_NAME}{_GIVEN}{{0,2}}(?:{_TITLES})")),
)  # fmt: skip
# They begin like a surname and are none.
_NO_NAMES = re.compile(
    r"^(?:高年级|任课|任何|班主任|关心|常常|向我|于是|万一|文科|白天|高中|高一|高二|高三|马上|解答|管理|方便|严格|温柔|金牌|石头|常来)"
)


@dataclass(frozen=True)
class Found:
    """Where it stands in the text, and what it looks like."""

    kind: str
    start: int
    end: int


def find_personal(text: str) -> list[Found]:
    """Telephone and ID numbers, accounts, names with a title, in the order in which they stand; none overlaps another."""
    plain = "".join(_narrow(letter) for letter in text)
    found: list[Found] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            if kind == "姓名和称呼" and _NO_NAMES.match(match[0]):
                continue
            if not any(match.start() < other.end and other.start < match.end() for other in found):
                found.append(Found(kind, match.start(), match.end()))
    return sorted(found, key=lambda one: one.start)


def _narrow(letter: str) -> str:
    """Full-width figures as the usual ones; one letter stays one letter, so that places stay places."""
    plain = unicodedata.normalize("NFKC", letter)
    return plain if len(plain) == 1 else letter
