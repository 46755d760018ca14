"""How a report is read, and how its numbers were worked out, in plain words: the same in every form of the report."""

from __future__ import annotations

from reports import narrative
from reports.wording import enumeration

LEVELS = range(1, 6)
INTERVAL, VERDICTS = "95\u00a0% interval", "Above, similar, below"


def terms() -> tuple[tuple[str, str], ...]:
    """The words that need explaining, each with its explanation, in the order in which a reader meets them."""
    levels = enumeration([f"{25 * (level - 1)} is “{narrative.level_name(level)}”" for level in LEVELS])
    return (
        ("Score", f"Each answer counts from 0 to 100 on fixed ends, and a higher score is always better. {levels}."),
        (
            "Turned round",
            (
                "A statement that says the opposite of the others. For the score its answers are turned round: to disagree "
                "with it counts as high. Its shares are shown as they were answered."
            ),
        ),
        (
            INTERVAL,
            (
                "How far the score could be from what we would see if everybody invited had answered. "
                "The fewer who answered, the wider it is."
            ),
        ),
        (
            "Middle authority and middle half",
            (
                "Put all authorities of the group in order: the middle authority is the one half way, and the middle half "
                "are those between one quarter and three quarters of the way. Every authority counts once, large or small. "
                "The group includes the authority itself."
            ),
        ),
        (
            VERDICTS,
            (
                "“Above” or “below” is said only where the difference from the middle authority is at least 5 points and "
                "too large to be chance. “Similar” is a difference of less than 5 points. In between we say “too few "
                "answers to say”: that is a result too, and no judgement."
            ),
        ),
        ("Not shown", narrative.first_upper(narrative.refusal().partition(": ")[2])),
    )


METHOD = (
    (
        "A person’s score on a dimension is the mean of the questions they answered, if they answered at least half of "
        "them. “Don’t know” and blank answers are left out. An authority’s score is the mean over its officers; elected "
        "members are shown apart."
    ),
    (
        "The interval uses Student’s t and takes into account how many of those invited answered. It assumes that, among "
        "those invited, who answered does not depend on what they think. A comparison does not use this correction, because "
        "it is about authorities and not about one list of people. The tests on the dimensions are adjusted together (Holm)."
    ),
    (
        "No calculation can make up for officers who stayed silent because of what they think. Authorities that took part "
        "are not a random sample of all authorities. A difference says nothing about its cause."
    ),
    "Scores are rounded to whole numbers; differences are worked out before rounding.",
)

RADAR = (
    "The axes always stand in this order, from 0 in the middle to 100 at the rim. The size and the form of the area "
    "mean nothing: read along each axis."
)
GROUPS = "The same scores beside each group that this authority belongs to."
LEANINGS = (
    "Each theme beside the authority's own average over all themes, minus the same of the middle authority. Plus means "
    "that it leans towards the theme more than authorities usually do, whatever its level. It takes at least 5 points that chance does "
    "not explain."
)
THEMES_SINCE = (
    "“Since last time” is the change on the questions that are the same in both surveys, and below it both scores with "
    "their answers. Themes have no test of their own."
)
INSIDE = (
    "Each score with its 95\u00a0% interval. Groups stand in the order of the questionnaire, not in the order of their "
    "scores."
)
INSIDE_TESTED = (
    (
        "Service areas are called different only where chance does not explain it. How far they lie apart is given in points: "
        "most are no further than this from their middle. The share says how much of all differences between officers lies "
        "between service areas."
    ),
    (
        "A tier is called higher or lower only where the difference is at least 5 points and chance does not explain it. "
        "None of this says why, and none of it is about single people."
    ),
)
INSIDE_DRAWN = (
    "Below a service area’s own score stands the score drawn towards the authority’s, with its interval: it swings less by "
    "chance."
)
AREAS = (
    "The scores of a small service area swing by chance. So the picture draws each area’s score towards the authority’s own: "
    "the more, the fewer people answered and the less areas differ. Empty rings are the scores from the area’s own answers "
    "alone, which the table of service areas has."
)
PLACES = (
    (
        "Bars: two authorities are taken to differ where their bars do not overlap. About one pair in twenty of authorities that "
        "are alike would look so by chance. So it is meant for a pair chosen beforehand and not for all pairs at once."
    ),
    (
        "Funnel: the fewer answers, the further a score may lie from the mean by chance. The limits also allow for how far "
        "authorities usually differ. About one in twenty lies beyond the inner limits and one in five hundred beyond the outer."
    ),
    "Intervals of ranks are in the research files (standings.csv): most are too wide to say more than a part of all.",
)
INSIDE_SECTOR = (
    "What people in the same authority see differently. The first table takes senior leaders and frontline officers of each "
    "authority together, so that differences between authorities play no part. The others put the authorities in order by "
    "how far apart their own people are: the middle one, the middle half, and how many differ beyond chance. Only "
    "authorities count whose own figure may be shown; none is named."
)
AVERAGES = (
    "The middle authority is the one half way along: every authority counts once. The average officer is the mean over all "
    "officers: a large authority counts more. Its interval knows that officers of one authority are alike. The real spread "
    "is how far authorities typically lie from their mean when the chance in their scores is taken out; the middle half "
    "is wider, because it holds that chance. An authority is placed in a part of all only where this is probable, at least "
    "80\u00a0%. For most it cannot be told, and that is no fault of theirs."
)
SAID_TITLE = "What the authority says, and what its officers see"
SAID = (
    "The line with the dots is what officers answered, on the themes that the self-assessment has a level of. The squares "
    "are the levels of the self-assessment: 0 for level 1, 100 for level 5. The two are not the same kind of thing, so the "
    "distance says nothing by itself. It is compared with the middle distance of all authorities."
)
SAID_WORDS = (
    "“Says more than usual” and “says less than usual” need a difference of at least 5 points that is too large to be "
    "chance."
)
SAID_SECTOR_TITLE = "What authorities say, and what officers see"
SAID_SECTOR = (
    "The distance is the self-assessment minus what officers see, on the same themes. By itself the middle distance says "
    "nothing, because a level and an officer’s answer are not the same kind of thing: it is what each authority is "
    "compared with."
)
CHANGE_TITLE = "Since last time"
CHANGE = (
    "Both surveys are worked out anew on the questions that are the same in both; a question in other words is another "
    "question. “Improved” and “declined” need a change of at least 5 points that is too large to be chance; nobody knows who "
    "answered twice, so both count as different people. The middle authority is that of those of the group that are in both "
    "surveys. Where a picture has hollow dots, they are last time."
)
CHANGE_SECTOR = (
    "Authorities that are in both surveys, on the questions that are the same in both. “Improved” and “declined” need a "
    "change of at least 5 points that is too large to be chance. None is named."
)
MADE_UP = "This report shows how the service works. It says nothing about a real authority."
