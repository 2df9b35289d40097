"""How they are looked after: provision, difficulties and how they were settled, condolence visits."""

from __future__ import annotations

import datetime as dt
import random

from reports.demo.county import County, DemoSchool, Posting, Year, some, working_day

Asked = tuple[tuple[int, int], str, str, str, str]

PROVISIONS, DIFFICULTIES, VISITS = "后勤保障", "困难诉求", "走访慰问"
ITEMS = ("食堂", "取暖", "网络", "日常生活用品", "交通补助", "意外伤害保险", "体检", "体育器材", "电子阅览室")
# when in the year, category, what was asked, who settles it, how it was settled
ASKED: tuple[Asked, ...] = (
    ((10, 22), "住宿", "周转宿舍窗户漏风，冬季夜间温度低，希望检修门窗", "{receiver}", "更换门窗密封条，加装棉门帘，配电暖器一台"),
    ((9, 15), "住宿", "宿舍楼热水器损坏，洗澡需到镇上", "{receiver}", "维修并新增热水器一台，每晚定时供应热水"),
    ((9, 8), "家庭困难", "孩子上小学一年级，每天放学无人接送", "{sender}", "调整配偶课表，孩子纳入课后延时服务并由班主任照看"),
    ((9, 22), "家庭困难", "母亲住院手术，需要有人陪护", "{sender}工会", "批准公假三天，工会安排同事轮流陪护，送慰问金 1000 元"),
    ((9, 10), "交通", "周末返城没有班车，需绕行 40 公里", "县教育局人事股", "协调客运公司在周五、周日加开一班，并按月发放交通补助"),
    ((9, 17), "交通", "雨季通往教学点的山路塌方，出行困难", "县教育局、乡政府", "乡政府三日内抢通道路，塌方期间由中心校安排车辆接送"),
    ((9, 9), "饮食", "教学点没有食堂，午餐只能吃方便食品", "{receiver}", "由中心校食堂每日配送午餐"),
    ((9, 4), "饮食", "少数民族教师用餐不便", "{receiver}", "食堂单设清真灶，餐具分开"),
    ((11, 5), "健康", "慢性咽炎加重，希望配备扩音设备", "{receiver}", "为其配备便携式扩音器，并调减两节课后服务"),
    ((10, 14), "教学", "科学课没有实验器材，演示实验无法开展", "县教育局教研室", "从县仪器站调拨小学科学实验箱 2 套"),
    ((9, 12), "教学", "一人承担四个年级的英语，备课量大", "{receiver}", "调整课表，减去一个年级，另由中心校教师走教承担"),
    ((10, 28), "教学", "教室电子白板无法联网，数字资源用不上", "县电教馆", "更换路由设备，重新布线，当周恢复使用"),
    ((10, 24), "待遇", "9月份生活补助没有按时到账", "县教育局计财股", "核实为银行卡号登记有误，更正后补发"),
    ((12, 2), "待遇", "询问支教期间能否参加原校绩效考核", "{sender}", "按支教政策，绩效工资由原校全额发放，考核按在岗对待"),
    ((11, 13), "安全", "宿舍紧邻公路，夜间外来车辆多，希望加装照明和门锁", "{receiver}", "加装路灯两盏、防盗门一扇，纳入校园巡防范围"),
    ((1, 6), "家庭困难", "父亲瘫痪在床，请求安排在离家较近的学校", "县教育局人事股", "春季学期调整到距家 12 公里的中心小学任教"),
    ((3, 3), "住宿", "两名教师合住一间，备课互相影响", "{receiver}", "腾出一间办公室改作宿舍"),
    ((12, 16), "健康", "高海拔教学点反复感冒，请求体检", "县教育局工会", "安排到县医院体检，结果正常，配备常用药箱"),
    ((3, 17), "交通", "步行到教学点需 50 分钟，请求配自行车", "{receiver}", "配山地自行车一辆"),
    ((4, 14), "其他", "想借阅专业书籍，学校图书陈旧", "{sender}", "原校图书室按月寄送教育类图书，每次 10 册"),
)  # fmt: skip
OPEN = (
    ("住宿", "教师宿舍冬季取暖设备功率不足，夜间室温在十度以下", "{receiver}"),
    ("教学", "音乐、美术两科没有专任教师，支教教师每周超过 20 节，希望增派一人", "县教育局人事股"),
)  # fmt: skip
LATE = ("交通", "周末回城的末班车提前到下午四点，放学后赶不上", "县教育局人事股")
UNOWNED = ("教学", "实验箱里缺天平和砝码，科学课的测量实验做不了")
VISITS_OF_BUREAU = (
    ("教师节", (9, 9), "局党组成员、工会主席", "慰问信、被褥和书籍", None), ("中秋节", (9, 24), "分管副局长、人事股股长", "月饼、水果", None),
    ("元旦", (12, 30), "局长、工会主席", "电热毯、保温杯", 20000), ("春节前", (1, 13), "分管副局长", "米、面、油", 30000), ("三八妇女节", (3, 6), "工会女工委员", "围巾、护手霜", None),
)  # fmt: skip


def write(county: County) -> None:
    for year in county.years:
        if year.is_full:
            rng = county.chance(f"care {year.first}")
            _write_provisions(county, year, rng)
            _write_difficulties(county, year, rng)
            _write_visits(county, year, rng)


