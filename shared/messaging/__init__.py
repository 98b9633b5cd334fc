"""The messaging kernel: what a service's code knows of the wires (docs/kernel.md).

The names are loaded when they are first used: the gateway and the operator's tools use other parts of this package and
must not bring in eventlet, which only the services run under.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.messaging.envelope import Received
    from shared.messaging.kernel import Kernel, command, every, on, query
    from shared.messaging.offloading import offload
    from shared.messaging.snapshots import Source
    from shared.messaging.unit_of_work import SystemWork, Work

__all__ = ["Kernel", "Received", "Source", "SystemWork", "Work", "command", "every", "offload", "on", "query"]

_HOMES = {
    "Received": "envelope",
    "Source": "snapshots",
    "SystemWork": "unit_of_work",
    "Work": "unit_of_work",
    "offload": "offloading",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"shared.messaging.{_HOMES.get(name, 'kernel')}"), name)
