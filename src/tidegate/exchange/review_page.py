"""The yearly review as a document, and the map of partners, both written from measures alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.exchange.review import AgreementReview, Review
    from tidegate.exchange.standing import Standing


def review_page(review: Review, me: str) -> str:
    """Return the review as Markdown."""
    lines = [
        f"# Review: {me} and {review.partner}",
        "",
        f"From {review.since:%Y-%m-%d} to {review.until:%Y-%m-%d}. Everything here is counted from the acts",
        f"in the journal of {me}; nothing is an opinion. The partner is of the kind: {review.kind}.",
    ]
    if review.refused_parcels:
        told = ", ".join(f"{reason} ({count})" for reason, count in review.refused_parcels.items())
        lines += ["", f"Messages refused whole: {told}."]
    for one in review.agreements:
        lines += ["", f"## {one.title}", "", *_agreement(one)]
    if not review.agreements:
        lines += ["", "There is no agreement with this partner."]
    return "\n".join(lines) + "\n"


def _agreement(one: AgreementReview) -> Iterator[str]:
    yield f"`{one.agreement}`, version {one.version}, {one.state}."
    yield ""
    yield "| measure | |"
    yield "|---|---:|"
    for name, flows in (("sent", one.sent), ("received", one.received), ("refused", one.refused)):
        for what, count in flows.items():
            yield f"| {name}: {what} | {count} |"
    yield f"| receipts verified | {one.receipts} |"
    yield f"| waiting for a receipt | {one.waiting} |"
    yield f"| enquiries made, answered | {one.enquiries_made}, {one.answered_by_partner} |"
    yield f"| enquiries received, answered | {one.enquiries_received}, {one.answered_by_us} |"
    yield f"| hours to the partner's answer, median | {_number(one.answer_hours_of_partner)} |"
    yield f"| hours to our answer, median | {_number(one.answer_hours_of_ours)} |"
    yield f"| answers past their deadline | {one.overdue} |"
    yield f"| cost of silence: hours past deadlines | {one.silence_hours} |"
    yield f"| irregular controls on what was shared before | {one.hits} |"
    if one.outcomes:
        yield ""
        yield "| expected outcome | expected | measured | reached |"
        yield "|---|---|---|---|"
    words = {True: "yes", False: "no", None: "nothing to measure"}
    for outcome in one.outcomes:
        yield (
            f"| {outcome.text} | {outcome.measure} {outcome.expected} | {outcome.measured or '-'} | "
            f"{words[outcome.reached]} |"
        )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def partner_map(standing: Standing, me: str) -> str:
    """Return partners and agreements as a graph in Mermaid's language."""
    lines = ["graph LR", f'  me["{me}"]']
    for number, (name, partner) in enumerate(sorted(standing.partners.items())):
        state = "trusted" if partner.trusted else "revoked" if partner.revoked else "introduced"
        lines.append(f'  p{number}["{name}<br/>{partner.kind}, {state}"]')
        for uid, held in sorted(standing.agreements.items()):
            if held.partner == name:
                lines.append(f'  me ---|"{uid}<br/>{held.state}"| p{number}')
    return "\n".join(lines) + "\n"
