"""Indexes that pages of a large registry need: documents by filing, cases by counsel."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_registry")]

    operations = [
        migrations.AddIndex(
            model_name="recordentry",
            index=models.Index(
                fields=["source_id", "source_position"], name="record_entry_of_a_source"
            ),
        ),
        migrations.AddIndex(
            model_name="counselofrecord",
            index=models.Index(
                fields=["person"], include=("case", "since", "until"), name="counsel_of_a_person"
            ),
        ),
    ]
