"""What customs told, in words: each kind of notice by its three letters, as the practice names them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

NOTICES = {
    "ACC": _("The declaration is accepted."),
    "RCV": _("It is received."),
    "REJ": _("It is rejected."),
    "CTL": _("The goods are to be examined."),
    "DOC": _("Documents are asked for."),
    "RES": _("The declaration as it stands after the change."),
    "ROG": _("The goods are released; what is owed is not yet fixed."),
    "CLE": _("The goods are cleared."),
    "INV": _("The declaration is ended."),
    "REQ": _("What came of the request."),
    "TAX": _("Duties and taxes are worked out."),
    "CPI": _("Payment is called for: the account could not bear it."),
    "CPR": _("About the payment."),
    "EOG": _("The goods have left."),
    "EXT": _("The declaration is handled outside the system."),
    "GER": _("What came of the exit is waited for."),
    "ALV": _("Another authority has decided."),
    "QRY": _("Another authority asks."),
}


def notice_words(kind: str) -> str:
    """Return what a notice of a kind says, in words; its letters where it has none."""
    return str(NOTICES.get(kind, kind))
