"""A proof from a journal, verified: what it shows and what it does not, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tidegate.journal import JournalError
from tidegate.journal.notes import VerifierKey, parse_vkey
from tidegate.journal.proving import Proven, check_consistency, check_entry, is_consistency_proof
from tidegate_web.node import node
from tidegate_web.people.pages import public

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tidegate.journal.checkpoints import Checkpoint

_LONGEST = 200_000


class ProofForm(forms.Form):
    """A proof, and by which key it is to be judged."""

    proof = forms.CharField(
        label=gettext_lazy("Proof"),
        required=False,
        max_length=_LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "code"}),
        help_text=gettext_lazy("Paste it whole, from its first line to the last of its signatures."),
    )
    file = forms.FileField(label=gettext_lazy("or its file"), required=False)
    checkpoint = forms.CharField(
        label=gettext_lazy("Checkpoint that you kept"),
        required=False,
        max_length=_LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "code"}),
        help_text=gettext_lazy("Only for a proof that a journal was continued: it begins with “old”."),
    )
    key = forms.CharField(
        label=gettext_lazy("Key of the journal"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy("Empty: this node's. For another's journal, the key that it publishes."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("proof", "file"):
            self.fields[name].or_other = True  # one of the two is needed: neither is said to be optional

    def clean(self) -> dict[str, Any]:
        """Take the file where nothing was pasted; see that there is something to verify."""
        said: dict[str, Any] = super().clean() or {}
        file = said.get("file")
        if file and not said.get("proof", "").strip():
            said["proof"] = file.read(_LONGEST).decode("utf-8", errors="replace")
        text = said.get("proof", "").replace("\r\n", "\n").lstrip()
        said["proof"] = text if text.endswith("\n") or not text else text + "\n"
        if not said["proof"]:
            self.add_error("proof", _("Paste a proof, or choose its file."))
        elif is_consistency_proof(said["proof"]) and not said.get("checkpoint", "").strip():
            self.add_error(
                "checkpoint", _("This proof begins at an earlier checkpoint: give the one you kept.")
            )
        kept = said.get("checkpoint", "").replace("\r\n", "\n").lstrip()
        said["checkpoint"] = kept if kept.endswith("\n") or not kept else kept + "\n"
        return said

    def clean_key(self) -> VerifierKey | None:
        """Return the key that was given."""
        said = self.cleaned_data["key"].strip()
        if not said:
            return None
        try:
            return parse_vkey(said)
        except (JournalError, ValueError) as error:
            raise forms.ValidationError(str(error)) from None


@public
@csrf_exempt  # it changes nothing, and a cookie would be set for nothing
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Verify a proof with the key alone; the journal is not asked."""
    form = ProofForm(request.POST, request.FILES) if request.method == "POST" else ProofForm()
    outcome: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        outcome = _outcome(form.cleaned_data)
    status = 422 if form.is_bound and form.errors else 200
    shown = {"form": form, "key": node().verifier_key().vkey, **outcome}
    return render(request, "public/verify.html", shown, status=status)


def _outcome(said: dict[str, Any]) -> dict[str, Any]:
    keys = [said["key"] or node().verifier_key()]
    try:
        if is_consistency_proof(said["proof"]):
            newer: Checkpoint = check_consistency(said["proof"], said["checkpoint"], keys)
            return {"continued": newer, "signer": keys[0].name}
        proven: Proven = check_entry(said["proof"], keys)
    except JournalError as error:
        return {"refusal": str(error)}
    body = proven.body.decode("utf-8", errors="replace") if proven.body is not None else ""
    return {"proven": proven, "body": body, "signer": keys[0].name}
