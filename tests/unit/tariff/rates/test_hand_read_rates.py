"""Rates as schedules print them, read by hand: what each says is written beside it."""

from decimal import Decimal

import pytest

from tidegate.tariff.rates import Component, Rate, print_rate, read_rate


def ad(percent, basis=None, **more):
    return Component(kind="ad_valorem", percent=Decimal(percent), basis=basis, **more)


def each(amount, unit="each", code="NAR", basis=None, **more):
    currency = more.pop("currency", "USD")
    return Component(
        kind="specific",
        amount=Decimal(amount),
        currency=currency,
        unit=unit,
        unit_code=code,
        basis=basis,
        **more,
    )


def kg(amount, basis=None, **more):
    return each(amount, "kg", "KGM", basis, **more)


def ref(refers_to, wording="See", **more):
    return Component(kind="reference", refers_to=refers_to, wording=wording, **more)


def free(*programmes, **more):
    return Component(kind="free", programmes=programmes, **more)


NO_CHANGE = ref("the rate without this provision", "No change")
APPLICABLE = ref("the applicable subheading", "The duty provided in")
STRAP = "the strap, band or bracelet"
COMMON = ("A", "AU", "BH", "CL", "CO", "D", "E", "IL", "JO", "KR", "MA", "OM", "P", "PA", "PE", "S", "SG")

