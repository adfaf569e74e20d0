"""What granian loads in each process that serves: the application, in a process that ends with it.

When the server is killed it cannot stop them: they would go on holding the port, and the next start
would fail.
"""

import gc
import os
import sys

from greffe.documents.sandbox.kernel import die_with_parent
from greffe.wsgi import application

__all__ = ["application"]

if not die_with_parent(int(os.environ["GREFFE_SERVER"])):
    sys.exit(1)

# What is loaded by now stays for good: the collector need not look at it again, and a page makes
# thousands of small objects that go with it.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
