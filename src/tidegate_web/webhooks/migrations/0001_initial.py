# ruff: noqa: D100 - written by `makemigrations`, and not edited since

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=16, unique=True)),
                ("operator", models.CharField(db_index=True, max_length=64)),
                ("url", models.CharField(max_length=2000)),
                ("form", models.CharField(default="json", max_length=4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("cursor", models.PositiveBigIntegerField(default=0)),
                ("made", models.DateTimeField()),
                ("ended", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("dead_in_a_row", models.PositiveIntegerField(default=0)),
                ("due", models.DateTimeField(db_index=True)),
                ("succeeded", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveBigIntegerField()),
                ("attempts", models.PositiveIntegerField()),
                ("error", models.CharField(max_length=200)),
                ("died", models.DateTimeField()),
                ("again", models.BooleanField(default=False)),
                ("sent", models.DateTimeField(null=True)),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dead",
                        to="webhooks.subscription",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("subscription", "position"), name="one_letter_a_notice")
                ],
            },
        ),
    ]
