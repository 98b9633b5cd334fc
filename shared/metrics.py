"""Counters and histograms of the kernel, in Prometheus' form. Labels are small closed sets, never ids."""

from prometheus_client import Counter, Gauge, Histogram

_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)

OPERATIONS = Counter("sanggar_operations_total", "Commands and queries answered.", ["operation", "code"])
OPERATION_SECONDS = Histogram(
    "sanggar_operation_seconds", "Time from receipt to answer.", ["operation"], buckets=_BUCKETS
)
CONFLICTS = Counter("sanggar_write_conflicts_total", "Transactions repeated after a write conflict.", ["kind"])
EVENTS = Counter("sanggar_events_total", "Events received, by what became of them.", ["type", "outcome"])
BATCH_SECONDS = Histogram("sanggar_inbox_batch_seconds", "Time of one inbox transaction.", buckets=_BUCKETS)
PUBLISHED = Counter("sanggar_events_published_total", "Events confirmed by the broker.", ["type"])
UNROUTABLE = Counter("sanggar_events_unroutable_total", "Events that no queue took.", ["type"])
OUTBOX_PENDING = Gauge("sanggar_outbox_pending", "Outbox entries that the relay last saw waiting.")
DEAD_LETTERS = Counter("sanggar_dead_letters_total", "Messages kept as dead letters.", ["reason"])
PAUSES = Counter("sanggar_inbox_pauses_total", "Times that the inbox waited for something that was away.")
