import pytest
from tests.security.access import READ, ROLES
from tests.security.registry import make
pytestmark=[pytest.mark.django_db]
@pytest.mark.parametrize("role", ROLES)
def test_x(scene, role):
    r=make(scene); c=r.client(role)
    for n in ("registry:document","registry:document-page","registry:document-text"):
        for m in (c.get,c.head):
            assert m(r.path(n)).status_code==READ[n][ROLES.index(role)],(n,role)
        if READ[n][ROLES.index(role)]==200: assert c.post(r.path(n)).status_code==405
