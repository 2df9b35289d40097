"""Code lists of inspections, questionnaires, appraisals and honours."""

from django.db import models


class LessonKind(models.TextChoices):
    OPEN = "open", "公开课"
    DEMONSTRATION = "demonstration", "示范课"
    REPORT = "report", "汇报课"
    RESEARCH = "research", "研讨课"
    VIEWED = "viewed", "观摩课"
    SHOWN = "shown", "展示课"
    QUALITY = "quality", "优质课"
    COMPARED = "compared", "同课异构课"
    DELIVERED = "delivered", "送教课"
    ROUTINE = "routine", "常规课"
    OTHER = "other", "其他课"
    OBSERVED = "observed", "听课"
    ASSESSED = "assessed", "评课"


# Those that a seconded teacher gives, in the order in which a summary tells them.
GIVEN_LESSONS = (
    LessonKind.OPEN,
    LessonKind.DEMONSTRATION,
    LessonKind.REPORT,
    LessonKind.RESEARCH,
    LessonKind.VIEWED,
    LessonKind.SHOWN,
    LessonKind.QUALITY,
    LessonKind.COMPARED,
    LessonKind.DELIVERED,
    LessonKind.ROUTINE,
    LessonKind.OTHER,
)
LESSON_ALIASES = {
    "观课": "听课",
    "汇报展示课": "汇报课",
    "教研课": "研讨课",
    "公开教学": "公开课",
    "送课": "送教课",
    "随堂课": "常规课",
    "家常课": "常规课",
    "同课异构": "同课异构课",
    "其他": "其他课",
}

# What a work record holds, with the unit it is counted in; other words are kept as they are typed, counted in 份.
RECORD_UNITS = {
    "教案": "份", "备课": "份", "教学随笔": "篇", "学习笔记": "本", "专题讲座": "次", "作业批改": "次", "教研组活动": "次", "教研活动": "次",
    "试卷分析": "份", "听课记录": "节", "辅导记载": "次", "教学反思": "篇", "教学心得体会": "篇", "会议纪要": "份", "集体备课": "次", "家访": "次",
    "谈心谈话": "次", "论文": "篇", "课题": "项", "公开课": "节", "示范课": "节", "听课": "节", "评课": "节", "作业批阅": "份",
    "工作计划": "份", "工作总结": "份", "课件": "个", "命题": "份", "学困生辅导": "次", "主题班会": "次",
}  # fmt: skip
LECTURE_RECORD = "专题讲座"


class InspectionState(models.TextChoices):
    PLANNED = "planned", "待检查"
    UNDER_WAY = "under_way", "检查中"
    FEEDBACK = "feedback", "待反馈"
    RECTIFYING = "rectifying", "待整改"
    CLOSED = "closed", "已办结"


# From here on the inspected school, its sending schools and their teachers know what was found.
PUBLISHED_STATES = (InspectionState.RECTIFYING, InspectionState.CLOSED)


class RoundState(models.TextChoices):
    DRAFT = "draft", "拟定中"
    ANNOUNCED = "announced", "已通知"
    CLOSED = "closed", "已结束"


class HalfDay(models.TextChoices):
    ALL = "all", "全天"
    MORNING = "morning", "上午"
    AFTERNOON = "afternoon", "下午"


class PartState(models.TextChoices):
    """Of one of the four parts; the inspection's own state follows from them."""

    OPEN = "open", "填写中"
    DONE = "done", "已完成"


class RespondentKind(models.TextChoices):
    PUPILS = "pupils", "学生"
    PARENTS = "parents", "家长"
    COLLEAGUES = "colleagues", "教师"
    LEADERS = "leaders", "校领导"
    ALL = "all", "各类对象"  # where those of several kinds were counted together


RESPONDENT_ALIASES = {
    "合计": "各类对象",
    "不分对象": "各类对象",
    "全部": "各类对象",
    "同事": "教师",
    "同行": "教师",
    "领导": "校领导",
    "学校领导": "校领导",
    "学生家长": "家长",
}


class VisitWay(models.TextChoices):
    HOME = "home", "入户"
    PHONE = "phone", "电话"
    SCHOOL = "school", "到校"


class FindingKind(models.TextChoices):
    MERIT = "merit", "优点"
    PROBLEM = "problem", "问题"
    ADVICE = "advice", "建议"


class Quality(models.TextChoices):
    GOOD = "good", "好"
    FAIR = "fair", "较好"
    PLAIN = "plain", "一般"
    POOR = "poor", "较差"


