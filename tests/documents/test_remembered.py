"""What scenes remember of inspections: never asked where the product inspects by itself."""

import hashlib

import pytest
from django.conf import settings

from greffe.documents.actions import inspect_upload
from greffe.law.facts import FileFacts
from tests.support import inspections
from tests.support.scenes import Scene, pdf

pytestmark = pytest.mark.django_db


def test_scene_remembers_what_was_found_in_the_same_bytes(scene: Scene) -> None:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    found, again = (scene.upload(user, draft, pdf(3, text="seen twice")) for _ in range(2))
    assert found.inspected == again.inspected
    assert found.inspected.pages == 3
    assert scene.upload(user, draft, pdf(4, text="seen twice")).inspected.pages == 4


def test_product_inspects_what_a_scene_remembers(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = pdf(2, text="misremembered")
    key = hashlib.sha256(content).digest(), not settings.DEMO
    wrong = FileFacts(size=1, verdict="too-complex")
    monkeypatch.setitem(inspections._facts, key, wrong)
    user = scene.user()
    upload = scene.upload(user, scene.draft(user, scene.case(counsel=user)), content)
    assert upload.inspected == wrong
    assert inspect_upload(upload=upload).pages == 2
