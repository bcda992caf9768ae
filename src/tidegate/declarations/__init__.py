"""What is stated about goods: values in WCO Data Model words, the formats they travel in, and what is wrong.

``read_message`` takes whatever arrives and never raises; ``write_message`` and ``to_json`` write it again
from its values; ``rules.judge`` finds what a declarant got wrong; ``references`` issues and checks numbers.
Flat files (``flat``), the goods-item frame (``frame``) and the rules (``rules``) are imported by their module
names, for they bring larger libraries with them.
"""

from __future__ import annotations

from tidegate.declarations.declaration import Declaration, GoodsShipment, MetaData
from tidegate.declarations.findings import Finding, Severity
from tidegate.declarations.goods import GovernmentAgencyGoodsItem
from tidegate.declarations.json_form import UnreadableJsonError, from_json, to_json
from tidegate.declarations.messages import Kind, Message, read_file, read_message, write_message
from tidegate.declarations.places import UnknownPlaceError, value_at, with_value
from tidegate.declarations.stated import Amount, DateTime, Measure, Stated
from tidegate.declarations.wire.movements import Movement
from tidegate.declarations.wire.xml import XmlLimits

__all__ = [
    "Amount",
    "DateTime",
    "Declaration",
    "Finding",
    "GoodsShipment",
    "GovernmentAgencyGoodsItem",
    "Kind",
    "Measure",
    "Message",
    "MetaData",
    "Movement",
    "Severity",
    "Stated",
    "UnknownPlaceError",
    "UnreadableJsonError",
    "XmlLimits",
    "from_json",
    "read_file",
    "read_message",
    "to_json",
    "value_at",
    "with_value",
    "write_message",
]
