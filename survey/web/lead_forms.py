"""What a lead types: addresses of colleagues, and how many staff could answer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp


class Invite(Form):
    """E-mail addresses, one on each line. `confirmed` comes back with the number that the dry run named."""

    addresses = TextAreaField(
        _l("E-mail addresses of colleagues"),
        description=_l("One address on each line. You can paste a column from a spreadsheet."),
        validators=[
            InputRequired(_l("Enter at least one e-mail address")),
            Length(max=200_000, message=_l("Paste fewer addresses at a time")),
        ],
    )
    confirmed = HiddenField()

    def lines(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in (self.addresses.data or "").splitlines())


class Expected(Form):
    """How many staff could answer: the shared link is limited to that number and a tenth more."""

    expected = StringField(
        _l("How many staff could answer?"),
        description=_l("The link takes this many answers and a tenth more, so that it cannot be misused without end."),
        validators=[
            InputRequired(_l("Enter a number")),
            Regexp(r"^[1-9][0-9]{0,5}\Z", message=_l("Enter a whole number, such as 120")),
        ],
    )
