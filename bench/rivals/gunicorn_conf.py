"""How gunicorn runs the stock gateway: as many workers and threads as ours has."""

import os

bind = os.environ["RIVAL_BIND"]
worker_class = "gthread"
workers = 2
threads = 32
worker_connections = 1000
keepalive = 30
control_socket_disable = True
accesslog = None
errorlog = "-"
