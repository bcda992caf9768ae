"""The page of a node's settings: ``python -m tidegate.node.page > docs/configuration.md``."""

from __future__ import annotations

import sys

import msgspec

from tidegate.node.administration import administrations
from tidegate.node.configuration import settings


def page() -> str:
    """Return the page: every setting of node.toml, and the files of an administration."""
    lines = [
        "# Configuration",
        "",
        "A node is a folder: `node.toml` (its settings), `node.key` (its secret, for its owner only), `journal/`",
        "(the acts and their attachments), `read/` and `responders/` (tables that can be rebuilt from the",
        "journal). Copy the folder while nothing runs, and the node is copied.",
        "",
        "| setting | default | meaning |",
        "|---|---|---|",
    ]
    for name, (meaning, default) in settings().items():
        lines.append(f"| `{name}` | `{msgspec.json.encode(default).decode()}` | {meaning} |")
    lines += [
        "",
        "A served node takes each of these from the environment as well, where it goes before the file: `TIDEGATE_` and the name",
        "in capitals, like `TIDEGATE_MAX_LAG=1000`, lists parted by commas. `TIDEGATE_NODE` names the node's folder to the processes",
        "of the face; `tidegate serve` sets it. `TIDEGATE_OIDC_SECRET` holds the secret of `oidc_client`, which is no setting:",
        "secrets lie in files of their own, or in the environment. There are no others.",
        "",
        "## Administrations",
        "",
        f"These come with Tidegate: {', '.join(administrations())}. Another one is a folder with the same files,",
        "named by its path:",
        "",
        "| file | what |",
        "|---|---|",
        "| `administration.toml` | name, country, currency, taxes in their order, procedures, offices, policy |",
        "| `measures.csv` | dated measures: kind, tax, beginning of the commodity code, for whom, on what condition, rate, source |",
        "| `exchange_rates.csv` | dated rates: units of a currency to one of the accounting currency |",
        "| `scopes.csv`, `origin_groups.csv`, `quotas.csv` | which tariff applies; the countries of a group; what quotas open |",
        "| `reliefs.csv`, `charges.csv`, `proofs.csv` | what procedures relieve; additions and deductions; proofs of origin |",
        "| `profiles.toml` | risk profiles: SQL expressions over goods items, dated and owned |",
        "",
        "Rates that are not part of Tidegate come from the `[[sources]]` an administration names: `tidegate init` reads them",
        "below `--data` and keeps them in the node's `tables/`, as `measures.csv` and `exchange_rates.csv` of the same columns.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
