"""Programmes and rules that are known in every county; a county adds its own, or the same under its own numbers."""

from decimal import Decimal

from django.db import migrations

PROGRAMMES = [
    # name, other names, direction, full time, counts as exchange, months at least
    ("支教", ["定期支教", "普通支教"], "out", True, True, None),
    ("县内支教", ["县域内支教", "城镇教师支教"], "out", True, True, 9),
    ("城乡交流轮岗", ["交流轮岗", "定期交流", "轮岗", "交流"], "out", True, True, 9),
    ("对口支援", ["对口支教", "结对支援", "对口帮扶"], "out", True, True, None),
    ("对口互派", ["互派", "互派交流"], "out", True, True, None),
    ("三区支教", ["三区", "“三区”支教", "三区人才支持计划"], "out", True, True, 9),
    ("银龄讲学", ["银龄", "银龄讲学计划"], "out", True, False, 4),
    ("援疆援藏", ["援疆", "援藏", "援疆支教", "援藏支教"], "out", True, True, 9),
    ("东西部协作", ["东西协作", "东西部协作支教"], "out", True, True, None),
    ("跟岗学习", ["跟岗", "跟班学习", "挂职学习"], "learning", True, False, None),
    ("走教", ["走教兼课", "兼课", "巡回走教"], "out", False, False, None),
    ("挂职", ["挂职锻炼"], "out", True, True, None),
    ("短期指导", ["短期支教", "短期讲学", "短期送教"], "brief", False, False, None),
]

RULES = [
    ("交流轮岗教师比例", "exchanged", "eligible", "10", "教师〔2014〕4号；县域义务教育优质均衡发展督导评估指标 2.11"),
    ("交流教师中骨干教师比例", "exchanged_backbone", "exchanged", "20", "教师〔2014〕4号；县域义务教育优质均衡发展督导评估指标 2.11"),
]


def add(apps, schema_editor):
    programme = apps.get_model("assignments", "Programme")
    for name, aliases, direction, full_time, exchange, months in PROGRAMMES:
        programme.objects.create(
            name=name, aliases=aliases, direction=direction, is_full_time=full_time,
            counts_as_exchange=exchange, minimum_months=months,
        )
    rule = apps.get_model("assignments", "PolicyRule")
    for name, numerator, denominator, threshold, basis in RULES:
        rule.objects.create(
            name=name, numerator=numerator, denominator=denominator, threshold=Decimal(threshold), level="nation", basis=basis
        )


class Migration(migrations.Migration):
    dependencies = [("assignments", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
