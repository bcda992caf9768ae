"""The as-of memory: what was known of traders, goods and pairs before each moment."""

from tidegate.risk.memory.keeping import BadMemoryError, load_memory, save_memory
from tidegate.risk.memory.plan import DEFAULT_PLAN, KINDS, Kind, Plan
from tidegate.risk.memory.remembering import Memory
from tidegate.risk.memory.sight import with_derived

__all__ = [
    "DEFAULT_PLAN",
    "KINDS",
    "BadMemoryError",
    "Kind",
    "Memory",
    "Plan",
    "load_memory",
    "save_memory",
    "with_derived",
]
