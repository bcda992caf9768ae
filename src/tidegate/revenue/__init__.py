"""Revenue: what accounts hold, what debts are drawn on them, and what is given back."""

from tidegate.revenue.acting import BadAccountError, credit_account, open_account
from tidegate.revenue.model import Account, fold
from tidegate.revenue.queries import account
from tidegate.revenue.reader import RevenueReader
from tidegate.revenue.responder import RevenueResponder

__all__ = [
    "Account",
    "BadAccountError",
    "RevenueReader",
    "RevenueResponder",
    "account",
    "credit_account",
    "fold",
    "open_account",
]