QUALITY_ALIASES = {
    "优": "好",
    "优秀": "好",
    "良": "较好",
    "良好": "较好",
    "合格": "一般",
    "差": "较差",
    "不合格": "较差",
}


class Grade(models.TextChoices):
    """Four since 人社部发〔2023〕6号; 良好 where a county's own rule has it."""

    EXCELLENT = "excellent", "优秀"
    GOOD = "good", "良好"
    QUALIFIED = "qualified", "合格"
    BASIC = "basic", "基本合格"
    FAILED = "failed", "不合格"


GRADE_ALIASES = {
    "称职": "合格",
    "基本称职": "基本合格",
    "不称职": "不合格",
    "优": "优秀",
    "良": "良好",
    "优秀等次": "优秀",
    "合格等次": "合格",
}


class AppraisalKind(models.TextChoices):
    MIDDLE = "middle", "中期考核"
    FINAL = "final", "期满考核"
    TERM = "term", "学期考核"
    ANNUAL = "annual", "年度考核"


class AppraisalState(models.TextChoices):
    """草稿 → 已报送 → 已评定 → 公示中 → 已确定; sent back it is a draft again."""

    DRAFT = "draft", "待评分"
    RETURNED = "returned", "已退回"
    SUBMITTED = "submitted", "已报送"
    SETTLED = "settled", "已评定"
    NOTICED = "noticed", "公示中"
    FINAL = "final", "已确定"


# With the receiving school alone: nobody else sees what is not handed in.
AT_SCHOOL_STATES = (AppraisalState.DRAFT, AppraisalState.RETURNED)


# From here on the grade is known to those concerned, not to the bureau alone.
PUBLISHED_GRADES = (AppraisalState.NOTICED, AppraisalState.FINAL)


class Answer(models.TextChoices):
    """What the teacher says to the score."""

    AGREED = "agreed", "同意"
    OBJECTED = "objected", "有异议"


class NoticeState(models.TextChoices):
    """Where a 公示 of grades stands today; worked out from its days, its appeals and whether it was closed."""

    TO_COME = "to_come", "未开始"
    RUNNING = "running", "公示中"
    APPEALED = "appealed", "有申诉"
    OVER = "over", "已结束"
    CLOSED = "closed", "已定"


class AppealResult(models.TextChoices):
    UPHELD = "upheld", "成立，重新评定"
    DISMISSED = "dismissed", "不成立，维持"


class ItemKind(models.TextChoices):
    """The kinds of item seen in real rubrics."""

    LEVEL = "level", "选等级"
    DEDUCTION = "deduction", "按次扣分"
    RATIO = "ratio", "与平均数之比"
    BANDS = "bands", "分段表"
    BONUS = "bonus", "按次加分"
    RATING = "rating", "测评平均"
    VETO = "veto", "一票否决"


class QuotaGroup(models.TextChoices):
    """Among whom the 优秀 are counted."""

    COUNTY = "county", "全县支教教师"
    RECEIVING = "receiving", "同一受援学校"
    SENDING = "sending", "同一派出学校"
    PROGRAMME = "programme", "同一项目类型"


class QuestionKind(models.TextChoices):
    SCALE = "scale", "等级题"
    CHOICE = "choice", "单选题"
    TEXT = "text", "文字题"


class Opinion(models.TextChoices):
    """What an option says of satisfaction: (满意 + 基本满意) ÷ 有效份数."""

    SATISFIED = "satisfied", "满意"
    FAIRLY = "fairly", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"


class QuestionnaireState(models.TextChoices):
    DRAFT = "draft", "未开放"
    OPEN = "open", "答卷中"
    CLOSED = "closed", "已截止"
    RELEASED = "released", "结果已发布"


class AnswerWay(models.TextChoices):
    CODES = "codes", "一人一码"
    LINK = "link", "班级链接（较弱）"
    PAPER = "paper", "纸质录入"


class TextState(models.TextChoices):
    WAITING = "waiting", "待审核"
    RELEASED = "released", "可以看"
    WITHHELD = "withheld", "不公开"


class StepKind(models.TextChoices):
    """The steps of a mentorship."""

    GUIDED = "guided", "指导"
    OBSERVED = "observed", "听徒弟的课"
    SHOWN = "shown", "徒弟汇报课"
    OTHER = "other", "其他"


class HonourLevel(models.TextChoices):
    NATION = "nation", "国家级"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    SCHOOL = "school", "校级"
