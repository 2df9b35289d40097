"""Code lists of schools, teachers and secondments. Source of the national ones: the standards named beside them."""

from django.db import models


class DistrictLevel(models.TextChoices):
    PROVINCE = "province", "省"
    PREFECTURE = "prefecture", "市"
    COUNTY = "county", "县"
    TOWNSHIP = "township", "乡镇"


class Role(models.TextChoices):
    BUREAU_ADMIN = "bureau_admin", "局管理员"
    OFFICER = "officer", "支教专干"
    LEADER = "leader", "局领导"
    INSPECTOR = "inspector", "督导员"
    FINANCE = "finance", "财务"
    AUDITOR = "auditor", "审计"
    PRINCIPAL = "principal", "校长"
    SCHOOL_OFFICER = "school_officer", "学校经办人"
    TEACHER = "teacher", "教师"


BUREAU_ROLES = (Role.BUREAU_ADMIN, Role.OFFICER, Role.LEADER, Role.INSPECTOR, Role.FINANCE, Role.AUDITOR)
SCHOOL_ROLES = (Role.PRINCIPAL, Role.SCHOOL_OFFICER)


class SchoolStage(models.TextChoices):
    KINDERGARTEN = "kindergarten", "幼儿园"
    TEACHING_POINT = "teaching_point", "教学点"
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中"
    NINE_YEAR = "nine_year", "九年一贯制"
    SENIOR = "senior", "高中"
    COMPLETE = "complete", "完全中学"
    TWELVE_YEAR = "twelve_year", "十二年一贯制"
    VOCATIONAL = "vocational", "中等职业"
    SPECIAL = "special", "特殊教育"
    OTHER = "other", "其他"


SCHOOL_STAGE_ALIASES = {
    "九年一贯制学校": "九年一贯制", "九年制": "九年一贯制", "九年制学校": "九年一贯制", "完中": "完全中学", "普通初中": "初中", "初级中学": "初中",
    "普通高中": "高中", "高级中学": "高中", "特教": "特殊教育", "特殊教育学校": "特殊教育", "中职": "中等职业", "职业高中": "中等职业",
    "村小": "小学", "完小": "小学", "完全小学": "小学", "中心小学": "小学", "学前": "幼儿园", "十二年一贯制学校": "十二年一贯制", "幼儿": "幼儿园",
}  # fmt: skip


class TeachingStage(models.TextChoices):
    PRESCHOOL = "preschool", "学前"
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中"
    SENIOR = "senior", "高中"
    VOCATIONAL = "vocational", "中职"
    SPECIAL = "special", "特教"


STAGE_TAUGHT_AT = {
    SchoolStage.KINDERGARTEN: TeachingStage.PRESCHOOL,
    SchoolStage.TEACHING_POINT: TeachingStage.PRIMARY,
    SchoolStage.PRIMARY: TeachingStage.PRIMARY,
    SchoolStage.JUNIOR: TeachingStage.JUNIOR,
    SchoolStage.NINE_YEAR: TeachingStage.JUNIOR,
    SchoolStage.SENIOR: TeachingStage.SENIOR,
    SchoolStage.COMPLETE: TeachingStage.SENIOR,
    SchoolStage.TWELVE_YEAR: TeachingStage.SENIOR,
    SchoolStage.VOCATIONAL: TeachingStage.VOCATIONAL,
    SchoolStage.SPECIAL: TeachingStage.SPECIAL,
}


class Location(models.TextChoices):
    """Of 统计用城乡划分代码: 111-112 city, 121-123 town, 210-220 village."""

    CITY = "city", "城区"
    TOWN = "town", "镇区"
    VILLAGE = "village", "乡村"


LOCATION_ALIASES = {
    "城市": "城区",
    "市区": "城区",
    "县城": "城区",
    "城乡结合部": "镇区",
    "乡镇": "镇区",
    "城镇": "镇区",
    "镇": "镇区",
    "农村": "乡村",
    "村": "乡村",
    "乡": "乡村",
    "山区": "乡村",
}


class Sex(models.TextChoices):
    """GB/T 2261.1."""

    UNKNOWN = "0", "未知"
    MALE = "1", "男"
    FEMALE = "2", "女"
    UNSTATED = "9", "未说明"


