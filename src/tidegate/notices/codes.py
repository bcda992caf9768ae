"""The kinds of notification that the UK's DMS sends, with the WCO function code each is sent under.

Those of CPR, EXT and GER are from hmrc/customs-declare-exports-frontend (SubmissionStatus.scala), the others
from the published samples. CPR, EXT and GER are not issued here: no published sample shows when they are.
"""

from __future__ import annotations

FUNCTIONS: dict[str, str] = {
    "ACC": "01",  # accepted
    "RCV": "02",  # received
    "REJ": "03",  # rejected
    "CTL": "05",  # goods are to be examined
    "DOC": "06",  # documents are asked for
    "RES": "07",  # the declaration as it stands after changes
    "ROG": "08",  # goods released, the debt not yet fixed
    "CLE": "09",  # cleared
    "INV": "10",  # invalidated
    "REQ": "11",  # what came of a request to change or end
    "TAX": "13",  # duties and taxes
    "CPI": "14",  # payment is called for: the account could not bear it
    "CPR": "15",  # about payment; known by its code alone
    "EOG": "16",  # goods exited
    "EXT": "17",  # the declaration is handled outside the system
    "GER": "18",  # what came of the exit is waited for
    "ALV": "50",  # another authority's decision on plants, animals and food
    "QRY": "51",  # a query
}

INDICATIVE, FINAL, PROVISIONAL = "67", "4", "115"  # status of a notification of taxes
GRANTED, DECLINED = "39", "41"  # status of what came of a request
CLEARED_AFTER_CONTROL, CLEARED_WITHOUT = "A1", "A2"
EXITED = "A1"
INVALIDATED = "3"
DOCUMENTS_WANTED = "ACA"
STATEMENT = "AFB"  # UN/EDIFACT 4451: customs comments
OFFICE_STATEMENT = "CEX"
