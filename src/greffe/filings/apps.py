"""The filings app."""

from django.apps import AppConfig


class FilingsConfig(AppConfig):
    """Registers greffe.filings under the label filings."""

    name = "greffe.filings"
    label = "filings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have waiting work follow its case and its hearings."""
        from greffe.cases.hearing_followers import follows_hearings  # noqa: PLC0415 - same
        from greffe.cases.transfers import moves_with_the_case  # noqa: PLC0415 - needs models
        from greffe.filings.hearings import redate_waiting_work  # noqa: PLC0415 - same
        from greffe.filings.transfers import move_waiting_work  # noqa: PLC0415 - same

        moves_with_the_case(move_waiting_work)
        follows_hearings(redate_waiting_work)
