"""Units of quantity as schedules word them, with their UN/ECE Recommendation 20 codes where these are plain.

A schedule's word is kept; the code is added. A word with no code is read all the same.
"""

from __future__ import annotations

import re

# Only codes that Recommendation 20 has in force. What the schedule means by the word is what counts: a "t" is
# a tonne, "No." and "each" both count articles, a barrel of a tariff is the petroleum barrel.
CODES: dict[str, str] = {
    "kg": "KGM",
    "kilogram": "KGM",
    "kilograms": "KGM",
    "100 kg": "DTN",
    "g": "GRM",
    "t": "TNE",
    "tonne": "TNE",
    "1,000 kg": "TNE",
    "carat": "CTM",
    "liter": "LTR",
    "liters": "LTR",
    "litre": "LTR",
    "litres": "LTR",
    "l": "LTR",
    "hl": "HLT",
    "lb": "LBR",
    "proof liter": "PFL",
    "pf.liter": "PFL",
    "pf.liters": "PFL",
    "bbl": "BLL",
    "m": "MTR",
    "lin.m": "LM",
    "m2": "MTK",
    "cm2": "CMK",
    "m3": "MTQ",
    "thousand m3": "R9",
    "each": "NAR",
    "article": "NAR",
    "No.": "NAR",
    "No": "NAR",
    "p/st": "NAR",
    "pcs": "H87",
    "Dz Pcs": "DPC",
    "head": "HEA",
    "pr.": "PR",
    "pair": "PR",
    "prs.": "PR",
    "doz.": "DZN",
    "dozen": "DZN",
    "doz.pr.": "DPR",
    "doz.prs.": "DPR",
    "gross": "GRO",
    "hundred": "CEN",
    "hundreds": "CEN",
    "100": "CEN",
    "thousand": "MIL",
    "thousands": "MIL",
    "1000": "MIL",
    "1,000": "MIL",
    "jewel": "JWL",
    "Jwls.": "JWL",
    "doses": "E27",
    "MWh": "MWH",
    "GBq": "GBQ",
    "W": "WTT",
}

_BROKEN_WORD = re.compile(r"(?<=[a-z])-\s+(?=[a-z])")  # a line end that a printer put in: "thou- sand"
_GAP = re.compile(r"\s+")
_GAP_AT_A_MARK = re.compile(r"(?<=[./])\s+|\s+(?=/)")


def unit_word(stated: str) -> str:
    """Return a schedule's word for a unit, its gaps and broken lines put right: pf. liter is pf.liter."""
    word = _GAP.sub(" ", _BROKEN_WORD.sub("", stated)).strip()
    return _GAP_AT_A_MARK.sub("", word).replace("²", "2").replace("³", "3")


def unit_code(word: str) -> str | None:
    """Return the Recommendation 20 code of a unit's word, or None where it is not plain."""
    return CODES.get(word)
