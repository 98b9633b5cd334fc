"""``python -m tests.support.probe <membership|scheduling>``: run a probe as the launcher runs a service."""

# The launcher patches before anything else is imported.
from shared.launcher import serve  # isort: skip

import sys

from shared.settings import from_environment
from tests.support.probe.follower import Follower
from tests.support.probe.owner import Owner

if __name__ == "__main__":
    serve({probe.name: probe for probe in (Owner, Follower)}[sys.argv[1]], from_environment())
