"""The data formats of the messages: what a value may look like, in a pattern and in words.

They agree with the XML Schemas of CC315A and CC313A, version 11.2, which the conformance tests hold them
against. Where the schemas let an odd value pass (``|`` as the second digit of a month), it passes here too.
"""

from __future__ import annotations

import re

import msgspec

_MONTH_AND_DAY = (
    r"(?:(?:0[13578|]|1[02|])(?:0[1-9]|[12]\d|3[01])|(?:0[469|]|11)(?:0[1-9]|[12]\d|30)|02(?:0[1-9]|[12]\d))"
)
_TIME = r"(?:2[0-3]|[01]\d)[0-5]\d"
_MESSAGE_TYPES = (
    "CC304A CC305A CC313A CC315A CC316A CC323A CC324A CC325A CC328A CC351A CD030C CD031C CD032C CD070B "
    "CD071B CD301A CD302A CD303A CD319A CD411C CD412C CD906B CD912B CD913B CD914B CD916B CD917B CD931C "
    "CD932C CD971B"
)


class Form(msgspec.Struct, frozen=True):
    """One format: the pattern a value fits as a whole, and what it says in words.

    ``verbatim`` values keep their white space; of all others, runs of it count as one space, and none at the
    ends.
    """

    pattern: str
    said: str
    verbatim: bool = False

    def compiled(self) -> re.Pattern[str]:
        """Return the pattern, for ``fullmatch``."""
        return re.compile(self.pattern, re.ASCII)


def _any(most: int) -> Form:
    return Form(rf"[^\n]{{1,{most}}}", f"of 1 to {most} characters")


def _digits(least: int, most: int) -> Form:
    span = f"{most} digits" if least == most else f"{least} to {most} digits"
    return Form(rf"\d{{{least},{most}}}", span)


AN2 = Form(r"[^\n]{2}", "of exactly 2 characters")
AN_4, AN_5, AN_9, AN_14, AN_17, AN_20, AN_22 = map(_any, (4, 5, 9, 14, 17, 20, 22))
AN_27, AN_35, AN_70, AN_140, AN_280 = map(_any, (27, 35, 70, 140, 280))
N4, N_2, N_5, N_7, N4_8 = _digits(4, 4), _digits(1, 2), _digits(1, 5), _digits(1, 7), _digits(4, 8)
LETTER = Form("[a-zA-Z]", "one letter")
CAPITAL = Form("[A-Z]", "one capital letter")
LANGUAGE = Form("[a-zA-Z]{2}", "a language code of two letters")
COUNTRY = Form("[A-Z]{2}", "a country code of two capital letters")
OFFICE = Form("[a-zA-Z]{2}[a-zA-Z0-9]{6}", "a customs office: the country's two letters, then six characters")
PLACE = Form(r"[a-zA-Z]{2}[^\n]{1,33}", "a place: two letters, then 1 to 33 characters")
MRN = Form(r"\d{2}[A-Z]{2}[A-Z0-9]{13}\d", "a movement reference number of 18 characters")
TIN = Form(
    r"[A-Z]{2}[\x00-\x09\x0b\x0c\x0e-\x7f]{1,15}",
    "a number of 3 to 17 characters that begins with a country's two capital letters",
    verbatim=True,
)
MASS = Form(
    r"[+-]?(?=\.?\d)0*(?:\d{0,11}(?:\.0*)?|\d{0,10}\.\d0*|\d{0,9}\.\d{2}0*|\d{0,8}\.\d{3}0*)",
    "a number of up to 11 digits, 3 of them decimals",
)
DAY = Form(rf"\d{{2}}{_MONTH_AND_DAY}", "a day as YYMMDD")
TIME = Form(_TIME, "a time as HHMM")
MOMENT = Form(rf"[1-9]\d{{3}}{_MONTH_AND_DAY}{_TIME}", "a moment as CCYYMMDDHHMM")
MESSAGE_TYPE = Form(_MESSAGE_TYPES.replace(" ", "|"), "a message type, such as CC315A")