def _write_provisions(county: County, year: Year, rng: random.Random) -> None:
    received: dict[int, list[Posting]] = {}
    for posting in county.teaching(year):
        for school in filter(None, (posting.receiver, posting.moved_to)):
            received.setdefault(id(school), []).append(posting)
    schools = {id(school): school for school in county.schools}
    for key, postings in received.items():
        school = schools[key]
        if school.location == "城区":
            continue
        items = ["宿舍", "水电", *(item for item in ITEMS if rng.random() < 0.55 or item == "意外伤害保险")]
        county.row(PROVISIONS, {
            "学年": year.code, "受援学校": school.name, "保障项目": "、".join(items), "宿舍间数": max(1, len(postings) - rng.randint(0, 1)), "投保人数": len(postings),
            "投入经费（元）": rng.randrange(12, 46) * 100 + len(postings) * 800, "负责人": school.principal,
        })  # fmt: skip


def _write_difficulties(county: County, year: Year, rng: random.Random) -> None:
    free = [posting for posting in county.teaching(year) if posting.receiver.location != "城区"]
    rng.shuffle(free)
    for asked in sorted(some(rng, ASKED, county.wish.scaled(len(ASKED), 3)), key=lambda asked: year.day(*asked[0])):
        raised = year.day(*asked[0])
        posting = next((posting for posting in free if _would_ask(posting, asked[2])), None)
        if posting and raised <= county.wish.today - dt.timedelta(days=19):
            free.remove(posting)
            _write_difficulty(county, year, posting, asked, raised, rng)
    if year.is_running and len(free) > 1:
        _write_late_and_unowned(county, year, free)
    if year.is_running and free:
        for place, (category, text, owner) in enumerate(OPEN):
            posting = free[place % len(free)]
            raised = county.wish.today - dt.timedelta(days=5 + 4 * place)
            county.row(DIFFICULTIES, {
                "提出人": posting.teacher.name, "提出日期": raised, "学年": year.code, "类别": category, "困难内容": text,
                "承办单位（人）": _owner(owner, posting), "办理期限": raised + dt.timedelta(days=10),
            })  # fmt: skip


def _write_late_and_unowned(county: County, year: Year, free: list[Posting]) -> None:
    """What should be settled by now, and what nobody has taken on."""
    on = county.wish.loaded_on
    late, unowned = free.pop(), free.pop()
    for posting, raised, (category, text, *owner) in ((late, 25, LATE), (unowned, 4, UNOWNED)):
        row = {
            "提出人": posting.teacher.name,
            "提出日期": on - dt.timedelta(days=raised),
            "学年": year.code,
            "类别": category,
        }
        due = {"承办单位（人）": owner[0], "办理期限": on - dt.timedelta(days=4)} if owner else {}
        county.row(DIFFICULTIES, row | {"困难内容": text} | due)


def _would_ask(posting: Posting, text: str) -> bool:
    """The words fit the school and the person."""
    if "少数民族" in text:
        return "·" in posting.teacher.name
    if "教学点" in text:
        return posting.receiver.stage == "教学点"
    if "英语" in text or "科学" in text:
        return posting.subject in text
    return posting.receiver.stage != "教学点" and "·" not in posting.teacher.name


def _owner(owner: str, posting: Posting) -> str:
    """A teaching point has nobody to settle it: its centre school does."""
    receiver = posting.receiver.centre or posting.receiver
    return owner.format(receiver=receiver.name, sender=posting.sender.name)


def _write_difficulty(
    county: County, year: Year, posting: Posting, asked: Asked, raised: dt.date, rng: random.Random
) -> None:
    _, category, text, owner, answer = asked
    settled = working_day(raised + dt.timedelta(days=rng.randint(2, 18)))
    is_settled = settled <= county.wish.today
    county.row(DIFFICULTIES, {
        "提出人": posting.teacher.name, "提出日期": raised, "学年": year.code, "类别": category, "困难内容": text,
        "承办单位（人）": _owner(owner, posting), "办理期限": raised + dt.timedelta(days=20),
        "解决办法": answer if is_settled else "", "解决日期": settled if is_settled else None,
    })  # fmt: skip


def _write_visits(county: County, year: Year, rng: random.Random) -> None:
    people = len(county.teaching(year))
    for occasion, (month, day), visitors, gifts, amount in VISITS_OF_BUREAU:
        on = dt.date(year.first if month >= 8 else year.first + 1, month, day)
        if not county.happened(on):
            continue
        visited = (
            people
            if occasion == "教师节"
            else f"约{max(10, people // 2 // 10 * 10)}"
            if occasion == "中秋节"
            else county.wish.scaled(48)
        )
        county.row(VISITS, {
            "慰问时机": occasion, "慰问日期": on, "学年": year.code, "慰问人": visitors, "慰问品": gifts, "慰问金（元）": amount and county.wish.scaled(amount), "慰问人数": visited,
        })  # fmt: skip
    for place, school in enumerate(some(rng, county.senders(year), county.wish.scaled(9))):
        _write_school_visit(county, year, school, ("教师节", "元旦", "中秋节")[place % 3], rng)


def _write_school_visit(county: County, year: Year, school: DemoSchool, occasion: str, rng: random.Random) -> None:
    mine = [posting for posting in county.teaching(year) if posting.sender is school]
    receivers = list(dict.fromkeys(posting.receiver for posting in mine))
    on = {
        "教师节": dt.date(year.first, 9, 10),
        "元旦": dt.date(year.first, 12, 31),
        "中秋节": dt.date(year.first, 9, 23),
    }[occasion]
    if not receivers or not county.happened(on):
        return
    receiver = receivers[0]
    number = len([posting for posting in mine if posting.receiver is receiver])
    county.row(VISITS, {
        "慰问时机": occasion, "慰问日期": on, "学年": year.code, "慰问学校": school.name, "被慰问教师所在学校": receiver.name,
        "慰问人": f"{school.principal}、工会主席", "慰问品": rng.choice(("生活必需品", "水果、牛奶", "教学参考书", "棉被、暖水袋")), "慰问人数": number,
    })  # fmt: skip
