"""The response: WCO class 07B, what customs tells an operator about a declaration."""

from tidegate.declarations.goods import Pointer
from tidegate.declarations.stated import (
    N2,
    Amount16x3,
    An3,
    An9,
    An17,
    An35,
    An70,
    An512,
    DateTime,
    Measure16x6,
    Num5,
    Num17x3,
    Stated,
)


class ResponseInformation(Stated, frozen=True):
    """WCO class 03A: a statement in code or words, and until when something is to be done."""

    statement_code: An17 = None
    statement_description: An512 = None
    limit_date_time: DateTime | None = None
    statement_type_code: An3 = None
    pointer: tuple[Pointer, ...] = ()


class ResponseAmendment(Stated, frozen=True):
    """WCO class 06A: what was changed, and the code of the reason."""

    change_reason_code: An3 = None
    pointer: tuple[Pointer, ...] = ()


class Bank(Stated, frozen=True):
    """WCO class 14A: where to pay."""

    reference_id: An17 = None
    id: An35 = None


class Error(Stated, frozen=True):
    """WCO class 53A: what is wrong, by its code, and where."""

    description: An512 = None
    validation_code: An9 = None
    pointer: tuple[Pointer, ...] = ()


class Status(Stated, frozen=True):
    """WCO class 12B: a status and since when it holds."""

    effective_date_time: DateTime | None = None
    name_code: An3 = None
    release_date_time: DateTime | None = None
    pointer: tuple[Pointer, ...] = ()


class ResponseGuarantee(Stated, frozen=True):
    """WCO class 90A: the guarantee or account meant."""

    reference_id: An35 = None


class ResponsePayment(Stated, frozen=True):
    """WCO class 94A: what was assessed, and what is to be paid, until when."""

    reference_id: An35 = None
    tax_assessed_amount: Amount16x3 = None
    due_date_time: DateTime | None = None
    payment_amount: Amount16x3 = None
    obligation_guarantee: tuple[ResponseGuarantee, ...] = ()


class ResponseDuty(Stated, frozen=True):
    """WCO class 50A at the declaration: what is to be paid in all."""

    payment: ResponsePayment | None = None


class ItemPayment(Stated, frozen=True):
    """WCO class 94A at an item: what was assessed, and what of it is to be paid."""

    tax_assessed_amount: Amount16x3 = None
    payment_amount: Amount16x3 = None


class ItemDuty(Stated, frozen=True):
    """WCO class 50A at an item: one duty, tax or fee as it was worked out."""

    ad_valorem_tax_base_amount: Amount16x3 = None
    deduct_amount: Amount16x3 = None
    duty_regime_code: An3 = None
    specific_tax_base_quantity: Measure16x6 = None
    tax_rate_numeric: Num17x3 = None
    type_code: An3 = None
    payment: ItemPayment | None = None


class ResponseCommodity(Stated, frozen=True):
    """WCO class 23A: the goods, as far as they owe something."""

    duty_tax_fee: tuple[ItemDuty, ...] = ()


class ResponseItem(Stated, frozen=True):
    """WCO class 68A: one goods item."""

    sequence_numeric: Num5 = None
    commodity: ResponseCommodity | None = None


class ResponseShipment(Stated, frozen=True):
    """WCO class 67A: the shipment."""

    government_agency_goods_item: tuple[ResponseItem, ...] = ()


class ResponseDeclaration(Stated, frozen=True):
    """WCO class 42A: the declaration that is told of."""

    acceptance_date_time: DateTime | None = None
    cancellation_date_time: DateTime | None = None
    functional_reference_id: An35 = None
    id: An70 = None
    rejection_date_time: DateTime | None = None
    version_id: An9 = None
    duty_tax_fee: tuple[ResponseDuty, ...] = ()
    goods_shipment: ResponseShipment | None = None


class Response(Stated, frozen=True):
    """WCO class 07B: one thing told, under its function code."""

    function_code: N2 = None
    functional_reference_id: An35 = None
    issue_date_time: DateTime | None = None
    additional_information: tuple[ResponseInformation, ...] = ()
    amendment: tuple[ResponseAmendment, ...] = ()
    bank: Bank | None = None
    error: tuple[Error, ...] = ()
    status: tuple[Status, ...] = ()
    declaration: ResponseDeclaration | None = None
