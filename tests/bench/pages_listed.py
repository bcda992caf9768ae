"""The pages that are measured: for each role what it looks at, by a name and its address."""

import re
from datetime import date, timedelta

from tests.bench.pages_ask import Asker
from tests.bench.pages_fill import TRADER, mrn_of
from tests.bench.pages_fill_entries import entry_of

_ENTRY = entry_of(7)
_SHOWN = ("released", "control", "decision", "delivered", "payment")
_OWN = ("released", "payment", "asked")
_MOST = 12  # links of a list that are followed


def pages(told: dict, today: date) -> dict[str, dict[str, str]]:
    """Return the addresses of pages by their names, for each role, for `anybody`, and for a `program`."""
    month = f"since={today - timedelta(days=30)}&until={today}"
    year = f"since={today.replace(year=today.year - 1)}&until={today}"
    samples, own, old = told["samples"], told["own"], mrn_of(told["consignments"] // 2)
    return {
        "officer": {
            "queue": "/officer/queue",
            "entries before arrival": "/entries/",
            "entries, a control at arrival": "/entries/?want=control",
            "entry": f"/entries/{_ENTRY}",
            **{f"consignment, {kind}": f"/officer/consignments/{samples[kind]}" for kind in _SHOWN},
            "consignment, half a year old": f"/officer/consignments/{old}",
            "like cases": f"/officer/consignments/{samples['released']}/like",
            "proof of an act": f"/officer/consignments/{old}/proofs/{told['position']}",
            "search by the trader's reference": f"/officer/consignments/find?q=L{told['consignments'] // 2}",
            "search by the operator": f"/officer/consignments/find?q={TRADER}",
            "low-value consignments": "/officer/parcels",
        },
        "trader": {
            "own consignments": "/trader/consignments",
            "own, waiting for the trader": "/trader/consignments?holder=trader",
            **{
                f"own consignment, {kind}": f"/trader/consignments/{own[kind]}"
                for kind in _OWN
                if kind in own
            },
            "messages": "/trader/messages",
            "drafts and forms": "/trader/lodge",
        },
        "director": {
            "release times": "/director/",
            "release times, a year": f"/director/?{year}",
            "release times, a year by office": f"/director/?{year}&by=office",
            "release times, a month by type": f"/director/?{month}&by=type",
            "volumes, a year": f"/director/volumes?{year}",
            "revenue, a year": f"/director/revenue?{year}",
            "controls and hits, a year": f"/director/controls?{year}",
            "what waits": "/director/waiting",
            "behind: released, a year": f"/director/behind?figure=released&{year}",
            "behind: slowest of a year": f"/director/behind?figure=slowest&{year}",
            "behind: hits of the random stratum": f"/director/behind?figure=hits&stratum=random&{year}",
            "behind: of a channel that none had": f"/director/behind?figure=released&channel=blue&{year}",
            "behind: what waits": "/director/behind?figure=waiting",
            "acts behind a figure": f"/director/acts/{old}",
            "partners": "/partners/",
            "a sheet as CSV": f"/director/?{year}&by=office&sheet=by-office&form=csv",
        },
        "analyst": {
            "profiles": "/analyst/",
            "model": "/analyst/model",
            "hit rates by group": "/analyst/groups",
            "what if": "/analyst/what-if",
        },
        "auditor": {"who looked": "/people/looked", "who was let in": "/people/access"},
        "anybody": {
            "home": "/public",
            "tariff": "/tariff",
            "tariff search": "/tariff?q=shirts",
            "duty": "/duty?code=6109100010&origin=IN&value=1000&currency=XTS",
            "duty, another value each time": "/duty?code=6109100010&origin=IN&value={n}&currency=XTS",
            "published times": "/times",
            "notices": "/notices",
            "notices, the feed": "/notices/feed",
            "verify a proof": "/verify",
        },
        "program": {
            "API: standing": f"/api/v1/declarations/{own['released']}",
            "API: history": f"/api/v1/declarations/{own['released']}/history",
            "API: notices": "/api/v1/notices?limit=50",
            "API: tariff search": "/api/v1/tariff/search?q=shirts",
        },
    }


def filters(asker: Asker, path: str) -> dict[str, str]:
    """Return the ways of narrowing a list, as its page offers them, and the way to its next part."""
    page = asker.get(path)[1].decode()
    found = dict.fromkeys(one.replace("&amp;", "&") for one in re.findall(r'href="(\?[^"]+)"', page))
    return {f"queue {one[:60]}": f"{path}{one}" for one in list(found)[:_MOST]}
