"""What is stated instead of what is true: schemes, and honest mistakes.

Each scheme changes some of a line's columns, boldly in phase 1, less in phase 2, boldly again under another
number in phase 3. The truth stays beside what is stated; no column of what is stated says which is which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np

from tidegate.simulation.campaigns import (
    CAREFUL,
    CAROUSEL,
    FALSE_ORIGIN,
    MISCLASSIFICATION,
    QUANTITY,
    REAPPEARING,
    SMUGGLING,
    SPLITTING,
    UNDERVALUATION,
)  # fmt: skip
from tidegate.simulation.goods import country_place, shelf

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tidegate.simulation.draws import Draws
    from tidegate.simulation.trade import Trade
    from tidegate.simulation.world import World

    Whole = NDArray[np.int64]
    Yes = NDArray[np.bool_]

Mistake = Literal["mass", "commodity", "origin", "value"]
MISTAKES: tuple[Mistake, ...] = get_args(Mistake)
HIDDEN = ("cigarettes", "cocaine", "banknotes", "protected animals", "parts of firearms")
# Duty and taxes that a gram of what is hidden evades, in thousandths of the accounting currency: chosen.
_HIDDEN_WORTH = np.array([250, 0, 0, 0, 0], np.int64)
_SHARES = {  # of the truth that is stated, bold and careful: low and high; chosen
    UNDERVALUATION: ((0.25, 0.55), (0.6, 0.85)),
    QUANTITY: ((0.4, 0.7), (0.75, 0.92)),
    REAPPEARING: ((0.3, 0.6), (0.3, 0.6)),
}
_GRAM, _CENT, _LEAST = 1_000, 10, 1_000


class Statement(NamedTuple):
    """What is stated of each line, and what only the simulation knows."""

    goods: Whole
    origin: Whole
    preferential: Yes
    via: Whole
    net: Whole
    gross: Whole
    pieces: Whole
    value: Whole
    entitled: Yes  # to preference, in truth
    mistake: Whole  # place in MISTAKES, or -1
    hidden: Whole  # place in HIDDEN, or -1
    hidden_mass: Whole  # milligrams
    irregular: Yes
    evaded: Whole  # duties and taxes, thousandths of the accounting currency


def stated_of(world: World, trade: Trade) -> Statement:
    """Return what is stated of a day's trade."""
    told, lines = world.parameters, trade.lines
    kind = np.where(lines.item == 0, trade.parties.kind[lines.head], -1)
    bold = trade.parties.phase[lines.head] != CAREFUL
    partners = np.array([country_place(one) for one in told.partners if one != trade.country], np.int64)
    imported = ~trade.parties.export[lines.head]
    entitled = imported & np.isin(lines.origin, partners)
    claims = entitled & lines.draws.chance("preference", told.preference_use)
    true = Statement(
        lines.goods, lines.origin, claims, trade.journeys.via[lines.head], lines.net, lines.gross,
        lines.pieces, lines.value, entitled,
        mistake=np.full(len(kind), -1), hidden=np.full(len(kind), -1), hidden_mass=np.zeros_like(lines.net),
        irregular=kind >= 0, evaded=np.zeros_like(lines.net),
    )  # fmt: skip
    said = _mistaken(world, trade, kind, true)
    said = _shared(lines.draws, kind, bold, said)
    said = _misclassified(trade, kind, said)
    said = _false_origin(trade, kind, bold, partners, said)
    said = _smuggled(trade, kind, said)
    return said._replace(evaded=_evaded(world, trade, kind, imported, said))


