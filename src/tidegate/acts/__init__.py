"""The catalogue of acts: the whole system on a few pages. Read this folder first.

Every official act is an entry in the journal, and everything else is read from it. Each class here is one
kind of act; its docstring is what happened, in a sentence.
"""

from tidegate.acts.act import CATALOGUE, Act, UnknownActError, decode
from tidegate.acts.declarations import (
    DeclarationAccepted,
    DeclarationAssessed,
    DeclarationLodged,
    DeclarationRejected,
    MessageReceived,
    Reason,
    TaxLine,
)
from tidegate.acts.goods import (
    Channel,
    ChannelAssigned,
    ControlRecorded,
    GoodsArrived,
    GoodsReleased,
    Outcome,
    Stratum,
)
from tidegate.acts.journal import Erased, ErasedRows, KeyRotated, ResponderStarted
from tidegate.acts.payments import PaymentRecorded

__all__ = [
    "CATALOGUE",
    "Act",
    "Channel",
    "ChannelAssigned",
    "ControlRecorded",
    "DeclarationAccepted",
    "DeclarationAssessed",
    "DeclarationLodged",
    "DeclarationRejected",
    "Erased",
    "ErasedRows",
    "GoodsArrived",
    "GoodsReleased",
    "KeyRotated",
    "MessageReceived",
    "Outcome",
    "PaymentRecorded",
    "Reason",
    "ResponderStarted",
    "Stratum",
    "TaxLine",
    "UnknownActError",
    "decode",
]
