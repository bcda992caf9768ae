"""The first page of the public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from tidegate.notices import bulletins
from tidegate_web.node import node
from tidegate_web.people.pages import public
from tidegate_web.public.held import today

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_LATEST = 3


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what anybody can do here, and the latest notices."""
    latest = bulletins(node().journal, today())[:_LATEST]
    return render(request, "public/home.html", {"latest": latest, "name": node().administration.name})
