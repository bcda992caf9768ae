"""How the messages are laid out: which element holds which field, in which order, form and number.

``LAYOUTS`` has the two messages; reading, writing, the judgement by schema, places and the page of rules all
go by it. Elements and order are those of CC315A and CC313A, version 11.2 of the UK import control schemas.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from tidegate.declarations.ens import forms, words
from tidegate.declarations.ens.forms import Form
from tidegate.declarations.stated import Stated

if TYPE_CHECKING:
    from tidegate.declarations.ens.words import EntryKind

NAMESPACES: dict[EntryKind, str] = {
    "CC315A": "http://ics.dgtaxud.ec/CC315A",
    "CC313A": "http://ics.dgtaxud.ec/CC313A",
}


class Leaf(msgspec.Struct, frozen=True):
    """An element that holds a value: its tag, the field, the form, and whether it must stand there."""

    tag: str
    attribute: str
    form: Form
    required: bool
    pattern: re.Pattern[str]


class Group(msgspec.Struct, frozen=True):
    """An element that holds elements: the class it is read as, its parts, and how often it may stand.

    ``most`` 0 is any number. ``by_tag`` gives each part's place in the order, and it as a leaf or as a group;
    ``required`` has the fields that must be there, ``repeated`` the groups that may stand more than once.
    """

    tag: str
    attribute: str
    of: type[Stated]
    parts: tuple[Leaf | Group, ...]
    least: int
    most: int
    by_tag: dict[str, tuple[int, Leaf | None, Group | None]]
    required: frozenset[str]
    repeated: tuple[Group, ...]
    many: bool


def _leaf(tag: str, attribute: str, form: Form, *, required: bool = False) -> Leaf:
    return Leaf(tag, attribute, form, required, form.compiled())


def _must(tag: str, attribute: str, form: Form) -> Leaf:
    return _leaf(tag, attribute, form, required=True)


def _group(
    tag: str, attribute: str, of: type[Stated], *parts: Leaf | Group, least: int = 0, most: int = 1
) -> Group:
    by_tag = {
        part.tag: (
            order,
            part if isinstance(part, Leaf) else None,
            part if isinstance(part, Group) else None,
        )
        for order, part in enumerate(parts)
    }
    must = (p for p in parts if (p.required if isinstance(p, Leaf) else p.least > 0))
    required = frozenset(part.attribute for part in must)
    repeated = tuple(part for part in parts if isinstance(part, Group) and part.many)
    return Group(tag, attribute, of, parts, least, most, by_tag, required, repeated, most != 1)


_TRADER: tuple[tuple[str, Form], ...] = (
    ("name", forms.AN_35),
    ("line", forms.AN_35),
    ("postcode_id", forms.AN_9),
    ("city_name", forms.AN_35),
    ("country_code", forms.COUNTRY),
    ("language_code", forms.LANGUAGE),
    ("id", forms.TIN),
)


def _trader(tag: str, attribute: str, tags: str, *, least: int = 0, identified: bool = False) -> Group:
    """Return a trader; ``tags`` are name, street, postcode, city, country, language and TIN."""
    leaves = [
        _leaf(element, field, form, required=identified and field == "id")
        for element, (field, form) in zip(tags.split(), _TRADER, strict=True)
    ]
    return _group(tag, attribute, words.Trader, *leaves, least=least)


_ENVELOPE = (
    _must("MesSenMES3", "sender_id", forms.AN_35),
    _leaf("MesRecMES6", "recipient_id", forms.AN_35),
    _must("DatOfPreMES9", "preparation_date", forms.DAY),
    _must("TimOfPreMES10", "preparation_time", forms.TIME),
    _leaf("PriMES15", "priority_code", forms.LETTER),
    _must("MesIdeMES19", "message_id", forms.AN_14),
    _must("MesTypMES20", "type_name", forms.MESSAGE_TYPE),
    _leaf("CorIdeMES25", "correlation_id", forms.AN_14),
)


def _header(reference: Leaf, place: str, moment: str) -> Group:
    return _group(
        "HEAHEA",
        "header",
        words.EntryHeader,
        reference,
        _must("TraModAtBorHEA76", "transport_mode_code", forms.N_2),
        _leaf("IdeOfMeaOfTraCroHEA85", "transport_means_id", forms.AN_27),
        _leaf("IdeOfMeaOfTraCroHEA85LNG", "transport_means_language_code", forms.LANGUAGE),
        _leaf("NatOfMeaOfTraCroHEA87", "transport_means_nationality_code", forms.COUNTRY),
        _leaf("TotNumOfIteHEA305", "goods_item_quantity", forms.N_5),
        _leaf("TotNumOfPacHEA306", "total_package_quantity", forms.N_7),
        _leaf("TotGroMasHEA307", "total_gross_mass", forms.MASS),
        _leaf(place, "place_name", forms.AN_35),
        _leaf(f"{place}LNG", "place_language_code", forms.LANGUAGE),
        _leaf("SpeCirIndHEA1", "specific_circumstances_code", forms.CAPITAL),
        _leaf("TraChaMetOfPayHEA1", "payment_method_code", forms.CAPITAL),
        _leaf("ComRefNumHEA", "commercial_reference_id", forms.AN_70),
        _leaf("ConRefNumHEA", "conveyance_reference_id", forms.AN_35),
        _leaf("PlaLoaGOOITE334", "loading_location_id", forms.PLACE),
        _leaf("PlaLoaGOOITE334LNG", "loading_language_code", forms.LANGUAGE),
        _leaf("PlaUnlGOOITE334", "unloading_location_id", forms.PLACE),
        _leaf("CodPlUnHEA357LNG", "unloading_language_code", forms.LANGUAGE),
        _must(moment, "issue_date_time", forms.MOMENT),
        least=1,
    )


_TRADERS = (
    _trader(
        "TRACONCO1", "consignor", "NamCO17 StrAndNumCO122 PosCodCO123 CitCO124 CouCO125 NADLNGCO TINCO159"
    ),
    _trader(
        "TRACONCE1", "consignee", "NamCE17 StrAndNumCE122 PosCodCE123 CitCE124 CouCE125 NADLNGCE TINCE159"
    ),
    _trader(
        "NOTPAR670",
        "notify_party",
        "NamNOTPAR672 StrNumNOTPAR673 PosCodNOTPAR676 CitNOTPAR674 CouCodNOTPAR675 NOTPAR670LNG TINNOTPAR671",
    ),
)

_ITEM = _group(
    "GOOITEGDS",
    "goods_item",
    words.EntryItem,
    _must("IteNumGDS7", "sequence", forms.N_5),
    _leaf("GooDesGDS23", "description", forms.AN_280),
    _leaf("GooDesGDS23LNG", "description_language_code", forms.LANGUAGE),
    _leaf("GroMasGDS46", "gross_mass", forms.MASS),
    _leaf("MetOfPayGDI12", "payment_method_code", forms.CAPITAL),
    _leaf("ComRefNumGIM1", "commercial_reference_id", forms.AN_70),
    _leaf("UNDanGooCodGDI1", "undgid", forms.N4),
    _leaf("PlaLoaGOOITE333", "loading_location_id", forms.PLACE),
    _leaf("PlaLoaGOOITE333LNG", "loading_language_code", forms.LANGUAGE),
    _leaf("PlaUnlGOOITE333", "unloading_location_id", forms.PLACE),
    _leaf("PlaUnlGOOITE333LNG", "unloading_language_code", forms.LANGUAGE),
    _group(
        "PRODOCDC2",
        "additional_document",
        words.EntryDocument,
        _must("DocTypDC21", "type_code", forms.AN_4),
        _must("DocRefDC23", "id", forms.AN_35),
        _leaf("DocRefDCLNG", "language_code", forms.LANGUAGE),
        most=99,
    ),
    _group(
        "SPEMENMT2",
        "additional_information",
        words.SpecialMention,
        _must("AddInfCodMT23", "statement_code", forms.AN_5),
        most=99,
    ),
    _trader(
        "TRACONCO2", "consignor", "NamCO27 StrAndNumCO222 PosCodCO223 CitCO224 CouCO225 NADLNGGTCO TINCO259"
    ),
    _group(
        "COMCODGODITM",
        "commodity",
        words.EntryCommodity,
        _must("ComNomCMD1", "classification_id", forms.N4_8),
    ),
    _trader(
        "TRACONCE2", "consignee", "NamCE27 StrAndNumCE222 PosCodCE223 CitCE224 CouCE225 NADLNGGICE TINCE259"
    ),
    _group(
        "CONNR2",
        "transport_equipment",
        words.Container,
        _must("ConNumNR21", "id", forms.AN_17),
        most=99,
    ),
    _group(
        "IDEMEATRAGI970",
        "border_transport_means",
        words.EntryTransportMeans,
        _leaf("NatIDEMEATRAGI973", "registration_nationality_code", forms.COUNTRY),
        _must("IdeMeaTraGIMEATRA971", "id", forms.AN_27),
        _leaf("IdeMeaTraGIMEATRA972LNG", "language_code", forms.LANGUAGE),
        most=0,
    ),
    _group(
        "PACGS2",
        "packaging",
        words.EntryPackaging,
        _must("KinOfPacGS23", "type_code", forms.AN2),
        _leaf("NumOfPacGS24", "quantity", forms.N_5),
        _leaf("NumOfPieGS25", "pieces", forms.N_5),
        _leaf("MarNumOfPacGSL21", "marks_numbers_id", forms.AN_140),
        _leaf("MarNumOfPacGSL21LNG", "language_code", forms.LANGUAGE),
        most=99,
    ),
    _trader(
        "PRTNOT640",
        "notify_party",
        "NamPRTNOT642 StrNumPRTNOT646 PstCodPRTNOT644 CtyPRTNOT643 CouCodGINOT647 PRTNOT640LNG TINPRTNOT641",
    ),
    least=1,
    most=0,
)


def _office(tag: str, attribute: str, reference: str, *more: Leaf, least: int = 0, most: int = 1) -> Group:
    must = _must(reference, "id", forms.OFFICE)
    return _group(tag, attribute, words.EntryOffice, must, *more, least=least, most=most)


_ROUTE = _group(
    "ITI",
    "itinerary",
    words.EntryItinerary,
    _must("CouOfRouCodITI1", "routing_country_code", forms.COUNTRY),
    most=99,
)

_AROUND = (
    _trader(
        "TRAREP",
        "representative",
        "NamTRE1 StrAndNumTRE1 PosCodTRE1 CitTRE1 CouCodTRE1 TRAREPLNG TINTRE1",
        identified=True,
    ),
    _trader(
        "PERLODSUMDEC",
        "lodging_person",
        "NamPLD1 StrAndNumPLD1 PosCodPLD1 CitPLD1 CouCodPLD1 PERLODSUMDECLNG TINPLD1",
        least=1,
        identified=True,
    ),
    _group(
        "SEAID529",
        "seal",
        words.EntrySeal,
        _must("SeaIdSEAID530", "id", forms.AN_20),
        _leaf("SeaIdSEAID530LNG", "language_code", forms.LANGUAGE),
        most=0,
    ),
    _office(
        "CUSOFFFENT730",
        "first_entry_office",
        "RefNumCUSOFFFENT731",
        _must("ExpDatOfArrFIRENT733", "arrival_date_time", forms.MOMENT),
        least=1,
    ),
    _office("CUSOFFSENT740", "subsequent_entry_office", "RefNumSUBENR909", most=99),
    _trader(
        "TRACARENT601",
        "carrier",
        "NamTRACARENT604 StrNumTRACARENT607 PstCodTRACARENT606 CtyTRACARENT603 CouCodTRACARENT605 "
        "TRACARENT601LNG TINTRACARENT602",
    ),
)

LAYOUTS: dict[EntryKind, Group] = {
    "CC315A": _group(
        "CC315A",
        "",
        words.EntrySummaryDeclaration,
        *_ENVELOPE,
        _header(
            _must("RefNumHEA4", "functional_reference_id", forms.AN_22), "DecPlaHEA394", "DecDatTimHEA114"
        ),
        *_TRADERS,
        _ITEM,
        _ROUTE,
        _office("CUSOFFLON", "lodgement_office", "RefNumCOL1"),
        *_AROUND,
    ),
    "CC313A": _group(
        "CC313A",
        "",
        words.EntrySummaryDeclaration,
        *_ENVELOPE,
        _header(_must("DocNumHEA5", "id", forms.MRN), "AmdPlaHEA598", "DatTimAmeHEA113"),
        *_TRADERS,
        _ITEM,
        _ROUTE,
        *_AROUND,
    ),
}


def part(kind: EntryKind, *tags: str) -> Any:
    """Return the group or leaf at a path of tags below the message.

    Raises:
        KeyError: the layout has no such element there.
    """
    at: Leaf | Group = LAYOUTS[kind]
    for tag in tags:
        if isinstance(at, Leaf):
            raise KeyError(tag)
        _, leaf, below = at.by_tag[tag]
        at = leaf or below or at
    return at
