"""What inspection says of a file. Facts only: what they mean is judged in `filing`."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Verdict = Literal[
    "opens",
    "repaired",
    "password",
    "damaged",
    "not-pdf",
    "empty",
    "too-complex",
    "not-inspected",
]


class FileFacts(BaseModel):
    """The facts of one file, as the sandboxed inspection found them.

    `size` is in bytes, `pages` is None where they could not be counted, `detail` is technical and
    meant for logs only: it is never shown to a person.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int = Field(ge=0)
    kind: str = "pdf"
    verdict: Verdict
    pages: int | None = Field(default=None, ge=0)
    restricted: bool = False
    xfa: bool = False
    needs_rendering: bool = False
    scripts: bool = False
    attachments: int = Field(default=0, ge=0)
    acroform: bool = False
    signed: bool = False
    detail: str = ""
