"""How a push is signed: as the Standard Webhooks specification says, version 1 (standardwebhooks.com).

`webhook-signature: v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, under the secret that the
operator was shown. The secret is derived from the face's own key, so that no table holds it.
"""

from __future__ import annotations

import base64
import hmac

_MARK = "whsec_"


def secret_of(key: str, name: str, version: int) -> str:
    """Return the secret of a subscription, as it is shown: `whsec_` and the base64 of 32 octets."""
    drawn = hmac.digest(key.encode(), f"webhook {name} {version}".encode(), "sha256")
    return _MARK + base64.b64encode(drawn).decode()


def signed(secret: str, identity: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers that sign a body."""
    key = base64.b64decode(secret.removeprefix(_MARK))
    digest = hmac.digest(key, f"{identity}.{timestamp}.".encode() + body, "sha256")
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
