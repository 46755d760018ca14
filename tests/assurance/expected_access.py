"""Who may reach which page and press which button: written by hand, apart from the policy, to judge it."""

from __future__ import annotations

from dataclasses import dataclass, field

# Visitors: A nobody · U link unused · D link with a draft · S link used · V link withdrawn · L lead · M member ·
# O member of another authority · T moved from this authority to that one · R researcher · P publisher · X lost the last role
STRANGERS = frozenset("AUDSVX")
PERSONS = frozenset("LMOTRP")
EVERYBODY = STRANGERS | PERSONS


def who(letters: str) -> frozenset[str]:
    return frozenset(letters)


@dataclass(frozen=True)
class Reading:
    """Who gets the page of the home authority, of the other one, and where it is; what everybody else gets."""

    url: str
    home: frozenset[str]
    away: frozenset[str] | None = None
    others: int | None = None  # None: strangers are led to sign in, persons find nothing

    def status(self, visitor: str, *, away: bool) -> int:
        if visitor in (self.home if not away else self.away or frozenset()):
            return 200
        if self.others is not None:
            return self.others
        return 303 if visitor in STRANGERS else 404


@dataclass(frozen=True)
class Acting:
    """Who may press the button, what they get then; everybody else finds nothing there."""

    url: str
    home: frozenset[str]
    statuses: set[int]
    data: dict[str, str] = field(default_factory=dict)
    away: frozenset[str] | None = None
    refused: int = 404
    thanked: frozenset[str] = frozenset()  # who has sent the answers reads thank you, and nothing changes

    def may(self, visitor: str, *, away: bool) -> bool:
        return visitor in (self.home if not away else self.away or frozenset())


TEAM, RESEARCHER, PUBLISHER, LEAD = who("RP"), who("R"), who("P"), who("L")
HERE, THERE = who("LM"), who("OT")

READINGS: dict[str, Reading] = {
    "public.start": Reading("/", EVERYBODY),
    "public.methods": Reading("/methods", EVERYBODY),
    "public.privacy": Reading("/privacy", EVERYBODY),
    "public.accessibility": Reading("/accessibility", EVERYBODY),
    "public.cookies": Reading("/cookies", EVERYBODY),
    "health.alive": Reading("/healthz", EVERYBODY),
    "health.ready": Reading("/readyz", who(""), others=503),  # the tables of tests are made without a migration
    "account.sign_in": Reading("/account/sign-in", EVERYBODY),
    "account.code": Reading("/account/code", who(""), others=303),
    "account.show": Reading("/account/", PERSONS),
    "account.demonstration": Reading("/account/demonstration/{key}", EVERYBODY),
    "link.landing": Reading("/r/{token}", EVERYBODY),
    "respond.welcome_back": Reading("/respond/welcome-back", who("DS"), others=404),
    "respond.code": Reading("/respond/resume-code", who("DS"), others=404),
    "respond.tasks": Reading("/respond/", who("DS"), others=404),
    "respond.page": Reading("/respond/page/mindset-1", who("DS"), others=404),
    "respond.check": Reading("/respond/check", who("DS"), others=404),
    "respond.later": Reading("/respond/finish-later", who("DS"), others=404),
    "results.index": Reading("/results/", EVERYBODY),
    "results.sector": Reading("/results/2025.1/", EVERYBODY),
    "results.picture": Reading("/results/2025.1/dots.svg", EVERYBODY),
    "results.table": Reading("/results/2025.1/sector.csv", EVERYBODY),
    "compare.index": Reading("/compare/", who("LMOT")),
    "compare.overview": Reading("/compare/{code}/2025.1/", HERE, THERE),
    "compare.dimension": Reading("/compare/{code}/2025.1/dimension/agile", HERE, THERE),
    "compare.inside": Reading("/compare/{code}/2025.1/inside", HERE, THERE),
    "compare.inside_picture": Reading("/compare/{code}/2025.1/inside/areas.svg", HERE, THERE),
    "compare.picture": Reading("/compare/{code}/2025.1/radar.svg", HERE, THERE),
    "compare.themes_picture": Reading("/compare/{code}/2025.1/dimension/agile/dots.svg", HERE, THERE),
    "compare_documents.index": Reading("/compare/{code}/2025.1/documents", HERE, THERE),
    "compare_documents.report": Reading("/compare/{code}/2025.1/report.pdf", HERE, THERE),
    "compare_documents.sector": Reading("/results/2025.1/report.pdf", EVERYBODY),
    "compare.table": Reading("/compare/{code}/2025.1/profile.csv", HERE, THERE),
    "research.index": Reading("/research/", TEAM),
    "research.waves_list": Reading("/research/waves/", TEAM),
    "research.plan": Reading("/research/waves/plan", RESEARCHER),
    "research.wave": Reading("/research/waves/2026/", TEAM),
    "research.who": Reading("/research/waves/2026/authorities", RESEARCHER),
    "research.confirm_open": Reading("/research/waves/2027/open", RESEARCHER),
    "research.confirm_close": Reading("/research/waves/2026/close", RESEARCHER),
    "research.confirm_invite": Reading("/research/waves/2026/invite", RESEARCHER),
    "research.confirm_links": Reading("/research/waves/2026/links", RESEARCHER),
    "research_microdata.choose": Reading("/research/waves/2025/microdata", RESEARCHER),
    "research_imports.authorities": Reading("/research/authorities", RESEARCHER),
    "research_imports.headcounts": Reading("/research/waves/2026/headcounts", RESEARCHER),
    "research_responses.show": Reading("/research/waves/2026/responses/", RESEARCHER),
    "research_releases.index": Reading("/research/releases/", TEAM),
    "research_rules.show": Reading("/research/waves/2025/tested", RESEARCHER),
    "research_shared.show": Reading("/research/waves/2025/shared-links", RESEARCHER),
    "research_releases.confirm_compute": Reading("/research/waves/2025/compute", TEAM),
    "research_releases.show": Reading("/research/releases/2025.2/", TEAM),
    "research_releases.confirm_approve": Reading("/research/releases/2025.2/approve", PUBLISHER),
    "research_releases.confirm_publish": Reading("/research/releases/2024.2/publish", PUBLISHER),
    "research_places.show": Reading("/research/releases/2025.2/authorities/", TEAM),
    "research_places.picture": Reading("/research/releases/2025.1/authorities/caterpillar.svg", TEAM),
    "research_exports.index": Reading("/research/exports/", TEAM),
    "research_documents.index": Reading("/research/releases/2025.1/documents", TEAM),
    "research_jobs.index": Reading("/research/jobs/", TEAM),
    "research_jobs.show": Reading("/research/jobs/{job}/", TEAM),
    "lead.index": Reading("/lead/", LEAD),
    "lead.wave": Reading("/lead/{code}/2026/", LEAD, who("")),
    "lead.invite": Reading("/lead/{code}/2026/invite", LEAD, who("")),
    "lead.share": Reading("/lead/{code}/2026/share", LEAD, who("")),
}

