"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "greffe.settings")
application = get_wsgi_application()

# What is loaded by now lives as long as the process. Left out of the garbage collections, it no
# longer makes the slowest of the answers (bench/submit.py).
gc.collect()
gc.freeze()
