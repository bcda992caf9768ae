"""The way into every page: signed in, and allowed; or public, and then without a cookie."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import patch_cache_control

from tidegate_web.people.factor import is_lacking
from tidegate_web.people.permissions import ACTIONS, may

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

PUBLIC = "public"


def page(
    action: str, *, without_factor: bool = False
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let a page be seen, and a form be sent, by people who may do an action; it stands in `permissions`.

    Who is not signed in is asked to, and comes back; who may not is told which action it is they lack. Who
    needs a second factor and has none sees only what is shown ``without_factor``, which leads to one.
    """
    if action not in ACTIONS:
        raise KeyError(f"{action!r} is no action: see tidegate_web.people.permissions")

    def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if not without_factor and is_lacking(request):
                return _to(request, reverse("people:second-factor"))
            if not may(request.user, action):
                return render(request, "refused.html", {"action": action}, status=403)
            answer = view(request, *args, **kwargs)
            patch_cache_control(answer, private=True, no_store=True)
            return answer

        checked.action = action  # type: ignore[attr-defined] - read by the test that walks all pages
        return checked

    return guarded


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a page as anybody's."""
    view.action = PUBLIC  # type: ignore[attr-defined] - read by the test that walks all pages
    return view


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    back = request.get_full_path() if request.method == "GET" else "/"
    return _to(request, f"{reverse('account_login')}?next={quote(back)}")


def _to(request: HttpRequest, address: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        # A part of a page cannot hold another page: the whole page goes there.
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return redirect(address)