def _mistaken(world: World, trade: Trade, kind: Whole, said: Statement) -> Statement:
    """Put honest mistakes on lawful first lines: a digit too many, a like code, the wrong country."""
    lines, known = trade.lines, shelf()
    lawful = (trade.parties.kind[lines.head] < 0) & (lines.item == 0) & (kind < 0)
    wrong = lawful & lines.draws.chance("mistake", world.parameters.mistakes)
    which = np.where(wrong, lines.draws.whole("which mistake", len(MISTAKES)), -1)
    like = known.any_like[said.goods]
    which = np.where((which == 1) & (like < 0), 0, which)
    which = np.where((which == 2) & (said.via == said.origin), 3, which)  # noqa: PLR2004 - place in MISTAKES
    tenfold = lines.draws.chance("tenfold", 0.5)
    net = np.where(which == 0, np.where(tenfold, said.net * 10, _grams(said.net // 10)), said.net)
    digits = np.where(tenfold, said.value * 10, _cents(said.value // 10))
    return said._replace(
        mistake=which,
        irregular=said.irregular | wrong,
        net=net,
        gross=np.where(which == 0, np.maximum(said.gross, net), said.gross),
        goods=np.where(which == 1, like, said.goods),
        origin=np.where(which == 2, said.via, said.origin),  # noqa: PLR2004 - as above
        preferential=said.preferential & (which != 2),  # noqa: PLR2004 - as above
        value=np.where(which == 3, digits, said.value),  # noqa: PLR2004 - as above
    )


def _shared(draws: Draws, kind: Whole, bold: Yes, said: Statement) -> Statement:
    """State a share of the value, or of the quantity with the value that goes with it."""
    share = np.ones(len(kind))
    for scheme, (open_, careful) in _SHARES.items():
        low, high = np.where(bold, open_[0], careful[0]), np.where(bold, open_[1], careful[1])
        share = np.where(kind == scheme, draws.between("share", low, high), share)
    less = kind == QUANTITY
    net = np.where(less, _grams((said.net * share).astype(np.int64)), said.net)
    # The bold leave the gross mass as it is on the scale; the careful have it agree.
    gross = np.where(less & ~bold, _grams((said.gross * share).astype(np.int64)), said.gross)
    pieces = np.where(less & (said.pieces > 0), np.maximum(1, said.pieces * share), said.pieces)
    value = np.where(share < 1, _cents((said.value * share).astype(np.int64)), said.value)
    return said._replace(net=net, gross=gross, pieces=pieces.astype(np.int64), value=value)


def _misclassified(trade: Trade, kind: Whole, said: Statement) -> Statement:
    known = shelf()
    like = known.like[said.goods]
    passed = (kind == MISCLASSIFICATION) & (like >= 0)
    goods = np.where(passed, like, said.goods)
    piece = known.piece[goods]
    counted = np.where(piece > 0, np.maximum(1, said.net // np.maximum(1, piece)), 0)
    changed = goods != trade.lines.goods
    return said._replace(goods=goods, pieces=np.where(changed, counted, said.pieces))


def _false_origin(trade: Trade, kind: Whole, bold: Yes, partners: Whole, said: Statement) -> Statement:
    """State a partner country as the origin; the careful have the goods sent from there."""
    if trade.active is None:
        return said
    false = kind == FALSE_ORIGIN
    chosen = trade.active.draws.take(trade.parties.campaign[trade.lines.head])
    where = partners[(chosen.whole("partner", len(partners)) + ~bold) % len(partners)]
    return said._replace(
        origin=np.where(false, where, said.origin),
        preferential=said.preferential | false,
        via=np.where(false & ~bold, where, said.via),
    )


def _smuggled(trade: Trade, kind: Whole, said: Statement) -> Statement:
    """Hide something in lawful freight; it is on the scale, and nowhere in the papers."""
    hides, draws = kind == SMUGGLING, trade.lines.draws
    if trade.active is None or not hides.any():
        return said
    chosen = trade.active.draws.take(trade.parties.campaign[trade.lines.head])
    what = chosen.whole("hidden", len(HIDDEN))
    mass = _grams((said.gross * draws.between("hidden mass", 0.01, 0.12)).astype(np.int64))
    return said._replace(
        hidden=np.where(hides, what, -1),
        hidden_mass=np.where(hides, mass, 0),
        gross=np.where(hides, said.gross + mass, said.gross),
    )


def _evaded(world: World, trade: Trade, kind: Whole, imported: Yes, said: Statement) -> Whole:
    """Return duties and VAT due on the truth less those on what was stated; never below zero."""
    told, known, lines = world.parameters, shelf(), trade.lines
    vat = round(told.vat * 1000)

    def due(goods: Whole, value: Whole, free: Yes) -> Whole:
        duty = np.where(free, 0, value * known.duty[goods] // 1000)
        return duty + (value + duty) * vat // 1000

    true = due(lines.goods, lines.value, said.entitled & said.preferential)
    low = said.value < told.de_minimis * 1_000
    stated = np.where((kind == SPLITTING) & low, 0, due(said.goods, said.value, said.preferential))
    evaded = np.where(imported & (said.irregular), np.maximum(0, true - stated), 0)
    vanished = (kind == CAROUSEL) & imported
    evaded = np.where(vanished, lines.value * vat // 1000, evaded)
    worth = _HIDDEN_WORTH[said.hidden] * (said.hidden_mass // _GRAM)
    return np.where(said.hidden >= 0, evaded + worth, evaded).astype(np.int64)


def _grams(milligrams: Whole) -> Whole:
    return np.maximum(_GRAM, milligrams // _GRAM * _GRAM)


def _cents(thousandths: Whole) -> Whole:
    return np.maximum(_LEAST, thousandths // _CENT * _CENT)
