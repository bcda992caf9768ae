"""What is counted for Prometheus; each worker counts for itself and says which process it is."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "tidegate_requests", "Requests answered.", ("route", "method", "status"), registry=REGISTRY
)
SECONDS = Histogram(
    "tidegate_request_seconds",
    "How long answers took, in seconds.",
    ("route",),
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 10, 30),
)
OCTETS = Counter("tidegate_body_octets", "Octets of bodies received.", registry=REGISTRY)
LODGED = Counter("tidegate_lodged", "Declarations lodged, durably.", registry=REGISTRY)
WAITING = Gauge("tidegate_waiting", "Declarations that wait in this process to be lodged.", registry=REGISTRY)
UNHEARD = Gauge("tidegate_unheard_acts", "Acts that wait for customs' answer.", registry=REGISTRY)
ENTRIES = Gauge("tidegate_journal_entries", "Entries in the journal.", registry=REGISTRY)
