"""Microdata: the rows of a closed wave, de-identified, for researchers; each download is in the audit trail."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from survey import microdata
from survey.errors import BadInput
from survey.microdata import Form as FileForm
from survey.microdata import Outline
from survey.web import context, sending
from survey.web.research_forms import Microdata

if TYPE_CHECKING:
    from survey.models import Wave

blueprint = Blueprint("research_microdata", __name__, url_prefix="/research/waves")
CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/<wave>/microdata")
def choose(wave: Wave) -> str:
    return _page(wave, _outline(wave), _form())


@blueprint.post("/<wave>/microdata")
def download(wave: Wave) -> Response | tuple[str, int]:
    """The file is whole before its first byte leaves, and lies in no folder: it is gone when it has been sent."""
    form, found, session = _form(), _outline(wave), context.session()
    if not form.validate():
        return _page(wave, found, form), 422
    wanted = FileForm(str(form.content.data))
    target = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the reply has been sent
    try:
        microdata.write(session, found, wanted, target)
        with context.database().write(session):
            microdata.record(session, found, wanted, by=context.principal(), now=context.now())
            session.commit()
    except BadInput as refusal:
        target.close()
        form.content.errors = [refusal.sentence]
        return _page(wave, found, form), 422
    except BaseException:
        target.close()
        raise
    return sending.stream(target, found.name(wanted), XLSX if wanted is FileForm.WORKBOOK else CSV)


def _outline(wave: Wave) -> Outline:
    return microdata.outline(context.session(), wave, by=context.principal())


def _page(wave: Wave, found: Outline, form: Microdata) -> str:
    traits = {"authority": _("Authority"), "service_area": _("Service area"), "tier": _("Tier"), "years": _("Years")}
    withheld = [(traits[trait], count) for trait, count in found.withheld.items()]
    return render_template("research/microdata.html", wave=wave, found=found, withheld=withheld, form=form)


def _form() -> Microdata:
    form = Microdata(request.form)
    form.content.choices = [
        (FileForm.LABELS, _("Rows with the words of the answers (CSV)")),
        (FileForm.CODES, _("Rows with the codes of the answers (CSV)")),
        (FileForm.WORKBOOK, _("Workbook with rows in words and the codebook (XLSX)")),
        (FileForm.CODEBOOK, _("Codebook: what columns and values mean (CSV)")),
    ]
    return form