READINGS |= {
    "compare_named.show": Reading("/compare/{code}/2025.1/named", HERE, THERE),
    "compare_named.picture": Reading("/compare/{code}/2025.1/named/agile.svg?with1=D022", HERE, THERE),
    "compare_named.shown_map": Reading("/compare/{code}/2025.1/map", HERE, THERE),
    "compare_named.map_picture": Reading("/compare/{code}/2025.1/map.svg", HERE, THERE),
    "results.regions": Reading("/results/2025.1/regions.svg", EVERYBODY),
    "lead_naming.show": Reading("/lead/{code}/2026/named", LEAD, who("")),
    "research_peers.show": Reading("/research/waves/2026/peer-groups/", TEAM),
    "compare_change.show": Reading("/compare/{code}/2025.1/change", HERE, THERE),
    "compare_change.picture": Reading("/compare/{code}/2025.1/change/dots.svg", HERE, THERE),
    "compare_assessment.show": Reading("/compare/{code}/2025.1/self-assessment", HERE, THERE),
    "compare_assessment.picture": Reading("/compare/{code}/2025.1/self-assessment.svg", HERE, THERE),
    "assess.overview": Reading("/assess/{code}/2026/", LEAD, who("")),
    "assess.page": Reading("/assess/{code}/2026/page/ready", LEAD, who("")),
    "assess.check": Reading("/assess/{code}/2026/check", LEAD, who("")),
}

SHARE = {"expected": "120"}
INVITE = {"addresses": "new@aldersett.example", "confirmed": "1"}
MICRODATA = {"content": "labels", "agreed": "y"}
CODES = "\n".join(f"D0{number}" for number in range(20, 31))
SIZES = {"median": "9", "quartiles": "12", "because": "A pilot."}
EXPORT = {"release": "2025.1", "content": "scores"}

