"""The policy of the pages of results: members, the public, researchers and publishers, leads."""

from __future__ import annotations

from survey.vocabulary import ReleaseState, RoleName, WaveState
from survey.web import (
    load_assess,
    load_change,
    load_compare,
    load_documents,
    load_imports,
    load_jobs,
    load_lead,
    load_named,
    load_naming,
    load_peers,
    load_places,
    load_research,
    load_results,
    load_say_do,
)
from survey.web.access import Row, Who

READERS = Who.roles(*load_compare.READERS)
TEAM = Who.roles(RoleName.RESEARCHER, RoleName.PUBLISHER)
RESEARCHERS = Who.roles(RoleName.RESEARCHER)
PUBLISHERS = Who.roles(RoleName.PUBLISHER)
LEADERS = Who.roles(*load_lead.LEADERS)

PLANNED = frozenset({str(WaveState.PLANNED)})
COLLECTING = frozenset({str(WaveState.OPEN), str(WaveState.GRACE)})
OPEN = frozenset({str(WaveState.OPEN)})
NOT_CLOSED = PLANNED | COLLECTING
CLOSED = frozenset({str(WaveState.CLOSED)})
CHECKED = frozenset({str(ReleaseState.CHECKED)})
APPROVED = frozenset({str(ReleaseState.APPROVED)})

COMPARE: tuple[Row, ...] = (
    Row("results.index", "GET", "results.read", Who.ANYONE, load_results.released, "releases"),
    Row("results.sector", "GET", "results.read", Who.ANYONE, load_results.page, "seen"),
    Row("results.picture", "GET", "results.read", Who.ANYONE, load_results.picture, "picture"),
    Row("results.regions", "GET", "results.read", Who.ANYONE, load_results.regions, "seen"),
    Row("results.table", "GET", "results.read", Who.ANYONE, load_results.sector, "sector"),
    Row("compare.index", "GET", "comparison.read", READERS, load_compare.own_authorities, "authorities"),
    Row("compare.overview", "GET", "comparison.read", READERS, load_compare.comparison, "comparison"),
    Row("compare.dimension", "GET", "comparison.read", READERS, load_compare.dimension, "seen"),
    Row("compare.inside", "GET", "comparison.read", READERS, load_compare.inside, "seen"),
    Row("compare.inside_picture", "GET", "comparison.read", READERS, load_compare.inside_picture, "picture"),
    Row("compare.picture", "GET", "comparison.read", READERS, load_compare.picture, "picture"),
    Row("compare.themes_picture", "GET", "comparison.read", READERS, load_compare.themes_picture, "picture"),
    Row("compare.table", "GET", "comparison.read", READERS, load_compare.comparison, "comparison"),
    Row("compare_change.show", "GET", "comparison.read", READERS, load_change.seen, "seen"),
    Row("compare_change.picture", "GET", "comparison.read", READERS, load_change.picture, "picture"),
    Row("compare_named.show", "GET", "comparison.read", READERS, load_named.seen, "seen"),
    Row("compare_named.picture", "GET", "comparison.read", READERS, load_named.picture, "picture"),
    Row("compare_named.shown_map", "GET", "comparison.read", READERS, load_named.shown_map, "seen"),
    Row("compare_named.map_picture", "GET", "comparison.read", READERS, load_named.map_picture, "picture"),
    Row("compare_documents.index", "GET", "documents.read", READERS, load_documents.own, "page"),
    Row("compare_documents.ask", "POST", "documents.make", READERS, load_documents.own, "page"),
    Row("compare_documents.report", "GET", "documents.read", READERS, load_documents.own, "page"),
    Row("compare_documents.sector", "GET", "results.read", Who.ANYONE, load_documents.sector, "page"),
)

