"""A notice as the response its receiver reads: as values, and from them as XML or JSON."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from tidegate.declarations.goods import Pointer
from tidegate.declarations.response import (
    Error,
    ItemDuty,
    ItemPayment,
    Response,
    ResponseAmendment,
    ResponseCommodity,
    ResponseDeclaration,
    ResponseDuty,
    ResponseGuarantee,
    ResponseInformation,
    ResponseItem,
    ResponsePayment,
    ResponseShipment,
    Status,
)
from tidegate.declarations.stated import Amount, DateTime
from tidegate.declarations.wire.pointers import pointer_to
from tidegate.declarations.wire.responses import write_response

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tidegate.acts import Change, NoticeIssued, TaxLine
    from tidegate.declarations.findings import Finding

_MOMENT = "304"
_LONGEST_CODE = 8  # an..8, the validation code of an error


def response_of(notice: NoticeIssued, issued: datetime, taxes: Sequence[TaxLine] | None = None) -> Response:
    """Return the response that a notice is; ``taxes`` are its lines where they lie elsewhere."""
    lines = notice.taxes if taxes is None else taxes
    return Response(
        function_code=notice.function,
        functional_reference_id=notice.reference,
        issue_date_time=_moment(issued),
        additional_information=_information(notice),
        amendment=tuple(_amendment(change) for change in notice.changes),
        error=tuple(_error(finding) for finding in notice.findings if finding.stops),
        status=_status(notice),
        declaration=_declaration(notice, lines),
    )


def xml_of(
    notice: NoticeIssued, issued: datetime, taxes: Sequence[TaxLine] | None = None, *, country: str
) -> bytes:
    """Return a notice as WCO RES XML; ``country`` is that of the customs that tell."""
    return write_response(response_of(notice, issued, taxes), country=country)


def _information(notice: NoticeIssued) -> tuple[ResponseInformation, ...]:
    if not (notice.statement or notice.statement_type or notice.words):
        return ()
    return (
        ResponseInformation(
            statement_code=notice.statement or None,
            statement_description=notice.words or None,
            limit_date_time=_moment(notice.limit) if notice.limit else None,
            statement_type_code=notice.statement_type or None,
        ),
    )


def _status(notice: NoticeIssued) -> tuple[Status, ...]:
    if not notice.status:
        return ()
    exited = notice.effective if notice.type == "EOG" else None
    return (Status(name_code=notice.status, effective_date_time=_moment(exited) if exited else None),)


def _declaration(notice: NoticeIssued, lines: Sequence[TaxLine]) -> ResponseDeclaration:
    effective = _moment(notice.effective) if notice.effective else None
    payable = notice.payable
    duties: tuple[ResponseDuty, ...] = ()
    if payable is not None:
        guarantees = (ResponseGuarantee(reference_id=payable.account),) if payable.account else ()
        amount = Amount(payable.amount, payable.currency)
        duties = (
            ResponseDuty(payment=ResponsePayment(payment_amount=amount, obligation_guarantee=guarantees)),
        )
    return ResponseDeclaration(
        acceptance_date_time=effective if notice.type == "ACC" else None,
        cancellation_date_time=effective if notice.type == "INV" else None,
        functional_reference_id=notice.lrn or None,
        id=notice.mrn,
        rejection_date_time=effective if notice.type == "REJ" else None,
        version_id=str(notice.version),
        duty_tax_fee=duties,
        goods_shipment=_shipment(lines) if notice.type == "TAX" and lines else None,
    )


def _shipment(lines: Sequence[TaxLine]) -> ResponseShipment:
    ordered = sorted(lines, key=lambda line: line.item)
    return ResponseShipment(
        government_agency_goods_item=tuple(
            ResponseItem(
                sequence_numeric=Decimal(item),
                commodity=ResponseCommodity(duty_tax_fee=tuple(_duty(line) for line in of_item)),
            )
            for item, of_item in groupby(ordered, key=lambda line: line.item)
        )
    )


def _duty(line: TaxLine) -> ItemDuty:
    currency = line.currency
    payable = line.amount if line.payable is None else line.payable
    return ItemDuty(
        ad_valorem_tax_base_amount=Amount(line.base, currency),
        deduct_amount=Amount(line.deducted, currency),
        duty_regime_code=line.regime or None,
        tax_rate_numeric=line.rate,
        type_code=line.type,
        payment=ItemPayment(
            tax_assessed_amount=Amount(line.amount, currency), payment_amount=Amount(payable, currency)
        ),
    )


def _amendment(change: Change) -> ResponseAmendment:
    return ResponseAmendment(
        change_reason_code=change.reason or None,
        pointer=tuple(
            Pointer(
                sequence_numeric=None if step.sequence is None else Decimal(step.sequence),
                document_section_code=step.section or None,
                tag_id=step.tag or None,
            )
            for step in change.pointer
        ),
    )


def _error(finding: Finding) -> Error:
    """Return a finding as an error: published codes as they are, ours in the text where they are too long."""
    fits = len(finding.code) <= _LONGEST_CODE
    return Error(
        description=(finding.text if fits else f"{finding.code}: {finding.text}")[:512],
        validation_code=finding.code if fits else None,
        pointer=pointer_to(finding.location),
    )


def _moment(moment: datetime) -> DateTime:
    """Return a moment as it is written in responses: to the second, with hours of zone."""
    offset = moment.utcoffset()
    hours = int(offset.total_seconds() // 3600) if offset else 0
    zone = f"{hours:+03d}" if hours else "Z"
    return DateTime(f"{moment:%Y%m%d%H%M%S}{zone}", _MOMENT)
