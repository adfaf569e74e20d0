"""What granian loads in each process that serves: the application, in a process that ends with it.

When the server is killed it cannot stop them: they would go on holding the port, and the next start
would fail.
"""

import os
import sys

from greffe.documents.sandbox.kernel import die_with_parent
from greffe.wsgi import application

__all__ = ["application"]

if not die_with_parent(int(os.environ["GREFFE_SERVER"])):
    sys.exit(1)