WAVES: tuple[Row, ...] = (
    Row("research.index", "GET", "research.read", TEAM),
    Row("research.waves_list", "GET", "wave.read", TEAM, load_research.listed, "waves"),
    Row("research.plan", "GET", "wave.plan", RESEARCHERS, load_research.editions_to_plan, "editions"),
    Row("research.plan_wave", "POST", "wave.plan", RESEARCHERS, load_research.editions_to_plan, "editions"),
    Row("research.wave", "GET", "wave.read", TEAM, load_research.wave_page, "page"),
    Row("research.who", "GET", "wave.change", RESEARCHERS, load_research.wave, "wave", NOT_CLOSED),
    Row("research.add", "POST", "wave.change", RESEARCHERS, load_research.wave, "wave", NOT_CLOSED),
    Row("research.confirm_open", "GET", "wave.open", RESEARCHERS, load_research.wave, "wave", PLANNED),
    Row("research.open_wave", "POST", "wave.open", RESEARCHERS, load_research.wave, "wave"),
    Row("research.confirm_close", "GET", "wave.close", RESEARCHERS, load_research.wave, "wave", COLLECTING),
    Row("research.close", "POST", "wave.close", RESEARCHERS, load_research.wave, "wave"),
    Row("research.confirm_invite", "GET", "wave.invite", RESEARCHERS, load_research.planned_mailing, "page", OPEN),
    Row("research.invite", "POST", "wave.invite", RESEARCHERS, load_research.planned_mailing, "page", OPEN),
    Row("research_rules.show", "GET", "wave.test", RESEARCHERS, load_research.wave, "wave"),
    Row("research_rules.enter", "POST", "wave.test", RESEARCHERS, load_research.wave, "wave"),
    Row("research_shared.show", "GET", "wave.links_reviewed", RESEARCHERS, load_research.shared_links, "page", CLOSED),
    Row("research_shared.note", "POST", "wave.links_reviewed", RESEARCHERS, load_research.shared_links, "page", CLOSED),
    Row("research.confirm_links", "GET", "wave.links", RESEARCHERS, load_research.wave, "wave", NOT_CLOSED),
    Row("research.links", "POST", "wave.links", RESEARCHERS, load_research.wave, "wave", NOT_CLOSED),
    Row("research_microdata.choose", "GET", "microdata.export", RESEARCHERS, load_research.wave, "wave", CLOSED),
    Row("research_microdata.download", "POST", "microdata.export", RESEARCHERS, load_research.wave, "wave", CLOSED),
    Row("research_peers.show", "GET", "peer_lists.read", TEAM, load_peers.page, "page"),
    Row("research_peers.upload", "POST", "peer_lists.change", RESEARCHERS, load_peers.page, "page"),
    Row("research_peers.add", "POST", "peer_lists.change", RESEARCHERS, load_peers.page, "page"),
    Row("research_peers.set_sizes", "POST", "wave.sizes", RESEARCHERS, load_peers.page, "page"),
    Row("research_imports.authorities", "GET", "authorities.import", RESEARCHERS),
    Row("research_imports.import_authorities", "POST", "authorities.import", RESEARCHERS),
    Row("research_imports.headcounts", "GET", "headcounts.import", RESEARCHERS, load_research.wave, "wave", NOT_CLOSED),
    Row("research_imports.import_headcounts", "POST", "headcounts.import", RESEARCHERS, load_research.wave, "wave", NOT_CLOSED),
    Row("research_responses.show", "GET", "responses.import", RESEARCHERS, load_imports.page, "page", COLLECTING),
    Row("research_responses.upload", "POST", "responses.import", RESEARCHERS, load_imports.page, "page", COLLECTING),
    Row("research_responses.accept", "POST", "responses.import", RESEARCHERS, load_imports.page, "page", COLLECTING),
    Row("research_responses.discard", "POST", "responses.import", RESEARCHERS, load_imports.page, "page", COLLECTING),
    Row("research_responses.forget", "POST", "mapping.forget", RESEARCHERS, load_imports.page, "page", COLLECTING),
)  # fmt: skip

