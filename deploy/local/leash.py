"""Runs a command that must not outlive the process that started it.

``python -I -S leash.py <parent pid> <command...>``

The kernel sends the command SIGTERM when its parent goes, however it goes; ``kill -9`` of a supervisor or a test run
leaves nothing behind. Linux only; elsewhere the command simply runs. Standard library only, so that it starts at once.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit("its parent is gone")
    os.execvp(command[0], command)  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    main()
