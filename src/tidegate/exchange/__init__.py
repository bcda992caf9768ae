"""Exchange: who else may know what this node knows, under agreements that it enforces."""

from tidegate.exchange.acting import (
    Actor,
    UnknownEnquiryError,
    answer_enquiry,
    change,
    enquire,
    introduce,
    propose,
    rekey,
    revoke,
    sign,
    trust,
)
from tidegate.exchange.evaluation import ROW_SCHEMA, Matched, matches
from tidegate.exchange.happening import Flow, Happened, flows, happened, waiting_messages
from tidegate.exchange.identity import Identity, fingerprint, read_identity, sign_identity
from tidegate.exchange.messages import Question
from tidegate.exchange.model import Agreement
from tidegate.exchange.reader import ExchangeReader, open_enquiries, partners_waited_for
from tidegate.exchange.reading import canonical, read_agreement
from tidegate.exchange.refusals import (
    BadAgreementError,
    BadIdentityError,
    ExchangeError,
    FingerprintDiffersError,
    MessageRefusedError,
    NotInThatStateError,
    OvertakenError,
    UnknownAgreementError,
    UnknownPartnerError,
)
from tidegate.exchange.responder import ExchangeResponder
from tidegate.exchange.rows import Rows
from tidegate.exchange.standing import STANDING, Held, Partner, Standing, standing_of
from tidegate.exchange.terms import CONTEXT, FIELDS, PROFILE, SHAREABLE
from tidegate.exchange.told import told_about

__all__ = [
    "CONTEXT",
    "FIELDS",
    "PROFILE",
    "ROW_SCHEMA",
    "SHAREABLE",
    "STANDING",
    "Actor",
    "Agreement",
    "BadAgreementError",
    "BadIdentityError",
    "ExchangeError",
    "ExchangeReader",
    "ExchangeResponder",
    "FingerprintDiffersError",
    "Flow",
    "Happened",
    "Held",
    "Identity",
    "Matched",
    "MessageRefusedError",
    "NotInThatStateError",
    "OvertakenError",
    "Partner",
    "Question",
    "Rows",
    "Standing",
    "UnknownAgreementError",
    "UnknownEnquiryError",
    "UnknownPartnerError",
    "answer_enquiry",
    "canonical",
    "change",
    "enquire",
    "fingerprint",
    "flows",
    "happened",
    "introduce",
    "matches",
    "open_enquiries",
    "partners_waited_for",
    "propose",
    "read_agreement",
    "read_identity",
    "rekey",
    "revoke",
    "sign",
    "sign_identity",
    "standing_of",
    "told_about",
    "trust",
    "waiting_messages",
]