ACTINGS: dict[str, Acting] = {
    "public.language": Acting("/language", EVERYBODY, {303}, {"language": "cy"}),
    "account.ask_code": Acting("/account/sign-in", EVERYBODY, {303}, {"email": "nobody@nowhere.example"}),
    "account.enter_code": Acting("/account/code", EVERYBODY, {303}, {"code": "12345678"}),
    "account.sign_out": Acting("/account/sign-out", EVERYBODY, {303}),
    "account.sign_out_everywhere": Acting("/account/sign-out-everywhere", PERSONS, {303}),
    "account.demonstration_sign_in": Acting("/account/demonstration/{key}", EVERYBODY, {303}),
    "link.start": Acting("/r/{token}", EVERYBODY - who("SV"), {303}, refused=409),
    "link.resume": Acting("/r/{token}/resume", EVERYBODY, {422}, {"code": "0000-0000-0000"}),
    "respond.decide": Acting("/respond/welcome-back", who("D"), {303}, {"choice": "new"}, thanked=who("S")),
    "respond.save": Acting("/respond/page/mindset-1", who("D"), {303}, {"mindset_ambiguity": "4"}, thanked=who("S")),
    "respond.submit": Acting("/respond/check", who("D"), {200}, {"revision": "1"}, thanked=who("S")),
    "respond.leave": Acting("/respond/finish-later", who("D"), {200}, thanked=who("S")),
    "research.plan_wave": Acting("/research/waves/plan", RESEARCHER, {422}),
    "research.add": Acting("/research/waves/2026/authorities", RESEARCHER, {303}, {"codes": "{code}"}),
    "research.open_wave": Acting("/research/waves/2027/open", RESEARCHER, {303}),
    "research.close": Acting("/research/waves/2026/close", RESEARCHER, {303}, {"reason": "A test of who may."}),
    "research.invite": Acting("/research/waves/2026/invite", RESEARCHER, {422}),
    "research.links": Acting("/research/waves/2026/links", RESEARCHER, {200}),
    "research_microdata.download": Acting("/research/waves/2025/microdata", RESEARCHER, {200}, MICRODATA),
    "research_imports.import_authorities": Acting("/research/authorities", RESEARCHER, {422}),
    "research_imports.import_headcounts": Acting("/research/waves/2026/headcounts", RESEARCHER, {422}),
    "research_responses.upload": Acting("/research/waves/2026/responses/", RESEARCHER, {422}),
    "research_responses.accept": Acting("/research/waves/2026/responses/accept", RESEARCHER, {303}),
    "research_responses.discard": Acting("/research/waves/2026/responses/discard", RESEARCHER, {303}),
    "research_responses.forget": Acting("/research/waves/2026/responses/forget", RESEARCHER, {303}),
    "research_rules.enter": Acting("/research/waves/2025/tested", RESEARCHER, {422}),
    "research_shared.note": Acting("/research/waves/2025/shared-links", RESEARCHER, {422}),
    "research_releases.compute": Acting("/research/waves/2025/compute", TEAM, {303}),
    "research_releases.approve": Acting("/research/releases/2025.2/approve", PUBLISHER, {303}),
    "research_releases.publish": Acting("/research/releases/2024.2/publish", PUBLISHER, {303}),
    "research_jobs.again": Acting("/research/jobs/{job}/again", TEAM, {303}),
    "research_exports.download": Acting("/research/exports/", TEAM, {200}, EXPORT),
    "compare_documents.ask": Acting("/compare/{code}/2024.1/documents", HERE, {303}, away=THERE),
    "research_documents.ask": Acting("/research/releases/2025.1/documents", TEAM, {303}),
    "research_documents.fetch": Acting("/research/files/{file}", RESEARCHER, {200}),
    "lead.make_links": Acting("/lead/{code}/2026/invite", LEAD, {303}, INVITE, who("")),
    "lead_naming.choose": Acting("/lead/{code}/2026/named", LEAD, {303}, {"named": "no"}, who("")),
    "research_peers.add": Acting(
        "/research/waves/2026/peer-groups/list", RESEARCHER, {303}, {"name": "Coastal towns", "codes": CODES}
    ),
    "research_peers.set_sizes": Acting("/research/waves/2026/peer-groups/sizes", RESEARCHER, {303}, SIZES),
    "research_peers.upload": Acting("/research/waves/2026/peer-groups/", RESEARCHER, {422}),
    "lead.make_shared_link": Acting("/lead/{code}/2026/share", LEAD, {303}, SHARE, who("")),
    "assess.save": Acting("/assess/{code}/2026/page/ready", LEAD, {409}, {"level_ready": "1"}, who("")),
    "assess.submit": Acting("/assess/{code}/2026/check", LEAD, {409}, {"revision": "0"}, who("")),
    "assess.take_back": Acting("/assess/{code}/2026/change", LEAD, {409}, {}, who("")),
}
