"""``rules.yml`` as typed objects: every threshold that the software uses, by section.

The reasons for the numbers stand beside them in the file; here stand their names, what kind of
value each is, and what the name alone does not say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence_tools.evidence.typed_yaml import Percent, Share, Words, read_typed

if TYPE_CHECKING:
    from evidence_tools.base.findings import Finding

RULES = "rules.yml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRules:
    """An infusion of unknown length counts as 0 to `longest_infusion_minutes`."""

    longest_infusion_minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A time that the clinic's page names, in minutes, and how far a time may lie from it.

    `named`: the time itself; for a mark during the infusion a share of its length.
    `from_`, `to`: bounds, both included; None leaves an end open.
    """

    named: float
    from_: float | None
    to: float | None

    def __post_init__(self) -> None:
        _check_order(*self.window)

    @property
    def window(self) -> tuple[float, float]:
        """Both bounds; an open end is infinite."""
        low, high = self.from_, self.to
        return (-math.inf if low is None else low, math.inf if high is None else high)


@dataclass(frozen=True, slots=True, kw_only=True)
class SideEffectTimingRules:
    """When a share of studies is spoken of, and the terms that are read together."""

    fewest_programmes_for_a_share: int
    groups: Mapping[str, Words]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastRules:
    """What is taken for granted of a printed contrast."""

    assumed_ci_level: Percent


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRules:
    """Which effects make a course, when a line is fitted to it, and where it is read off."""

    rungs: Words
    constructs: Words
    anchors: Words
    fewest_programmes: int
    fewest_degrees_of_freedom: float
    correlation_of_times: Share
    read_off_hours: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationRules:
    """Bounds of the rules of validation, and the designs, measures and events they know.

    `null_value`: the value that means no difference, by measure of a contrast.
    `measures_in_words`: measures that may stand without a number.
    `one_arm_each_designs`: designs in which each person is in one arm.
    `raters_that_are_rules`: raters that are no persons.
    `publication_years`: first and last year that is possible.
    """

    largest_standardised_effect: float
    sd_se_ratio_tolerance: Share
    sd_too_small_factor: float
    fewest_sds_to_compare: int
    se_interval_tolerance: Share
    fewest_people_behind_an_interval: int
    null_value: Mapping[str, float]
    standardised_measures: Words
    measures_in_words: Words
    controlled_designs: Words
    one_arm_each_designs: Words
    review_designs: Words
    events_of_loss: Words
    events_of_side_effects: Words
    raters_that_are_rules: Words
    publication_years: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class InfusionBounds:
    """What counts as the clinic's infusion: dose in mg/kg, length in minutes."""

    dose_from: float
    dose_to: float
    minutes_from: float
    minutes_to: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnaestheticBounds:
    """Doses in mg/kg that put people to sleep, by route, or words of a schedule that say so."""

    iv_above: float
    im_from: float
    schedule_says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DissociationScale:
    """The instrument of dissociation, and the term that it rates."""

    instrument: str
    term: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmRules:
    """The ladder of harms, what counts as a count of people, and what is called common.

    `comparators`: drugs of control arms by class; every other drug is other-active.
    `no_share`: qualifiers of rows that give no share of the people treated, and why.
    `elicitation`: how people were asked, by the words that say so.
    `named`: the page's words for an effect, and its term.
    `near_named`: terms that must be seen beside a named one.
    """

    infusion: InfusionBounds
    anaesthetic: AnaestheticBounds
    comparators: Mapping[str, Words]
    never_a_control: Words
    units_of_people: Words
    no_share: Mapping[str, str]
    same_people_designs: Words
    no_single_effect: Words
    serious_terms: Words
    stopping_system: str
    elicitation: Mapping[str, Words]
    common_percent: Percent
    named: Mapping[str, str]
    near_named: Mapping[str, Words]
    deciding_definitions: Words
    measured_terms: Words
    dissociation: DissociationScale


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrityRules:
    """How far printed numbers may be from each other before a screen says so."""

    whole_point_instruments: Words
    off_centre_share: Share
    symmetric_measures: Words
    statistic_p_factor: float
    interval_p_factor: float
    se_share: Share
    duplicate_digits: int
    units_of_people: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskOfBiasRules:
    """Domains of risk of bias, and which of them make the overall.

    `severity`: judgements, the worst last.
    `domains_beside`: domains that are judged and do not enter the overall.
    """

    severity: Words
    domains: Words
    domains_beside: Words
    domains_of_crossovers: Words
    crossover_designs: Words
    fewest_words_of_a_reason: int
    rungs_that_decide: Words
    constructs_that_decide: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationRules:
    """What the estimates of how long relief lasts need and assume."""

    fewest_intervals: int
    fewest_programmes: int
    fewest_losses: int
    losses_of_relief: Words
    log_sd_of_durations: float
    n_resamples: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One rung of the ladder of benefit: what a row's study must be, and have measured."""

    words: str
    directness: Words
    constructs: Words
    design: Words = ()
    condition: Words = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRules:
    """The ladder of benefit, and what a verdict asks for.

    `ladder`: nearest to the claims first.
    `no_difference`: the value that means no difference, by measure, where it is not 0.
    `fewest_programmes`: programmes that must agree, by what the page's words ask for.
    `sweeps`: other bounds of a mark, each as from and to.
    `one_voice`: reference keys of papers that count as one source.
    """

    ladder: Mapping[str, Rung]
    unblinded_until_min: float
    most_people_percent: Percent
    chance: Share
    no_difference: Mapping[str, float]
    fewest_programmes: Mapping[str, int]
    strengths_without_contrast: Words
    sweeps: Mapping[str, tuple[tuple[float, float | None], ...]]
    pooling_designs: Words
    published_designs: Words
    one_voice: Mapping[str, Words]

    def __post_init__(self) -> None:
        for bounds in self.sweeps.values():
            for low, high in bounds:
                _check_order(low, math.inf if high is None else high)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertaintyRules:
    """GRADE by rule: where a rating starts and what takes a step down.

    `ratings`: best first.
    `not_felt`: comparators that people can tell from the drug.
    """

    ratings: Words
    start_without_contrast: str
    strengths_without_contrast: Words
    best_of_one_programme: str
    fewest_people: int
    fewest_people_in_pool: int
    largest_i2: Percent
    not_felt: Words
    fewest_studies_for_missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The sections of ``rules.yml``."""

    clock: ClockRules
    marks: Mapping[str, Mark]
    side_effect_timing: SideEffectTimingRules
    contrasts: ContrastRules
    course: CourseRules
    validation: ValidationRules
    harms: HarmRules
    integrity: IntegrityRules
    risk_of_bias: RiskOfBiasRules
    duration: DurationRules
    claims: ClaimRules
    certainty: CertaintyRules


def _check_order(low: float, high: float) -> None:
    if low > high:
        raise ValueError(f"a time from {low:g} to {high:g}, which ends before it begins")


def parse_rules(text: str) -> tuple[Rules, list[Finding]]:
    """The thresholds in the text of ``rules.yml``, and everything that is wrong with it.

    `rules`: without sections if anything is wrong.
    `findings`: ``unparsed-yaml`` or ``threshold-malformed``.
    """
    return read_typed(Rules, file=RULES, text=text, rule="threshold-malformed")
