"""The tables of certificates and of the living report.

Written as one step, because SQLite remakes a table for every constraint that comes after it.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('reports', '0001_certificates'), ('reports', '0002_living_reports')]

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('assignments', '0007_red_head'),
        ('evaluations', '0013_rubrics'),
    ]

    operations = [
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=11, verbose_name='时段')),
                ('title', models.CharField(help_text='一行写不下时分成两行', max_length=200, verbose_name='标题')),
                ('state', models.CharField(choices=[('draft', '起草中'), ('handed_in', '已上报'), ('returned', '已退回'), ('accepted', '已采用'), ('issued', '已印发'), ('superseded', '已被新稿替代')], default='draft', max_length=12, verbose_name='状态')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='改动次数')),
                ('draft_number', models.PositiveSmallIntegerField(default=1, verbose_name='第几稿')),
                ('signs', models.CharField(max_length=120, verbose_name='落款单位')),
                ('dated', models.DateField(blank=True, null=True, verbose_name='落款日期')),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='发文字号')),
                ('made_at', models.DateTimeField(verbose_name='起草时间')),
                ('changed_at', models.DateTimeField(verbose_name='最近改动')),
                ('figures_read', models.JSONField(blank=True, default=dict, verbose_name='上次核对时的数')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='上次核对时间')),
                ('handed_in_at', models.DateTimeField(blank=True, null=True, verbose_name='上报时间')),
                ('returned_reason', models.CharField(blank=True, max_length=500, verbose_name='退回原因')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='审阅时间')),
                ('issued_at', models.DateTimeField(blank=True, null=True, verbose_name='印发时间')),
                ('content', models.JSONField(blank=True, null=True, verbose_name='封存的内容')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='内容摘要')),
                ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assignments.district', verbose_name='县（市、区）')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审阅人')),
                ('handed_in_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上报人')),
                ('issued_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='印发人')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
                ('school', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='assignments.school', verbose_name='学校')),
                ('supersedes', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='reports.report', verbose_name='替代')),
            ],
            options={
                'verbose_name': '工作总结',
                'verbose_name_plural': '工作总结',
                'ordering': ['-period', 'school__name', '-pk'],
                'indexes': [models.Index(fields=['county', 'period', 'state'], name='report_of_period')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('school__isnull', False), ('state__in', ['draft', 'handed_in', 'returned'])), fields=('county', 'period', 'school'), name='report_one_of_school', violation_error_message='这所学校这一时段的总结已经在写了'), models.UniqueConstraint(condition=models.Q(('school', None), ('state', 'draft')), fields=('county', 'period'), name='report_one_of_bureau', violation_error_message='教育局这一时段的总结已经在写了'), models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('county', 'number'), name='report_number', violation_error_message='这个发文字号已经用过'), models.UniqueConstraint(condition=models.Q(('school', None), ('state', 'issued')), fields=('county', 'period'), name='report_issued_once', violation_error_message='这一时段的总结已经印发'), models.UniqueConstraint(condition=models.Q(('school__isnull', False), ('state', 'accepted')), fields=('county', 'period', 'school'), name='report_accepted_once', violation_error_message='这所学校这一时段的总结已经采用'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'handed_in', 'returned', 'accepted', 'issued', 'superseded'])), name='report_state', violation_error_message='总结没有这种状态'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['handed_in', 'accepted', 'issued', 'superseded']), _negated=True), models.Q(('digest', ''), _negated=True), _connector='OR'), name='report_frozen_with_digest', violation_error_message='上报、印发的总结要有封存的内容'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['issued', 'superseded']), _negated=True), models.Q(models.Q(('number', ''), _negated=True), ('dated__isnull', False), ('issued_at__isnull', False), ('issued_by__isnull', False)), _connector='OR'), name='report_issued', violation_error_message='印发的总结要有发文字号、落款日期和印发人')],
            },
        ),
        migrations.CreateModel(
            name='Passage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveIntegerField(verbose_name='次序')),
                ('kind', models.CharField(choices=[('heading', '标题'), ('paragraph', '段落'), ('table', '表'), ('chart', '图'), ('photo', '照片')], max_length=10, verbose_name='种类')),
                ('level', models.PositiveSmallIntegerField(default=0, verbose_name='标题级别')),
                ('is_appendix', models.BooleanField(default=False, verbose_name='附在文后')),
                ('text', models.TextField(blank=True, verbose_name='文字')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='出处')),
                ('generated', models.TextField(blank=True, verbose_name='生成的文字')),
                ('is_left_out', models.BooleanField(default=False, verbose_name='不写入')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='改动次数')),
                ('edited_at', models.DateTimeField(blank=True, null=True, verbose_name='最近改动时间')),
                ('edited_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='最近改动人')),
                ('photo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attachments.attachment', verbose_name='照片')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passages', to='reports.report', verbose_name='总结')),
                ('taken_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.report', verbose_name='取自')),
            ],
            options={
                'verbose_name': '总结段落',
                'verbose_name_plural': '总结段落',
                'ordering': ['order', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'heading'), _negated=True), models.Q(('level__gte', 1), ('level__lte', 4)), _connector='OR'), name='passage_heading_level', violation_error_message='标题的级别是 1 到 4'), models.CheckConstraint(condition=models.Q(('kind__in', ['heading', 'paragraph', 'table', 'chart', 'photo'])), name='passage_kind', violation_error_message='段落没有这一种')],
            },
        ),
        migrations.CreateModel(
            name='IssuedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=4, verbose_name='格式')),
                ('sha256', models.CharField(max_length=64, verbose_name='摘要')),
                ('bytes', models.BinaryField(verbose_name='内容')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='reports.report', verbose_name='总结')),
            ],
            options={
                'verbose_name': '印发的文件',
                'verbose_name_plural': '印发的文件',
                'ordering': ['kind'],
                'constraints': [models.UniqueConstraint(fields=('report', 'kind'), name='issued_file_once', violation_error_message='这种格式已经保存')],
            },
        ),
        migrations.CreateModel(
            name='FrozenRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=80, verbose_name='记录种类')),
                ('key', models.BigIntegerField(verbose_name='记录编号')),
                ('cells', models.JSONField(default=list, verbose_name='各栏')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='records', to='reports.report', verbose_name='总结')),
            ],
            options={
                'verbose_name': '封存的记录',
                'verbose_name_plural': '封存的记录',
                'ordering': ['model', 'key'],
                'constraints': [models.UniqueConstraint(fields=('report', 'model', 'key'), name='frozen_record_once', violation_error_message='这条记录已经封存')],
            },
        ),
        migrations.CreateModel(
            name='FrozenFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveIntegerField(verbose_name='次序')),
                ('token', models.CharField(help_text='代号、范围、单位', max_length=500, verbose_name='数据项')),
                ('label', models.CharField(max_length=120, verbose_name='名称')),
                ('definition', models.TextField(blank=True, verbose_name='口径')),
                ('text', models.CharField(max_length=60, verbose_name='写出的数')),
                ('value', models.DecimalField(decimal_places=6, max_digits=20, verbose_name='数值')),
                ('model', models.CharField(blank=True, max_length=80, verbose_name='记录种类')),
                ('keys', models.JSONField(default=list, verbose_name='记录编号')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='figures', to='reports.report', verbose_name='总结')),
            ],
            options={
                'verbose_name': '封存的数',
                'verbose_name_plural': '封存的数',
                'ordering': ['order'],
                'constraints': [models.UniqueConstraint(fields=('report', 'token'), name='frozen_figure_once', violation_error_message='这个数已经封存')],
            },
        ),
        migrations.CreateModel(
            name='ReportCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(help_text='如 2024-2025', max_length=11, verbose_name='时段')),
                ('due_on', models.DateField(verbose_name='上报截止日期')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='要求')),
                ('at', models.DateTimeField(verbose_name='发出时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发出人')),
                ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assignments.district', verbose_name='县（市、区）')),
            ],
            options={
                'verbose_name': '上报总结的要求',
                'verbose_name_plural': '上报总结的要求',
                'ordering': ['-period'],
                'constraints': [models.UniqueConstraint(fields=('county', 'period'), name='report_call_once', violation_error_message='这一年已经要求过上报总结')],
            },
        ),
        migrations.CreateModel(
            name='Writing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='最近一次')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁')),
                ('passage', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='writers', to='reports.passage', verbose_name='段落')),
            ],
            options={
                'verbose_name': '正在修改',
                'verbose_name_plural': '正在修改',
                'constraints': [models.UniqueConstraint(fields=('passage', 'by'), name='writing_once', violation_error_message='已经记下正在修改')],
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年份')),
                ('number', models.PositiveIntegerField(verbose_name='序号')),
                ('serial', models.CharField(max_length=40, verbose_name='编号')),
                ('code', models.CharField(help_text='20 位字母数字，印在证明上', max_length=24, unique=True, verbose_name='验证码')),
                ('content', models.JSONField(verbose_name='证明内容')),
                ('digest', models.CharField(max_length=64, verbose_name='内容摘要')),
                ('purpose', models.CharField(blank=True, max_length=60, verbose_name='用途')),
                ('issued_on', models.DateField(verbose_name='开具日期')),
                ('revocation_reason', models.CharField(blank=True, max_length=200, verbose_name='撤销原因')),
                ('revoked_on', models.DateField(blank=True, null=True, verbose_name='撤销日期')),
                ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assignments.district', verbose_name='县（市、区）')),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='开具人')),
                ('revocation_asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出撤销')),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='同意撤销')),
                ('secondments', models.ManyToManyField(related_name='certificates', to='assignments.secondment', verbose_name='计入的派遣')),
                ('teacher', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='service_certificates', to='assignments.teacher', verbose_name='教师')),
            ],
            options={
                'verbose_name': '服务年限证明',
                'verbose_name_plural': '服务年限证明',
                'ordering': ['-year', '-number'],
                'constraints': [models.UniqueConstraint(fields=('county', 'year', 'number'), name='certificate_number', violation_error_message='这个编号已经用过'), models.CheckConstraint(condition=models.Q(('revoked_by', None), models.Q(('revoked_by', models.F('revocation_asked_by')), _negated=True), _connector='OR'), name='certificate_two_people', violation_error_message='提出撤销和同意撤销的不能是同一个人'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_by', None), ('revoked_on', None)), models.Q(('revocation_asked_by__isnull', False), ('revoked_by__isnull', False), ('revoked_on__isnull', False)), _connector='OR'), name='certificate_revoked', violation_error_message='撤销要有提出人、同意人和日期')],
            },
        ),
        migrations.CreateModel(
            name='PassageVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='第几次')),
                ('text', models.TextField(blank=True, verbose_name='文字')),
                ('is_left_out', models.BooleanField(default=False, verbose_name='不写入')),
                ('how', models.CharField(max_length=40, verbose_name='怎样改的')),
                ('at', models.DateTimeField(verbose_name='改动时间')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='改动人')),
                ('passage', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='reports.passage', verbose_name='段落')),
            ],
            options={
                'verbose_name': '段落的旧稿',
                'verbose_name_plural': '段落的旧稿',
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('passage', 'number'), name='passage_version', violation_error_message='这一次改动已经记下')],
            },
        ),
    ]