HAND_READ = {
    # ad valorem
    "6.5%": [ad("6.5")],
    "6.5% ": [ad("6.5")],
    "1.0%": [ad("1.0")],
    "350%": [ad("350")],
    "6.5% on the entire set": [ad("6.5", "the entire set")],
    "2.5% on the value of the lead content": [ad("2.5", "the value of the lead content")],
    "3 percent of the fair retail value": [ad("3", "the fair retail value")],
    "50 percent of the cost of such goods or repairs": [ad("50", "the cost of such goods or repairs")],
    "5% on the full value of the imported article": [ad("5", "the full value of the imported article")],
    "5% ad valorem": [ad("5")],
    "12 1/2%": [ad("12.5")],
    # free
    "Free": [free()],
    "No additional duty": [free()],
    "Free, under bond, as prescribed in U.S. note 1 to this subchapter": [
        free(condition="under bond, as prescribed in U.S. note 1 to this subchapter")
    ],
    "Free, under the terms of U.S. note 1(b) to this subchapter": [
        free(condition="under the terms of U.S. note 1(b) to this subchapter")
    ],
    "Free (See U.S. note 4 of this subchapter)": [free(condition="See U.S. note 4 of this subchapter")],
    # an amount for each unit
    "1.5¢/kg": [kg("0.015")],
    "$2.146/kg": [kg("2.146")],
    "0.32¢/kg": [kg("0.0032")],
    "68¢/head": [each("0.68", "head", "HEA")],
    "$1.24/t": [each("1.24", "t", "TNE")],
    "10.6¢/g": [each("0.106", "g", "GRM")],
    "10.5¢/bbl": [each("0.105", "bbl", "BLL")],
    "4.5¢/ liter": [each("0.045", "liter", "LTR")],
    "23.7¢/pf.liter": [each("0.237", "pf.liter", "PFL")],
    "$1.32/pf. liter": [each("1.32", "pf.liter", "PFL")],
    "14.5¢/m2": [each("0.145", "m2", "MTK")],
    "$1.13/m3": [each("1.13", "m3", "MTQ")],
    "10¢/m": [each("0.10", "m", "MTR")],
    "3.3¢/lin. m": [each("0.033", "lin.m", "LM")],
    "2.8¢/doz.": [each("0.028", "doz.", "DZN")],
    "6.5¢/gross": [each("0.065", "gross", "GRO")],
    "38.4¢/1000": [each("0.384", "1000", "MIL")],
    "$2/1,000 + 60%": [each("2", "1,000", "MIL"), ad("60")],
    "$2.50/thou- sand + 40%": [each("2.50", "thousand", "MIL"), ad("40")],
    "18.7¢/clean kg": [each("0.187", "clean kg", None)],
    "$1.44 each": [each("1.44")],
    "5.7¢/kg on drained weight +8%": [kg("0.057", "drained weight"), ad("8")],
    "2.1¢/kg on entire contents of container": [kg("0.021", "entire contents of container")],
    "5¢/kg on contents and container": [kg("0.05", "contents and container")],
    "3.6606¢/kg of total sugars": [kg("0.036606", "total sugars")],
    "$40/kg of anhydrous morphine content": [kg("40", "anhydrous morphine content")],
    "$1.32/t, including weight of container": [each("1.32", "t", "TNE", "including weight of container")],
    "86.1¢/m2 of recording surface": [each("0.861", "m2", "MTK", "recording surface")],
    # compound
    "1.4¢/kg + 3.2%": [kg("0.014"), ad("3.2")],
    "$1.035/kg +13.6%": [kg("1.035"), ad("13.6")],
    "90¢/pr. + 37.5%": [each("0.90", "pr.", "PR"), ad("37.5")],
    "33.9¢/kg of total sugars + 5.1%": [kg("0.339", "total sugars"), ad("5.1")],
    "12.8¢/kg on molybdenum content + 1.8%": [kg("0.128", "molybdenum content"), ad("1.8")],
    "8.8¢/kg on copper content + 3.3¢/kg on lead content + 3.7¢/kg on zinc content": [
        kg("0.088", "copper content"),
        kg("0.033", "lead content"),
        kg("0.037", "zinc content"),
    ],
    "13.5¢/kg + 6.3% + 1.9¢/article": [kg("0.135"), ad("6.3"), each("0.019", "article")],
    "3.1¢/liter + 22.1¢/pf. liter on ethyl alcohol content": [
        each("0.031", "liter", "LTR"),
        each("0.221", "pf.liter", "PFL", "ethyl alcohol content"),
    ],
    "$1.53 each + 4.2% on the case + 2% on the strap, band or bracelet": [
        each("1.53"),
        ad("4.2", "the case"),
        ad("2", STRAP),
    ],
    "44¢ each + 6% on the case + 14% on the strap, band or bracelet + 5.3% on the battery": [
        each("0.44"),
        ad("6", "the case"),
        ad("14", STRAP),
        ad("5.3", "the battery"),
    ],
    "41¢ each + 5% on case and strap, band or bracelet + 4.2% on the battery": [
        each("0.41"),
        ad("5", "case and strap, band or bracelet"),
        ad("4.2", "the battery"),
    ],
    "43¢ each + 2.8¢/jewel over 7 + 3.7% on the case": [
        each("0.43"),
        each("0.028", "jewel", "JWL", "over 7"),
        ad("3.7", "the case"),
    ],
    "36¢ each + 5.6% + 2¢/jewel": [each("0.36"), ad("5.6"), each("0.02", "jewel", "JWL")],
    "3.9% on the movement and case+ 5.3% on the battery": [
        ad("3.9", "the movement and case"),
        ad("5.3", "the battery"),
    ],
    "0.3¢/line/ gross + 4.6%": [each("0.003", "line/gross", None), ad("4.6")],
    "10¢/1,000 pins + 3.5%": [each("0.10", "1,000 pins", None), ad("3.5")],
    "3.8% on the value of the rifle + 10% on the value of the telescopic sight, if any": [
        ad("3.8", "the value of the rifle"),
        ad("10", "the value of the telescopic sight, if any"),
    ],
    # least and most
    "3.6606¢/kg less 0.020668¢/kg for each degree under 100 degrees (and fractions of a degree in "
    "proportion) but not less than 3.143854¢/kg": [
        kg("0.036606"),
        kg(
            "0.00020668",
            "for each degree under 100 degrees (and fractions of a degree in proportion)",
            role="less",
        ),
        kg("0.03143854", role="minimum"),
    ],
    "12.00 % MIN 2.40 EUR / 100 kg MAX 5 EUR/100 kg": [
        ad("12.00"),
        each("2.40", "100 kg", "DTN", role="minimum", currency="EUR"),
        each("5", "100 kg", "DTN", role="maximum", currency="EUR"),
    ],
    "3¢ each, but not more than 5%": [each("0.03"), ad("5", role="maximum")],
    "£1.20/hl": [each("1.20", "hl", "HLT", currency="GBP")],
    "6% + 2.3¢/jewel + 0.2¢ for each other piece or part, but if consisting in part of a plate or a set of "
    "plates the total duty shall not exceed the duty for the complete movement": [
        ad("6"),
        each("0.023", "jewel", "JWL"),
        each("0.002", "other piece or part", None),
        ref(
            "the complete movement",
            "the duty for",
            role="maximum",
            condition="if consisting in part of a plate or a set of plates",
        ),
    ],
    # footnoted, bracketed
    "5% 1/ 2/": [ad("5", footnotes=("1/", "2/"))],
    "Free 1/ (A, AU)": [free("A", "AU", footnotes=("1/",))],
    # elsewhere, with and without a rate beside it
    "No change": [NO_CHANGE],
    "See additional U.S. note 1": [ref("additional U.S. note 1")],
    "The duty provided in the applicable subheading": [APPLICABLE],
    "The duty provided for in the applicable subheading": [
        ref("the applicable subheading", "The duty provided for in")
    ],
    "The duty provided in the applicable subheading + 25%": [APPLICABLE, ad("25")],
    "The duty provided in the applicable subheading plus 25%": [APPLICABLE, ad("25")],
    "The duty provided inthe applicable subheading+ 25%": [APPLICABLE, ad("25")],
    "The duty rate provided in such subheading minus 0.5%": [
        ref("such subheading", "The duty rate provided in"),
        ad("0.5", role="less"),
    ],
    "The rate applicable to each garment in the ensemble if separately entered": [
        ref("each garment in the ensemble if separately entered", "The rate applicable to")
    ],
    "The rate of duty applicable to that article in the set subject to the highest rate of duty": [
        ref("that article in the set subject to the highest rate of duty", "The rate of duty applicable to")
    ],
    "The rate provided for beneficiary countries in heading 9901.00.50 (PA)": [
        ref("beneficiary countries in heading 9901.00.50", "The rate provided for", programmes=("PA",))
    ],
    "A duty upon the value of the repairs or alterations (see U.S. note 3 of this subchapter)": [
        ref("U.S. note 3 of this subchapter", "A duty upon", basis="the value of the repairs or alterations")
    ],
    # by programme
    "Free (A+, AU, BH)": [free("A+", "AU", "BH")],
    "Free \n(A, AU, BH, CL, CO, D, E, IL, JO, KR, MA, OM, P,PA, PE, S, SG)": [free(*COMMON)],
    "Free (AU,BH,CL,CO,IL,JO,KR,MA,.OM,P,PA,PE,S,SG) ": [
        free("AU", "BH", "CL", "CO", "IL", "JO", "KR", "MA", "OM", "P", "PA", "PE", "S", "SG")
    ],
    "Free (A+,AU)25% (KR)": [free("A+", "AU"), ad("25", programmes=("KR",))],
    "Free (A,AU,BH)1.8¢/liter(JO)": [
        free("A", "AU", "BH"),
        each("0.018", "liter", "LTR", programmes=("JO",)),
    ],
    "17.1% (AU)": [ad("17.1", programmes=("AU",))],
    "30.5¢/kg + 8.5% (S+)": [kg("0.305", programmes=("S+",)), ad("8.5", programmes=("S+",))],
    "Free (BH,CL) 5.2¢/kg + 0.6% (P) 7¢/kg + 0.8% (CO,PA) See 9822.04.25 (AU)": [
        free("BH", "CL"),
        kg("0.052", programmes=("P",)),
        ad("0.6", programmes=("P",)),
        kg("0.07", programmes=("CO", "PA")),
        ad("0.8", programmes=("CO", "PA")),
        ref("9822.04.25", programmes=("AU",)),
    ],
    "Free (BH) See 9823.10.01-9823.10.45 (S+) See 9915.04.80, 9915.04.86(P+)": [
        free("BH"),
        ref("9823.10.01-9823.10.45", programmes=("S+",)),
        ref("9915.04.80, 9915.04.86", programmes=("P+",)),
    ],
    "No change (A,E) Free (CA,IL, MX) See U.S. note 3(e) (CO,PE)": [
        ref("the rate without this provision", "No change", programmes=("A", "E")),
        free("CA", "IL", "MX"),
        ref("U.S. note 3(e)", programmes=("CO", "PE")),
    ],
    "Free (AU,BH) The rate applicable to the natural juice in heading 2009 (A*,D)": [
        free("AU", "BH"),
        ref("the natural juice in heading 2009", "The rate applicable to", programmes=("A*", "D")),
    ],
    "Free (AU) A duty upon the value of the repairs or alterations (see U.S. note 3 of this subchapter) "
    "(B,C,)": [
        free("AU"),
        ref(
            "U.S. note 3 of this subchapter",
            "A duty upon",
            basis="the value of the repairs or alterations",
            programmes=("B", "C"),
        ),
    ],
    "The duty provided in the applicable subheading + 10% (CA, MX, S)": [
        ref("the applicable subheading", "The duty provided in", programmes=("CA", "MX", "S")),
        ad("10", programmes=("CA", "MX", "S")),
    ],
}


@pytest.mark.parametrize("text", HAND_READ)
def test_a_rate_is_read_as_a_person_reads_it(text):
    assert read_rate(text) == Rate(tuple(HAND_READ[text]))


@pytest.mark.parametrize("text", HAND_READ)
def test_what_is_printed_reads_the_same_again(text):
    rate = read_rate(text)
    assert read_rate(print_rate(rate)) == rate


def test_a_bracketed_rate_says_so():
    rate = read_rate("[The duty provided in the applicable subheading + 100%]")
    assert rate == Rate((APPLICABLE, ad("100")), bracketed=True)
    assert print_rate(rate) == "[The duty provided in the applicable subheading + 100%]"
