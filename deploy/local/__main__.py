"""``python -m deploy.local up``: run a whole platform on this machine until told to stop."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from deploy.local.packages import Missing
from deploy.local.rundir import InUse
from deploy.local.supervisor import NotReady, Stopped
from deploy.local.up import Trouble, up


def main() -> None:
    if sys.argv[1:] != ["up"]:
        sys.exit("usage: python -m deploy.local up    (PORT, RUN_DIR, DEMO, AMQP_URI and MONGO_URI are taken as set)")
    try:
        up(os.environ)
    except Stopped:
        pass
    except InUse:
        sys.exit(f"{Path(os.environ.get('RUN_DIR') or '.run')} is in use by another run")
    except (Missing, NotReady, Trouble) as trouble:
        sys.exit(str(trouble))


if __name__ == "__main__":
    main()
