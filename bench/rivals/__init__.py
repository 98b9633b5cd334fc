"""What ours is measured against: the same work done with the stock parts, and with nothing around it at all."""

GATEWAY_CONF = "bench/rivals/gunicorn_conf.py"
