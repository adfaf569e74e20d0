"""A process that uses the embedded database until its standard input ends, or it is killed.

Takes the arguments of start() as JSON, prints the address of the superuser, or the code of the
error, and stops.
"""

import json
import signal
import sys
from pathlib import Path

from greffe.embedded.errors import EmbeddedError
from greffe.embedded.server import start

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # who runs the suite may have it ignored
asked = json.loads(sys.argv[1])
programs = Path(asked["binaries"]) if "binaries" in asked else None
try:
    with start(Path(asked["state"]), settings=asked["settings"], binaries=programs) as server:
        sys.stdout.write(f"{server.superuser_url}\n")
        sys.stdout.flush()
        sys.stdin.read()
except EmbeddedError as error:
    sys.stdout.write(f"{error.code}: {error.message_en}\n")
    sys.exit(1)
