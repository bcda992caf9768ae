# ruff: noqa: D100 - written by `makemigrations`, and not edited since
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("prefix", models.CharField(max_length=16, unique=True)),
                ("kind", models.CharField(default="key", max_length=8)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("operator", models.CharField(db_index=True, max_length=64)),
                ("device", models.CharField(blank=True, max_length=64)),
                ("purpose", models.CharField(blank=True, max_length=70)),
                ("scopes", models.JSONField(default=list)),
                ("per_minute", models.PositiveIntegerField(null=True)),
                ("per_day", models.PositiveIntegerField(null=True)),
                ("made", models.DateTimeField()),
                ("expires", models.DateTimeField(null=True)),
                ("revoked", models.DateTimeField(null=True)),
                ("replaces", models.CharField(blank=True, max_length=16)),
            ],
            options={
                "ordering": ["prefix"],
            },
        ),
    ]
