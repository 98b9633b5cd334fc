"""nginx in front of the gateway, run without root, all its files in the run dir."""

from __future__ import annotations

import http.client
import os
import signal
from collections.abc import Sequence
from pathlib import Path

from deploy.local.process import Process, Spec
from deploy.local.rundir import RunDir, write_private

PROGRAM = "nginx"
_SHARED = Path(__file__).parents[1] / "nginx"

_CONF = """\
daemon off;
worker_processes 1;
pid "{home}/nginx.pid";
error_log stderr error;
{user}
events {{
    worker_connections 2048;
}}
http {{
    access_log off;
    default_type application/octet-stream;
    client_body_temp_path "{home}/body";
    proxy_temp_path "{home}/proxy";
    fastcgi_temp_path "{home}/fastcgi";
    uwsgi_temp_path "{home}/uwsgi";
    scgi_temp_path "{home}/scgi";
    include "{shared}/maps.conf";
    upstream gateway {{
        server 127.0.0.1:{gateway} max_fails=0;
        keepalive 32;
    }}
    server {{
        listen 127.0.0.1:{port};
        include "{shared}/server.conf";
    }}
}}
"""


def web_server(run_dir: RunDir, program: str, port: int, gateway_port: int, keep: Sequence[int] = ()) -> Process:
    """nginx on ``port`` of the loopback address, its configuration written."""
    home = run_dir.folder("nginx")
    config = home / "nginx.conf"
    # As root nginx would run its workers as another user, who may not enter the run dir.
    user = "user root;" if os.geteuid() == 0 else ""
    write_private(config, _CONF.format(home=home, user=user, shared=_SHARED, gateway=gateway_port, port=port))
    return Process(
        Spec(
            "nginx",
            [program, "-p", str(home), "-c", str(config), "-e", "stderr"],
            {"PATH": os.environ.get("PATH", os.defpath)},
            home,
            run_dir.folder("logs") / "nginx.log",
            ready=lambda: answers(port, "/live"),
            stop_signal=signal.SIGQUIT,
            stop_within=10,
            keep=keep,
        )
    )


def answers(port: int, path: str, status: int = 200) -> bool:
    """Whether a ``GET`` of ``path`` on the loopback address is answered so."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
