"""What is shown when a page cannot be: in words that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from tidegate_web.answers import is_page, refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Tell that there is no such page, or nothing that this person may see."""
    del exception
    if not is_page(request):
        return refusal(request, 404, "no_such_address", "There is nothing at this address.")
    return render(request, "problem.html", {"status": 404}, status=404)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Tell that a form came without the token of its page: a forgery, or a page left open overnight."""
    del reason
    return render(request, "problem.html", {"status": 403}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Tell that something is wrong here."""
    if not is_page(request):
        return refusal(request, 500, "fault", "Something is wrong here, not with what you sent.")
    return render(request, "problem.html", {"status": 500}, status=500)