ETHNICITIES = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
]
# GB/T 3304: the number is the place in the list.
ETHNICITY_CHOICES = [(f"{number:02}", f"{name}族") for number, name in enumerate(ETHNICITIES, start=1)]
ETHNICITY_CHOICES += [("97", "其他"), ("98", "外国血统")]
ETHNICITY_ALIASES = {name: f"{name}族" for name in ETHNICITIES}


class PoliticalStatus(models.TextChoices):
    """GB/T 4762."""

    MEMBER = "01", "中共党员"
    PROBATIONARY = "02", "中共预备党员"
    YOUTH_LEAGUE = "03", "共青团员"
    MINGE = "04", "民革党员"
    MINMENG = "05", "民盟盟员"
    MINJIAN = "06", "民建会员"
    MINJIN = "07", "民进会员"
    NONGGONG = "08", "农工党党员"
    ZHIGONG = "09", "致公党党员"
    JIUSAN = "10", "九三学社社员"
    TAIMENG = "11", "台盟盟员"
    NO_PARTY = "12", "无党派人士"
    MASSES = "13", "群众"


POLITICAL_ALIASES = {"党员": "中共党员", "预备党员": "中共预备党员", "团员": "共青团员", "无党派民主人士": "无党派人士"}


class Education(models.TextChoices):
    """The heads of GB/T 4658; a smaller code is a higher degree."""

    DOCTOR = "11", "博士研究生"
    MASTER = "14", "硕士研究生"
    BACHELOR = "21", "大学本科"
    COLLEGE = "31", "大学专科"
    SECONDARY = "41", "中专"
    VOCATIONAL = "44", "职高"
    SENIOR = "61", "高中"
    JUNIOR = "71", "初中"
    OTHER = "90", "其他"


EDUCATION_ALIASES = {
    "博士": "博士研究生", "博士毕业": "博士研究生", "研究生": "硕士研究生", "硕士": "硕士研究生", "硕士毕业": "硕士研究生", "本科": "大学本科", "本科学历": "大学本科",
    "本科毕业": "大学本科", "大学": "大学本科", "专科": "大学专科", "大专": "大学专科", "专科毕业": "大学专科", "中师": "中专", "中专毕业": "中专",
    "高中毕业": "高中", "初中毕业": "初中",
}  # fmt: skip


class Title(models.TextChoices):
    """One series since 2015; smaller is higher."""

    SENIOR_PROFESSOR = "1", "正高级教师"
    SENIOR = "2", "高级教师"
    FIRST = "3", "一级教师"
    SECOND = "4", "二级教师"
    THIRD = "5", "三级教师"
    NONE = "9", "未评定"


TITLE_ALIASES = {
    "正高": "正高级教师", "正高级": "正高级教师", "高级": "高级教师", "副高": "高级教师", "副高级": "高级教师", "中学高级": "高级教师", "中学高级教师": "高级教师",
    "中小学高级教师": "高级教师", "一级": "一级教师", "中级": "一级教师", "中学一级": "一级教师", "中学一级教师": "一级教师", "小学高级": "一级教师",
    "小学高级教师": "一级教师", "中小学一级教师": "一级教师", "二级": "二级教师", "助理级": "二级教师", "中学二级": "二级教师", "中学二级教师": "二级教师",
    "小学一级": "二级教师", "小学一级教师": "二级教师", "中小学二级教师": "二级教师", "三级": "三级教师", "员级": "三级教师", "中学三级": "三级教师",
    "小学二级": "三级教师", "小学三级": "三级教师", "中学正高级教师": "正高级教师", "中教高级": "高级教师", "中教一级": "一级教师", "中教二级": "二级教师", "小教高级": "一级教师", "小教一级": "二级教师",
    "中高": "高级教师", "中一": "一级教师", "中二": "二级教师", "小高": "一级教师", "小一": "二级教师", "幼儿园高级教师": "一级教师", "幼教高级": "一级教师",
    "幼儿园一级教师": "二级教师", "幼教一级": "二级教师", "未评": "未评定", "无": "未评定", "未定级": "未评定",
}  # fmt: skip

