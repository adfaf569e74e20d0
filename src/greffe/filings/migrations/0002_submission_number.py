"""The running number of submissions: a sequence, which may skip numbers but never repeats one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("filings", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE filings_submission_number",
            "DROP SEQUENCE filings_submission_number",
        )
    ]
