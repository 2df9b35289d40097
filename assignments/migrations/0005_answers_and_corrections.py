

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assignments', '0001_squashed_0004'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CorrectionRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=40, verbose_name='哪一项')),
                ('right_value', models.CharField(max_length=200, verbose_name='应为')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='提出时间')),
                ('is_done', models.BooleanField(blank=True, null=True, verbose_name='已更正')),
                ('answer', models.CharField(blank=True, max_length=300, verbose_name='答复')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='办理时间')),
            ],
            options={
                'verbose_name': '更正申请',
                'verbose_name_plural': '更正申请',
                'ordering': ['-asked_at'],
            },
        ),
        migrations.CreateModel(
            name='DemandAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answered_on', models.DateField(verbose_name='填报日期')),
                ('needs_nobody', models.BooleanField(default=False, verbose_name='不需要支教教师')),
            ],
            options={
                'verbose_name': '需求填报情况',
                'verbose_name_plural': '需求填报情况',
            },
        ),
        migrations.RemoveConstraint(
            model_name='secondment',
            name='secondment_once',
        ),
        migrations.AddField(
            model_name='attendancemonth',
            name='reopen_reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='重新打开的原因'),
        ),
        migrations.AddField(
            model_name='attendancemonth',
            name='reopened_on',
            field=models.DateField(blank=True, null=True, verbose_name='重新打开日期'),
        ),
        migrations.AddConstraint(
            model_name='secondment',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('teacher', 'programme', 'school_year'), name='secondment_once', violation_error_message='这位教师这个学年已有同一项目的派遣'),
        ),
        migrations.AddField(
            model_name='correctionrequest',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人'),
        ),
        migrations.AddField(
            model_name='correctionrequest',
            name='county',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assignments.district', verbose_name='县（市、区）'),
        ),
        migrations.AddField(
            model_name='correctionrequest',
            name='teacher',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='assignments.teacher', verbose_name='教师'),
        ),
        migrations.AddField(
            model_name='demandanswer',
            name='county',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assignments.district', verbose_name='县（市、区）'),
        ),
        migrations.AddField(
            model_name='demandanswer',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='demand_answers', to='assignments.school', verbose_name='学校'),
        ),
        migrations.AddField(
            model_name='demandanswer',
            name='school_year',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assignments.schoolyear', verbose_name='学年'),
        ),
        migrations.AddConstraint(
            model_name='demandanswer',
            constraint=models.UniqueConstraint(fields=('school_year', 'school'), name='demand_answer_once', violation_error_message='这所学校这个学年已经填报过'),
        ),
    ]