SUBJECTS = [
    "语文",
    "数学",
    "英语",
    "道德与法治",
    "政治",
    "历史",
    "地理",
    "科学",
    "物理",
    "化学",
    "生物",
    "体育",
    "音乐",
    "美术",
    "信息科技",
    "通用技术",
    "劳动",
    "心理健康",
    "综合实践",
    "书法",
    "日语",
    "俄语",
    "学前教育",
    "特殊教育",
    "职业专业课",
    "其他",
]
SUBJECT_CHOICES = [(name, name) for name in SUBJECTS]
SUBJECT_ALIASES = {
    "外语": "英语", "品德": "道德与法治", "品德与生活": "道德与法治", "品德与社会": "道德与法治", "思想品德": "道德与法治", "道法": "道德与法治", "思政": "道德与法治",
    "思想政治": "政治", "生物学": "生物", "体育与健康": "体育", "信息技术": "信息科技", "信息": "信息科技", "计算机": "信息科技", "劳动教育": "劳动",
    "劳动技术": "劳动", "综合实践活动": "综合实践", "心理": "心理健康", "心理健康教育": "心理健康", "学前": "学前教育", "幼教": "学前教育", "特教": "特殊教育",
    "艺术": "音乐", "舞蹈": "音乐", "自然": "科学", "思品": "道德与法治", "品社": "道德与法治", "微机": "信息科技", "劳技": "劳动", "幼儿教育": "学前教育",
}  # fmt: skip
CORE_SUBJECTS = ("语文", "数学", "英语")


class Establishment(models.TextChoices):
    REGULAR = "regular", "在编"
    FILED = "filed", "备案制"
    CONTRACT = "contract", "合同制"


class BackboneLevel(models.TextChoices):
    NATION = "nation", "国家级"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    SCHOOL = "school", "校级"


LEVEL_ALIASES = {
    "国家": "国家级",
    "省": "省级",
    "市": "市级",
    "县": "县级",
    "区级": "县级",
    "县区级": "县级",
    "校": "校级",
}
BACKBONE_TITLES = (
    "特级教师",
    "名师",
    "名校长",
    "学科带头人",
    "骨干教师",
    "教学能手",
    "教坛新星",
    "教坛新秀",
    "优秀班主任",
)


class Direction(models.TextChoices):
    """Which way a programme moves people."""

    OUT = "out", "支援"
    LEARNING = "learning", "跟岗学习"
    BRIEF = "brief", "短期"


class Duty(models.TextChoices):
    TEACHER = "teacher", "支教教师"
    LEADER = "leader", "带队领导"
    HEAD = "head", "挂职校长"
    DEPUTY = "deputy", "挂职副校长"


DUTY_ALIASES = {
    "教师": "支教教师",
    "领队": "带队领导",
    "队长": "带队领导",
    "支教队长": "带队领导",
    "组长": "带队领导",
    "校长": "挂职校长",
    "副校长": "挂职副校长",
}


class SecondmentState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已申报"
    RECOMMENDED = "recommended", "公示中"
    REVIEW = "review", "局审核"
    APPROVED = "approved", "已批准"
    DISPATCHED = "dispatched", "已派出"
    OVERDUE = "overdue", "逾期未报到"
    ON_POST = "on_post", "在岗"
    APPRAISED = "appraised", "已考核"
    COMPLETED = "completed", "已结束"
    ENDED_EARLY = "ended_early", "提前终止"
    WITHDRAWN = "withdrawn", "已撤回"
    SENT_BACK = "sent_back", "已退回"


# Those that a figure counts: somebody has gone, or has been told to go.
SERVING_STATES = (
    SecondmentState.DISPATCHED,
    SecondmentState.ON_POST,
    SecondmentState.APPRAISED,
    SecondmentState.COMPLETED,
    SecondmentState.ENDED_EARLY,
)


# From dispatch on the receiving school knows of it; before that it is between the teacher, the sending school and the bureau.
KNOWN_TO_RECEIVER = (*SERVING_STATES, SecondmentState.OVERDUE)
OVER = (SecondmentState.COMPLETED, SecondmentState.ENDED_EARLY)


class EndReason(models.TextChoices):
    HEALTH = "health", "健康"
    MATERNITY = "maternity", "孕产"
    WORK = "work", "工作需要"
    DISCIPLINE = "discipline", "违纪"
    TRANSFER = "transfer", "调动"
    OTHER = "other", "其他"


class ChangeKind(models.TextChoices):
    END_EARLY = "end_early", "提前终止"
    EXTEND = "extend", "延期"
    MOVE = "move", "换岗"
    SUBJECT = "subject", "调整学科"


CHANGE_ALIASES = {
    "中止": "提前终止", "终止": "提前终止", "提前结束": "提前终止", "提前返回": "提前终止", "延长": "延期", "续支": "延期", "调岗": "换岗", "调整学校": "换岗", "换校": "换岗",
}  # fmt: skip


