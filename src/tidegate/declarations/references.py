"""References: the numbers by which declarations, consignments, operators and containers are known.

Every ``check_*`` returns None where the reference is well made, or a sentence that says what is wrong and
what would be right. They look at the form alone, not at whether the thing exists.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from stdnum import iso6346

MRN_LENGTH = 18
LRN_LENGTH = 35  # WCO an..35; the European Union asks for 22 at most
UCR_LENGTH = 35
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_LENGTH = 13

_MRN = re.compile(r"\d{2}[A-Z]{2}[A-Z0-9]{13}\d", re.ASCII)
_OPERATOR = re.compile(r"[A-Z]{2}[A-Z0-9]{1,15}", re.ASCII)
_CONTAINER = re.compile(r"[A-Z]{3}[UJZ]\d{7}", re.ASCII)
_DUCR = re.compile(r"\d[A-Z]{2}[A-Z0-9]{1,12}-[A-Z0-9()-]{1,19}", re.ASCII)
# The shapes of a master UCR: air (airline and waybill), community system, port and trader under a country.
_MUCR = re.compile(
    r"A:[A-Z0-9]{3}\d{8}|C:[A-Z]{3}[A-Z0-9]{3,30}|[A-Z]{2}/[A-Z0-9]{3,4}-[A-Z0-9]{5,28}"
    r"|[A-Z]{2}/[A-Z0-9]{9,12}-[A-Z0-9]{1,23}",
    re.ASCII,
)


def issue_mrn(country: str, year: int, declarant: str, lrn: str, key: bytes, *, attempt: int = 0) -> str:
    """Return the movement reference number of a declaration.

    18 characters: the last two digits of ``year``, the two letters of ``country``, 13 characters A-Z0-9, and
    the ISO 6346 check digit over the first 17, as the numbers published by the UK carry it. The 13 characters
    are HMAC-SHA-256 under ``key`` of declarant, LRN and attempt: the same declaration gets the same number
    whenever and beside whatever it is received, and nobody without the key can guess another's. ``attempt``
    is raised by the caller where a number is already taken.

    Raises:
        ValueError: ``country`` is not two capital letters, or ``key`` is empty.
    """
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise ValueError(f"the country of an MRN is two capital letters, not {country!r}")
    if not key:
        raise ValueError("an MRN needs a key: with an empty one anybody could guess it")
    said = f"{len(declarant)}:{declarant}|{len(lrn)}:{lrn}|{attempt}"  # lengths keep the parts apart
    number = int.from_bytes(hmac.digest(key, said.encode("utf-8", "surrogatepass"), hashlib.sha256))
    body = ""
    for _ in range(_BODY_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        body += _ALPHABET[digit]
    return _with_check_digit(f"{year % 100:02d}{country}{body}")


def check_mrn(text: str) -> str | None:
    """Check a movement reference number of 18 characters, with its check digit."""
    if len(text) != MRN_LENGTH:
        return f"An MRN has {MRN_LENGTH} characters; this one has {len(text)}."
    if not _MRN.fullmatch(text):
        return (
            "An MRN is two digits (year), two letters (country), 13 letters or digits, and a check digit, "
            "all capitals."
        )
    right = _with_check_digit(text[:-1])[-1]
    if text[-1] != right:
        return f"The check digit of this MRN is {text[-1]}; for its other characters it would be {right}."
    return None


def check_lrn(text: str) -> str | None:
    """Check a local reference number, the declarant's own: 1 to 35 printable characters."""
    if not text:
        return f"An LRN has 1 to {LRN_LENGTH} characters; this one is empty."
    if len(text) > LRN_LENGTH:
        return f"An LRN has at most {LRN_LENGTH} characters; this one has {len(text)}."
    if not text.isprintable():
        return "An LRN has printable characters only; this one has control characters or line breaks."
    return None


def check_ducr(text: str) -> str | None:
    """Check a declaration unique consignment reference, ``6GB123456789000-ABC123``."""
    if len(text) > UCR_LENGTH:
        return f"A DUCR has at most {UCR_LENGTH} characters; this one has {len(text)}."
    if not _DUCR.fullmatch(text):
        return (
            "A DUCR is the last digit of the year, the two letters of a country, up to 12 characters of the "
            "operator's number, a hyphen, and up to 19 of the trader's own (A-Z, digits, - and brackets)."
        )
    return None


def check_mucr(text: str) -> str | None:
    """Check a master unique consignment reference, ``A:AAA12345678`` or ``GB/ABC-12345``."""
    if len(text) > UCR_LENGTH:
        return f"A MUCR has at most {UCR_LENGTH} characters; this one has {len(text)}."
    if not _MUCR.fullmatch(text):
        return (
            "A MUCR is A: with an airline and 8 digits, C: with a system and its reference, or a country, a "
            "slash, a port or operator, a hyphen and a reference (GB/ABC-12345), in capitals and digits."
        )
    return None


def check_ucr(text: str) -> str | None:
    """Check a unique consignment reference of either kind: a slash or a colon marks a master."""
    if "/" in text or ":" in text[:2]:
        return check_mucr(text)
    return check_ducr(text)


def check_operator(text: str) -> str | None:
    """Check an operator's number as the EORI is made: country, then 1 to 15 letters or digits."""
    if not _OPERATOR.fullmatch(text):
        return (
            "An operator's number is the two letters of a country and 1 to 15 letters or digits, all "
            "capitals and without spaces."
        )
    return None


def check_container(text: str) -> str | None:
    """Check a container number by ISO 6346: owner, category U, J or Z, serial number, check digit."""
    if not _CONTAINER.fullmatch(text):
        return (
            "A container number (ISO 6346) is three letters of the owner, U, J or Z, six digits and a check "
            "digit: CSQU3054383."
        )
    right = iso6346.calc_check_digit(text[:-1])
    if text[-1] != right:
        return (
            f"The check digit of this container number is {text[-1]}; for its other characters it is {right}."
        )
    return None


def _with_check_digit(text: str) -> str:
    return text + iso6346.calc_check_digit(text)
