"""One WTForms class for each page of a questionnaire."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from questionnaires.definition import Item, Kind, Page


def form_class(page: Page) -> type[FlaskForm]:
    return type("PageForm", (FlaskForm,), {item.code: _field(item) for item in page.items})


def _field(item: Item) -> Field:
    choices = [SelectChoice(value=option.code, label=str(option.label)) for option in item.options]
    if item.kind is Kind.CHOICE:
        return RadioField(str(item.text), choices=choices, validators=[Optional()])
    if item.kind is Kind.CHOICES:
        look = {"widget": ListWidget(prefix_label=False), "option_widget": CheckboxInput()}
        return SelectMultipleField(str(item.text), choices=choices, **look)
    if item.kind is Kind.NUMBER:
        return IntegerField(str(item.text), validators=[Optional()])
    return TextAreaField(str(item.text), validators=[Length(max=item.max_length or 2000)])
