"""``python -m deploy.local up``: run a whole platform on this machine until told to stop."""

from __future__ import annotations

import os
import sys

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
    except (InUse, Missing, NotReady, Trouble) as trouble:
        sys.exit(f"sanggar: {trouble}")


if __name__ == "__main__":
    main()
