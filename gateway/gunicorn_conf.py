"""How gunicorn runs the gateway: few processes, many threads, nothing opened before the fork."""

import os
import shutil
import tempfile

bind = os.environ.get("SANGGAR_BIND", "127.0.0.1:8000")
worker_class = "gateway.worker.Worker"
workers = int(os.environ.get("SANGGAR_GATEWAY_WORKERS", "2"))
threads = int(os.environ.get("SANGGAR_GATEWAY_THREADS", "32"))
worker_connections = 1000
backlog = 1024
keepalive = 30
timeout = 60
graceful_timeout = 20
control_socket_disable = True
forwarded_allow_ips = os.environ.get("SANGGAR_FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190
accesslog = None
errorlog = "-"
loglevel = os.environ.get("SANGGAR_LOG_LEVEL", "info").lower()

_METRICS = "PROMETHEUS_MULTIPROC_DIR"


def on_starting(server):
    """The workers add up their figures in files; prometheus-client asks for the place before it is imported."""
    os.environ[_METRICS] = tempfile.mkdtemp(prefix="sanggar-metrics-")


def post_worker_init(worker):
    """Meet the broker before the first request does."""
    worker.wsgi.backend.open()


def worker_exit(server, worker):
    """The requests are answered by now."""
    wsgi = getattr(worker, "wsgi", None)
    if wsgi is not None:
        wsgi.backend.close()


def child_exit(server, worker):
    """A worker that is gone leaves its counts and takes its gauges along."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    shutil.rmtree(os.environ[_METRICS], ignore_errors=True)