RELEASES: tuple[Row, ...] = (
    Row("research_releases.index", "GET", "release.read", TEAM, load_research.releases, "page"),
    Row("research_releases.confirm_compute", "GET", "release.compute", TEAM, load_research.wave, "wave", CLOSED),
    Row("research_releases.compute", "POST", "release.compute", TEAM, load_research.wave, "wave", CLOSED),
    Row("research_releases.show", "GET", "release.read", TEAM, load_research.release_page, "page"),
    Row("research_releases.confirm_approve", "GET", "release.approve", PUBLISHERS, load_research.release, "release", CHECKED),
    Row("research_releases.approve", "POST", "release.approve", PUBLISHERS, load_research.release, "release"),
    Row("research_releases.confirm_publish", "GET", "release.publish", PUBLISHERS, load_research.release, "release", APPROVED),
    Row("research_releases.publish", "POST", "release.publish", PUBLISHERS, load_research.release, "release"),
    Row("research_places.show", "GET", "release.read", TEAM, load_places.page, "page"),
    Row("research_places.picture", "GET", "release.read", TEAM, load_places.picture, "picture"),
    Row("research_exports.index", "GET", "export.read", TEAM, load_research.released, "released"),
    Row("research_exports.download", "POST", "export.download", TEAM, load_research.released, "released"),
    Row("research_documents.index", "GET", "documents.read", TEAM, load_documents.bundles, "page"),
    Row("research_documents.ask", "POST", "documents.make", TEAM, load_documents.bundles, "page"),
    Row("research_documents.fetch", "POST", "export.download", TEAM, load_documents.produced_file, "file"),
)  # fmt: skip

JOBS: tuple[Row, ...] = (
    Row("research_jobs.index", "GET", "job.read", TEAM, load_jobs.listed, "pages"),
    Row("research_jobs.show", "GET", "job.read", TEAM, load_jobs.page, "page"),
    Row("research_jobs.again", "POST", "job.try_again", TEAM, load_jobs.job, "job"),
)

LEAD: tuple[Row, ...] = (
    Row("lead.index", "GET", "lead.read", LEADERS, load_lead.led, "authorities"),
    Row("lead.wave", "GET", "lead.read", LEADERS, load_lead.wave, "led"),
    Row("lead.invite", "GET", "invitations.make", LEADERS, load_lead.wave, "led", NOT_CLOSED),
    Row("lead.make_links", "POST", "invitations.make", LEADERS, load_lead.wave, "led", NOT_CLOSED),
    Row("lead.share", "GET", "invitations.share", LEADERS, load_lead.wave, "led", NOT_CLOSED),
    Row("lead.make_shared_link", "POST", "invitations.share", LEADERS, load_lead.wave, "led", NOT_CLOSED),
    Row("lead_naming.show", "GET", "naming.choose", LEADERS, load_naming.choice, "choice"),
    Row("lead_naming.choose", "POST", "naming.choose", LEADERS, load_naming.choice, "choice"),
)

ASSESS: tuple[Row, ...] = (
    Row("compare_assessment.show", "GET", "comparison.read", READERS, load_say_do.seen, "seen"),
    Row("compare_assessment.picture", "GET", "comparison.read", READERS, load_say_do.picture, "picture"),
    Row("assess.overview", "GET", "assessment.read", LEADERS, load_assess.assessing, "assessing"),
    Row("assess.page", "GET", "assessment.change", LEADERS, load_assess.page, "place", COLLECTING),
    Row("assess.save", "POST", "assessment.change", LEADERS, load_assess.page, "place", COLLECTING),
    Row("assess.check", "GET", "assessment.read", LEADERS, load_assess.assessing, "assessing"),
    Row("assess.submit", "POST", "assessment.submit", LEADERS, load_assess.assessing, "assessing", COLLECTING),
    Row("assess.take_back", "POST", "assessment.submit", LEADERS, load_assess.assessing, "assessing", COLLECTING),
)

RESEARCH: tuple[Row, ...] = (*WAVES, *RELEASES, *JOBS, *LEAD, *ASSESS)
