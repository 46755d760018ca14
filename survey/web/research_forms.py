"""What the research team types: each form checks what can be checked without the database."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FileField, Form, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from survey import wave_rules, waves
from survey.errors import BadInput
from survey.wave_rules import Sizes


class PlanWave(Form):
    """A new wave: its name, what is asked, and when."""

    code = StringField(
        _l("Short code"),
        description=_l("Small letters, digits and hyphens, for example 2027. It stands in the name of every release."),
        validators=[
            InputRequired(_l("Enter a short code")),
            Regexp(r"^[a-z0-9][a-z0-9-]{0,39}\Z", message=_l("Use small letters, digits and hyphens only, at most 40")),
        ],
    )
    title = StringField(
        _l("Title"),
        description=_l("Officers and members see it, for example Digital maturity survey 2027."),
        validators=[InputRequired(_l("Enter a title")), Length(max=300, message=_l("Use at most 300 characters"))],
    )
    edition = SelectField(_l("Questionnaire"), validators=[InputRequired(_l("Select a questionnaire"))])
    self_assessment = SelectField(
        _l("Self-assessment of the authorities"),
        description=_l("Each lead fills it in for the authority while the survey is open."),
        validators=[Optional()],
    )
    opens = StringField(
        _l("Opens"),
        description=_l("Date and time, for example 2027-03-01 09:00."),
        validators=[InputRequired(_l("Enter when the survey opens"))],
    )
    deadline = StringField(
        _l("Deadline that officers see"),
        description=_l(
            "Date and time, for example 2027-03-31 17:00. Answers begun before it can be finished in the next 15 minutes."
        ),
        validators=[InputRequired(_l("Enter the deadline"))],
    )
    rehearsal = BooleanField(_l("This is a rehearsal: its answers never mix with real ones"))

    def validate_opens(self, field: StringField) -> None:
        _readable(field)

    def validate_deadline(self, field: StringField) -> None:
        _readable(field)


class Upload(Form):
    """One CSV file."""

    file = FileField(_l("CSV file"))

    def validate_file(self, field: FileField) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError(_l("Choose a file"))


class WhoTakesPart(Form):
    """Codes of authorities, one on each line."""

    codes = TextAreaField(
        _l("Codes of the authorities"),
        description=_l("One code on each line."),
        validators=[InputRequired(_l("Enter at least one code"))],
    )

    def lines(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line.strip() for line in (self.codes.data or "").splitlines() if line.strip()))


class PeerListForm(Form):
    """One list of authorities with its name."""

    name = StringField(
        _l("Name of the list"),
        description=_l("Members see it as the name of the group, for example Coastal towns."),
        validators=[InputRequired(_l("Enter a name")), Length(max=60, message=_l("Use at most 60 characters"))],
    )
    codes = TextAreaField(
        _l("Codes of the authorities"),
        description=_l("One code on each line, at least 10 that take part in this survey."),
        validators=[
            InputRequired(_l("Enter the codes")),
            Length(max=200_000, message=_l("Enter fewer codes at a time")),
        ],
    )

    def lines(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line.strip() for line in (self.codes.data or "").splitlines() if line.strip()))


class PeerSizes(Form):
    """How many authorities with a score a peer group needs, and why so few are enough."""

    median = StringField(_l("Authorities for a middle"), description=_l("Usually 10, at least 5."))
    quartiles = StringField(_l("Authorities for the middle half"), description=_l("Usually 12, at least 8."))
    because = StringField(
        _l("Why fewer than usual are enough"),
        description=_l("One line. It stands in the technical annex and in the record of changes."),
        validators=[Optional(), Length(max=wave_rules.LONGEST_REASON, message=_l("Use at most 300 characters"))],
    )

    @classmethod
    def of(cls, sizes: Sizes) -> PeerSizes:
        return cls(data={"median": str(sizes.median), "quartiles": str(sizes.quartiles), "because": sizes.because})

    def validate_median(self, field: StringField) -> None:
        _whole_number(field)

    def validate_quartiles(self, field: StringField) -> None:
        _whole_number(field)

    def sizes(self) -> Sizes:
        return Sizes(int(str(self.median.data)), int(str(self.quartiles.data)), str(self.because.data or ""))


class TypedNumber(Form):
    """The number of people who will get a mail, typed by hand, so that nobody writes to a whole county by mistake."""

    number = StringField(
        _l("Type the number of mails that will be sent"),
        validators=[InputRequired(_l("Type the number of mails that will be sent"))],
    )

    def validate_against(self, count: int) -> bool:
        if not self.validate():
            return False
        if str(self.number.data).strip() != str(count):
            self.number.errors = [_("%(count)s mails would be sent. Type this number to confirm it", count=count)]
            return False
        return True


class Reason(Form):
    """Why something is done before its time."""

    reason = TextAreaField(
        _l("Why is the survey closed early?"),
        validators=[Length(max=1000, message=_l("Use at most 1,000 characters"))],
    )

    def validate_when(self, *, needed: bool) -> bool:
        good = bool(self.validate())
        if needed and not (self.reason.data or "").strip():
            self.reason.errors = [_("Enter the reason: it is kept with the survey")]
            return False
        return good


class EnterResult(Form):
    """What came of an analysis that was run with other software, by whom and when."""

    analysis = SelectField(_l("What was tested"))
    state = SelectField(_l("Result"), validators=[InputRequired(_l("Choose a result"))])
    on = StringField(
        _l("Day of the analysis"),
        description=_l("For example 2026-11-20. Leave it empty to take a result back."),
        validators=[Optional()],
    )
    source = StringField(
        _l("Who ran it, with what"),
        description=_l("For example: research team, lavaan 0.6, 4,210 officers. It stands in the technical annex."),
        validators=[Optional(), Length(max=wave_rules.LONGEST_SOURCE, message=_l("Use at most 300 characters"))],
    )

    @classmethod
    def offering(cls, posted: MultiDict[str, str] | None = None) -> EnterResult:
        form = cls(posted)
        form.analysis.choices = [
            ("four_dimensions", _("Four dimensions or one")),
            ("invariance", _("The same meaning for all tiers")),
        ]
        form.state.choices = [("", _("Choose a result")), *((one, one) for one in wave_rules.CHOICES)]
        return form


class Publish(Form):
    """Now, or later."""

    embargo_until = StringField(
        _l("Keep it closed until (leave empty to publish at once)"),
        description=_l("Date and time, for example 2027-06-01 00:01."),
        validators=[Optional()],
    )


class Export(Form):
    """Which numbers of which release in which form."""

    release = SelectField(_l("Release"), validators=[InputRequired(_l("Select a release"))])
    content = SelectField(_l("What to download"), validators=[InputRequired(_l("Select what to download"))])

    @classmethod
    def offering(
        cls, posted: MultiDict[str, str], releases: Sequence[str], contents: Sequence[tuple[str, str]]
    ) -> Export:
        form = cls(posted)
        form.release.choices = [(label, label) for label in releases]
        form.content.choices = list(contents)
        return form


class Microdata(Form):
    """Which file of rows, and the promise that goes with it."""

    content = SelectField(_l("What to download"), validators=[InputRequired(_l("Select what to download"))])
    agreed = BooleanField(
        _l("I use the rows for the research that was agreed, try to recognise nobody, and pass on figures, not rows"),
        validators=[InputRequired(_l("Confirm how you will use the rows"))],
    )


def _whole_number(field: StringField) -> None:
    text = (field.data or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise ValidationError(_("Enter a whole number, for example 10"))
    field.data = text


def _readable(field: StringField) -> None:
    """A moment of the wall clock that is there exactly once."""
    try:
        waves.moment(str(field.data))
    except BadInput as refusal:
        raise ValidationError(refusal.sentence) from None
