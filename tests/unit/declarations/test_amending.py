"""Pointers lead to places and back; what a request points at is put, or taken away."""

from decimal import Decimal

import pytest

from tests.shared_data import shared_data
from tidegate.declarations.amending import amend
from tidegate.declarations.classes import class_plan, walk
from tidegate.declarations.declaration import Amendment, Declaration
from tidegate.declarations.goods import Pointer
from tidegate.declarations.messages import read_file
from tidegate.declarations.places import value_at, with_value
from tidegate.declarations.rules import sample_declaration
from tidegate.declarations.wire.pointers import UnknownPointerError, place_of, pointer_to

DATA = shared_data()
ITEM = "GoodsShipment/GovernmentAgencyGoodsItem"


def step(section, sequence=None, tag=None):
    number = None if sequence is None else Decimal(sequence)
    return Pointer(document_section_code=section, sequence_numeric=number, tag_id=tag)


def asking(declaration, *pointers):
    return declaration.altered(amendment=tuple(Amendment(pointer=pointer) for pointer in pointers))


def test_every_place_of_the_sample_is_found_again_by_its_pointer():
    sample = sample_declaration()
    there = 0
    for path, value in walk(sample):
        for field in class_plan(type(value)).fields:
            place = f"{path}/{field.name}".lstrip("/")
            if field.many or field.name == "SequenceNumeric" or getattr(value, field.attribute) is None:
                continue
            assert place_of(pointer_to(place), sample) == place
            there += 1
    assert there > 90


def test_an_item_is_meant_by_its_number_not_by_its_place():
    sample = with_value(sample_declaration(), f"{ITEM}[1]", None)
    pointer = (step("42A"), step("67A"), step("68A", 2))
    assert place_of(pointer, sample) == f"{ITEM}[1]"
    assert place_of((step("42A"), step("67A"), step("68A", 7)), sample) == f"{ITEM}[2]"


def test_the_number_of_what_does_not_repeat_means_nothing():
    pointer = (step("42A", 1), step("57A", 2, "R031"))
    assert place_of(pointer, sample_declaration()) == "Exporter/Name"


@pytest.mark.parametrize(
    "pointer",
    [
        (),
        (step("67A"),),
        (step("42A"), step("99Z")),
        (step("42A", tag="999"),),
        (step("42A", tag="146"), step("67A")),
    ],
    ids=["nothing", "not from the declaration", "no section", "no tag", "a tag on the way"],
)
def test_a_pointer_to_nowhere_is_told(pointer):
    with pytest.raises(UnknownPointerError):
        place_of(pointer, sample_declaration())


def test_what_stands_in_the_request_is_put_there_without_a_trace_of_what_was():
    sample = with_value(sample_declaration(), "TotalPackageQuantity", "0060")
    request = with_value(Declaration(type_code="COR"), "TotalPackageQuantity", "61")
    found = amend(sample, asking(request, (step("42A", tag="146"),)))
    assert found.findings == ()
    assert value_at(found.declaration, "TotalPackageQuantity").value == 61
    assert found.declaration.beyond == ()
    assert found.declaration.altered(amendment=()) == sample_declaration().altered(
        total_package_quantity=found.declaration.total_package_quantity
    )


def test_what_stands_nowhere_in_the_request_is_taken_away():
    pointers = [(step("42A"), step("67A"), step("68A", n)) for n in (1, 2)]
    found = amend(sample_declaration(), asking(Declaration(type_code="COR"), *pointers))
    assert found.declaration.goods_shipment.government_agency_goods_item == ()


def test_one_change_that_cannot_be_made_leaves_the_others_unmade():
    request = with_value(Declaration(type_code="COR"), "TotalPackageQuantity", "61")
    found = amend(
        sample_declaration(), asking(request, (step("42A", tag="146"),), (step("42A"), step("99Z")))
    )
    assert found.declaration is None
    assert [(one.code, one.location) for one in found.findings] == [("TG-POINTER", "Amendment[2]")]


@pytest.mark.skipif(DATA is None, reason="the shared trade-test pack is not beside the project")
def test_every_published_amendment_is_made():
    made = 0
    for path in sorted((DATA / "cds" / "scenarios").rglob("*mendment*.xml")):
        request = read_file(path)[1].declaration
        for other in sorted(path.parent.glob("*.xml")):
            message = read_file(other)[1]
            if message.kind != "declaration":
                continue
            found = amend(message.declaration, request)
            assert found.findings == (), path.name
            assert found.declaration.altered(amendment=()) != message.declaration
            made += 1
    assert made >= 9
