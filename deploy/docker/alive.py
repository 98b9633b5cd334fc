"""The container's health check: asks ``SANGGAR_HEALTH_URL``; without one there is nothing to ask."""

import os
import sys
import urllib.request

url = os.environ.get("SANGGAR_HEALTH_URL")
if url:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=3) as answer:
            sys.exit(0 if answer.status == 200 else 1)
    except OSError as error:
        sys.exit(str(error))