class DistinctKind(models.TextChoices):
    TEACHER = "teacher", "教师"
    SCHOOL = "school", "学校"


class ChangeState(models.TextChoices):
    REQUESTED = "requested", "待审批"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    CANCELLED = "cancelled", "已撤回"


class LeaveState(models.TextChoices):
    REQUESTED = "requested", "待审批"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    CANCELLED = "cancelled", "已撤回"


class ObjectionState(models.TextChoices):
    OPEN = "open", "核查中"
    UPHELD = "upheld", "异议成立"
    DISMISSED = "dismissed", "异议不成立"


class SheetState(models.TextChoices):
    DRAFT = "draft", "编制中"
    CHECKED = "checked", "已审核"
    LOCKED = "locked", "已锁定"


class LeaveKind(models.TextChoices):
    PERSONAL = "personal", "事假"
    SICK = "sick", "病假"
    OFFICIAL = "official", "公假"
    MATERNITY = "maternity", "产假"
    MARRIAGE = "marriage", "婚假"
    FUNERAL = "funeral", "丧假"


class DayMark(models.TextChoices):
    """What a day on post was when it was not a day of work from beginning to end. `OFF`: the school did not work either."""

    PERSONAL = "personal", "事假"
    SICK = "sick", "病假"
    OFFICIAL = "official", "公假"
    MATERNITY = "maternity", "产假"
    OTHER = "other", "婚假丧假"
    ABSENT = "absent", "旷工"
    LATE = "late", "迟到"
    EARLY = "early", "早退"
    OFF = "off", "放假"


DAY_SIGNS = {
    DayMark.PERSONAL: "事", DayMark.SICK: "病", DayMark.OFFICIAL: "公", DayMark.MATERNITY: "产", DayMark.OTHER: "婚",
    DayMark.ABSENT: "旷", DayMark.LATE: "迟", DayMark.EARLY: "退", DayMark.OFF: "休",
}  # fmt: skip


class ExemptionReason(models.TextChoices):
    PREGNANCY = "pregnancy", "孕期"
    NURSING = "nursing", "哺乳期"
    ILLNESS = "illness", "重病"
    SPOUSE = "spouse", "配偶已派出"
    AGE = "age", "年龄"
    RECENT = "recent", "三年内已支教"
    OTHER = "other", "其他"


class DifficultyCategory(models.TextChoices):
    FAMILY = "family", "家庭困难"
    HOUSING = "housing", "住宿"
    MEALS = "meals", "饮食"
    TRANSPORT = "transport", "交通"
    HEALTH = "health", "健康"
    TEACHING = "teaching", "教学"
    PAY = "pay", "待遇"
    SAFETY = "safety", "安全"
    OTHER = "other", "其他"


DIFFICULTY_ALIASES = {
    "家庭": "家庭困难",
    "生活": "其他",
    "生活困难": "其他",
    "子女教育": "家庭困难",
    "食宿": "住宿",
    "身体": "健康",
    "工作": "教学",
    "工作困难": "教学",
}


class DonationKind(models.TextChoices):
    CASH = "cash", "资金"
    GOODS = "goods", "物资"
    WORKS = "works", "工程"


DONATION_ALIASES = {
    "现金": "资金",
    "捐款": "资金",
    "实物": "物资",
    "物品": "物资",
    "图书": "物资",
    "设备": "物资",
    "项目": "工程",
}

# Kinds of activity, meeting and training are words of the bureau: these are offered, others are kept as they are typed.
ACTIVITY_KINDS = (
    "送课下乡",
    "联片教研",
    "手拉手共建",
    "志愿服务",
    "学生资助",
    "走访帮扶",
    "助残日活动",
    "社会实践",
    "捐赠活动",
    "同课异构",
    "短期指导",
)
MEETING_KINDS = ("动员会", "接收工作会议", "岗前介绍会", "座谈会", "专题会议", "总结会", "领导小组会议")
TRAINING_KINDS = ("岗前培训", "报告会", "专题培训", "晚间学习交流", "观摩研讨")
PROVISION_ITEMS = (
    "宿舍",
    "食堂",
    "水电",
    "日常生活用品",
    "取暖",
    "网络",
    "电子阅览室",
    "体育器材",
    "交通补助",
    "意外伤害保险",
    "体检",
)


class RuleLevel(models.TextChoices):
    NATION = "nation", "国家"
    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县"
