"""The fonts documents are set in: our own, and in front of them those the bureau has a licence for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont

OWN_FONTS_DIR = settings.BASE_DIR / "static" / "fonts"


@dataclass(frozen=True)
class Face:
    """A family name of ours, our file for it, and by which names a licensed font for the same use is known."""

    family: str
    file: str
    licensed_names: tuple[str, ...] = ()

    @property
    def licensed_family(self) -> str:
        return f"L{self.family}"


FACES = (
    Face("FS", "FandolFang-Regular.otf", ("仿宋_GB2312", "FangSong_GB2312")),
    Face("KT", "FandolKai-Regular.otf", ("楷体_GB2312", "KaiTi_GB2312")),
    Face("XBS", "NotoSerifSC-Black-cut.otf", ("方正小标宋", "FZXiaoBiaoSong", "FZXBS")),
    Face("HT", "NotoSansSC-Medium-cut.otf"),
    Face("RZ", "NotoSerifSC-Fallback.otf"),  # thin as 仿宋 and as high: names that Fandol cannot write
    Face("ST", "NotoSerifSC-Folio.otf"),  # page numbers
)
FALLBACKS = ("FS", "RZ")  # these two together have every character of GBK and 通用规范汉字表


def font_files() -> Mapping[str, Path]:
    """By our own name for it, the file: nothing else can be loaded into a document."""
    own = {face.family: OWN_FONTS_DIR / face.file for face in FACES}
    return {**own, **licensed_fonts(settings.LICENSED_FONTS_DIR)}


def font_css() -> str:
    """@font-face rules and one custom property a family with its fallbacks, e.g. var(--fs)."""
    files = font_files()
    faces = "".join(f"@font-face{{font-family:{name};src:url(font:{name})}}\n" for name in files)
    stacks = "".join(f"--{face.family.lower()}:{','.join(family_order(face.family))};" for face in FACES)
    return f"{faces}:root{{{stacks}}}\n"


def family_order(family: str) -> tuple[str, ...]:
    """Licensed first, then ours, then what has every character."""
    licensed = licensed_fonts(settings.LICENSED_FONTS_DIR)
    wanted = (f"L{family}", family, *FALLBACKS)
    return tuple(name for name in dict.fromkeys(wanted) if name in licensed or not name.startswith("L"))


@lru_cache(maxsize=4)
def licensed_fonts(folder: str) -> Mapping[str, Path]:
    if not folder or not Path(folder).is_dir():
        return {}
    found: dict[str, Path] = {}
    for path in sorted(Path(folder).iterdir()):
        if path.suffix.lower() in (".ttf", ".otf"):
            names = _names_of(path)
            for face in FACES:
                if any(name.startswith(known) for known in face.licensed_names for name in names):
                    found.setdefault(face.licensed_family, path)
    return found


def _names_of(path: Path) -> set[str]:
    """Family and full names in the font, and the file's own name: bureaus rename files."""
    try:
        with TTFont(path, lazy=True) as font:
            records = [record for record in font["name"].names if record.nameID in (1, 4, 16)]
            return {path.stem, *(record.toUnicode(errors="replace") for record in records)}
    except Exception:  # a broken file in that folder must not keep documents from being made
        return set()
