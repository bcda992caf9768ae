"""Which notifications an operator's software fetched: a mark before which all were, and those after it."""

from __future__ import annotations

from django.db import transaction

from tidegate_web.door.models import Pulled, PulledBefore


def mark_of(operator: str) -> int:
    """Return the position before which every notification was fetched."""
    found = PulledBefore.objects.filter(operator=operator).first()
    return 0 if found is None else found.position


def after(operator: str, mark: int) -> set[int]:
    """Return the positions from the mark on that were fetched."""
    return set(
        Pulled.objects.filter(operator=operator, position__gte=mark).values_list("position", flat=True)
    )


def is_pulled(operator: str, position: int) -> bool:
    """Tell whether a notification was fetched."""
    if position < mark_of(operator):
        return True
    return Pulled.objects.filter(operator=operator, position=position).exists()


def mark(operator: str, position: int) -> None:
    """Note that a notification was fetched; noting it twice is allowed."""
    Pulled.objects.get_or_create(operator=operator, position=position)


def move_mark(operator: str, position: int) -> None:
    """Move the mark forward, and forget what lies before it."""
    with transaction.atomic():
        PulledBefore.objects.get_or_create(operator=operator)
        PulledBefore.objects.filter(operator=operator, position__lt=position).update(position=position)
        Pulled.objects.filter(operator=operator, position__lt=position).delete()
