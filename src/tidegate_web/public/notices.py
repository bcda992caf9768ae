"""What customs makes known: a list, each on its page, an Atom feed; and the page on which it is published."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.syndication.views import Feed
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.journal import Key
from tidegate.notices import (
    Bulletin,
    NoticeRefusedError,
    OvertakenNoticeError,
    bulletin_named,
    bulletins,
    publish_bulletin,
    withdraw_bulletin,
)
from tidegate_web.node import node, now
from tidegate_web.people.consulting import author_of
from tidegate_web.people.pages import page, public
from tidegate_web.public.held import today

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_MOST_IN_FEED = 50


@public
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """List what holds today, the latest first."""
    return render(request, "public/notices.html", {"bulletins": bulletins(node().journal, today())})


@public
@require_safe
def bulletin(request: HttpRequest, name: str) -> HttpResponse:
    """Show one notice; one that was withdrawn or has passed says so."""
    return _shown(request, name, WithdrawalForm())


def _shown(request: HttpRequest, name: str, form: WithdrawalForm, *, status: int = 200) -> HttpResponse:
    found = bulletin_named(node().journal, name)
    if found is None:
        raise Http404
    told = {"bulletin": found, "holds": found.holds(today()), "form": form}
    return render(request, "public/notice.html", told, status=status)


class BulletinFeed(Feed):  # type: ignore[type-arg] - Django has no types of its own
    """What holds today, as an Atom feed (RFC 4287)."""

    feed_type = Atom1Feed
    title = gettext_lazy("Notices of customs")
    subtitle = gettext_lazy("What customs makes known to everybody.")
    link = reverse_lazy("public:notices")

    def items(self) -> list[Bulletin]:
        """Return the latest notices."""
        return bulletins(node().journal, today())[:_MOST_IN_FEED]

    def item_title(self, item: Bulletin) -> str:
        """Return a notice's title."""
        return item.title

    def item_description(self, item: Bulletin) -> str:
        """Return a notice's words."""
        return item.words

    def item_link(self, item: Bulletin) -> str:
        """Return where a notice is shown."""
        return reverse("public:notice", args=[item.name])

    def item_pubdate(self, item: Bulletin) -> datetime:
        """Return when it was published first."""
        return item.published

    def item_updateddate(self, item: Bulletin) -> datetime:
        """Return when its words were last changed."""
        return item.changed


feed = public(require_safe(BulletinFeed()))


class WithdrawalForm(forms.Form):
    """Why a notice is withdrawn."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, help_text=gettext_lazy("Everybody reads it on its page.")
    )


class BulletinForm(forms.Form):
    """A notice to be published; ``seen`` is the entry of the one whose words are changed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    name = forms.CharField(
        label=gettext_lazy("Name in the address"),
        max_length=60,
        help_text=gettext_lazy("Small letters, digits and hyphens: north-quay-closed."),
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=140)
    words = forms.CharField(
        label=gettext_lazy("What everybody should know"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    until = forms.DateField(
        label=gettext_lazy("Shown until"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: until it is withdrawn."),
    )  # fmt: skip


@page("publish notices")
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, name: str = "") -> HttpResponse:
    """Publish a notice, or put other words in the place of one."""
    known = bulletin_named(node().journal, name) if name else None
    if name and known is None:
        raise Http404
    form = BulletinForm(request.POST or None, initial=_initial(known))
    if known is not None:
        form.fields["name"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            _publish(request, form.cleaned_data, known)
        except NoticeRefusedError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            if known is not None:
                # What was written stays; sent again, it is about the words as they stand now.
                form.data = form.data.copy()
                form.data["seen"] = known.position
        else:
            messages.success(request, _("It is published."))
            return redirect("public:notice", form.cleaned_data["name"])
    status = 422 if form.is_bound else 200
    return render(request, "public/publish.html", {"form": form, "bulletin": known}, status=status)


@page("publish notices")
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, name: str) -> HttpResponse:
    """Withdraw a notice, and say why."""
    if request.method == "GET":
        return redirect("public:notice", name)
    form = WithdrawalForm(request.POST)
    if not form.is_valid():
        return _shown(request, name, form, status=422)
    author = Key(author_of(request.user), personal=True)
    try:
        withdraw_bulletin(node().journal, now(), author, name=name, reason=form.cleaned_data["reason"])
    except NoticeRefusedError as error:
        form.add_error(None, str(error))
        return _shown(request, name, form, status=409)
    messages.success(request, _("It is withdrawn."))
    return redirect("public:notice", name)


def _initial(known: Bulletin | None) -> dict[str, Any]:
    if known is None:
        return {}
    stands = {"name": known.name, "title": known.title, "words": known.words, "until": known.until}
    return stands | {"seen": known.position}


def _publish(request: HttpRequest, said: dict[str, Any], known: Bulletin | None) -> None:
    """Publish what was written; other words for a notice only in the place of those that were seen."""
    until = said["until"]
    if until is not None and datetime.combine(until, time.max, UTC) < now():
        raise NoticeRefusedError(_("That day has passed."), "until")
    try:
        publish_bulletin(
            node().journal,
            now(),
            Key(author_of(request.user), personal=True),
            name=said["name"],
            title=said["title"],
            words=said["words"],
            until=until,
            new=known is None,
            seen=said["seen"] if said["seen"] is not None else -1,
        )
    except OvertakenNoticeError:
        text = _("It was changed meanwhile. Look at its words before you send yours.")
        raise NoticeRefusedError(text) from None
