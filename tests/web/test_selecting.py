"""Choices written in one go are what Django's own template writes."""

import pytest
from django import forms
from django.conf import settings
from django.forms.renderers import DjangoTemplates

from tidegate_web.layout.selecting import Renderer

CHOICES = [
    ("", "—"),
    ("IN", "India (IN)"),
    ("X<", 'A "quoted" & <b>bold</b> place'),
    ("Others", [("1", "one"), (2, "two")]),
]


@pytest.mark.parametrize("chosen", ["", "IN", "X<", 2, "nowhere", None])
@pytest.mark.parametrize(
    "attrs", [{}, {"id": "id_place", "required": True, "class": "short", "hidden": False}]
)
def test_a_list_of_choices_comes_out_as_by_the_template(chosen, attrs):
    widget = forms.Select(choices=CHOICES)
    expected = widget.render("pl<ace", chosen, attrs, renderer=DjangoTemplates())
    assert widget.render("pl<ace", chosen, attrs, renderer=Renderer()) == expected


def test_other_widgets_are_left_to_the_template():
    widget = forms.TextInput()
    expected = widget.render("name", "a & b", {}, renderer=DjangoTemplates())
    assert widget.render("name", "a & b", {}, renderer=Renderer()) == expected


def test_every_form_is_written_so():
    assert f"{Renderer.__module__}.{Renderer.__name__}" == settings.FORM_RENDERER
