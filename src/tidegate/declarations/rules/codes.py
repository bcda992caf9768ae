"""Lists of codes that are the same everywhere; what an administration adds comes with its tables.

Countries: ISO 3166-1 (through pycountry) and the codes that customs use beside it: those of the European
Union's geonomenclature (Implementing Regulation (EU) 2020/1470) and its user-assigned ones.
"""

from __future__ import annotations

import pycountry

_BESIDE_ISO = {
    "EU",  # the European Union as a whole
    "QP",  # high seas
    *("QQ", "QR", "QS"),  # stores and provisions
    *("QU", "QV", "QW"),  # countries not specified
    *("QX", "QY", "QZ"),  # countries not specified for commercial or military reasons
    "XC",  # Ceuta
    "XI",  # Northern Ireland
    "XK",  # Kosovo
    "XL",  # Melilla
    "XS",  # Serbia
    "XU",  # United Kingdom without Northern Ireland
}

COUNTRIES = frozenset({country.alpha_2 for country in pycountry.countries} | _BESIDE_ISO)

# The continental shelves as the trade-test pack of the UK declares them.
CONTINENTAL_SHELVES = frozenset({"ZF", "ZG", "ZL", "ZN", "ZU"})

# ISO 4217 with the code for testing (XTS) and without the one for no currency (XXX).
CURRENCIES = frozenset({currency.alpha_3 for currency in pycountry.currencies} - {"XXX"})

# Incoterms 2020, the terms of 2010 and 2000 that contracts still name, and XXX for other terms (EU).
INCOTERMS = frozenset(
    "EXW FCA FAS FOB CFR CIF CPT CIP DAP DPU DDP DAT DAF DES DEQ DDU XXX".split()  # noqa: SIM905 - a list to read
)

# UN/ECE Recommendation 19: sea, rail, road, air, post, multimodal (in the UK roll-on), fixed, inland, own.
MODES = frozenset("123456789")
