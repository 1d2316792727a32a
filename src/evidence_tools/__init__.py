"""Claims about ketamine for anxiety, held against the published evidence.

``import evidence_tools as et`` gives the public names below, by room. They are imported when
they are first used, so that the command line answers before pandas is loaded.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        # base
        "base.errors": [
            "EvidenceError",
            "EvidenceFileError",
            "NotEstimableError",
            "UnitError",
            "UnknownTermError",
        ],
        "base.findings": ["Finding", "ValidationReport"],
        "base.units": ["duration_words", "to_minutes"],
        # arithmetic
        "arithmetic.effects": ["EffectSizes", "effect_sizes"],
        "arithmetic.proportions": ["pool_proportions", "proportion_intervals"],
        "arithmetic.pooling.bayes": ["BayesianEffect", "pool_bayesian"],
        "arithmetic.pooling.dependence": ["correlated_hierarchical", "three_level"],
        "arithmetic.pooling.missing_studies": ["trim_and_fill"],
        "arithmetic.pooling.rare_events": ["mantel_haenszel", "peto"],
        "arithmetic.pooling.small_study": ["begg", "egger"],
        "arithmetic.pooling.gosh": ["SubsetFits", "gosh"],
        "arithmetic.pooling.influence": ["Influence", "influence"],
        "arithmetic.pooling.pool": ["PooledEffect", "pool"],
        "arithmetic.pooling.refits": ["Refits", "cumulate", "leave_one_out"],
        "arithmetic.pooling.regression": ["MetaRegression", "regress"],
        "arithmetic.intervals": ["event_intervals", "relate", "relation_to_claim"],
        "arithmetic.intervals.bands": ["KnowledgeBands", "knowledge_bands"],
        "arithmetic.intervals.bootstrap": ["SurvivalBand", "bootstrap_band"],
        "arithmetic.intervals.medians": ["PooledMedian", "median_of_medians", "pool_log_medians"],
        "arithmetic.intervals.npmle": ["SurvivalEstimate", "npmle"],
        "arithmetic.intervals.parametric": ["FamilyFits", "ParametricFit", "fit_families"],
        # evidence
        "evidence.loading": ["Evidence", "load"],
        "evidence.clock": ["ClockTimes", "clock_times"],
        "evidence.relief": ["ReliefPeriods", "relief_periods"],
        # display
        "display.benefit_course": ["CourseEstimate", "draw_benefit_course"],
        "display.evidence_map": ["MapCell", "draw_evidence_map"],
        "display.forest": ["Diamond", "ForestRow", "draw_forest"],
        "display.funnel": ["draw_funnel"],
        "display.gosh": ["draw_gosh"],
        "display.harms": ["HarmMark", "HarmRow", "draw_harms"],
        "display.judgements": ["LightRow", "ShareRow", "draw_lights", "draw_shares"],
        "display.lanes": ["Lane", "LaneMark", "Window", "draw_lanes"],
        "display.knowledge_bands": ["BandLane", "draw_knowledge_bands"],
        "display.posterior": ["draw_posterior"],
        "display.timeline": ["Span", "TimelineRow", "draw_timeline"],
        # questions
        "questions.size_of_benefit.published": ["PublishedEstimates", "published_estimates"],
        "questions.side_effect_times.readings": ["Readings", "both_readings", "midway_reading"],
        "questions.side_effect_times.tallies": [
            "Tallies",
            "gone_within_hour",
            "midway_and_faded",
            "peak_after_infusion",
        ],
        "questions.estimands": ["Question", "all_questions", "find_question"],
        "questions.size_of_benefit.contrasts": ["Contrasts", "all_contrasts"],
        "questions.side_effect_counts.incidence": ["Incidences", "incidences"],
        "questions.size_of_benefit.answers": ["Answer", "answer_question"],
        "questions.side_effect_counts.frequencies": ["HarmFrequencies", "harm_frequencies"],
        "questions.side_effect_counts.named": ["CommonSideEffects", "side_effects_common"],
        "questions.size_of_benefit.course": ["TimeCourse", "time_courses"],
        "questions.duration.synthesis": ["DurationSynthesis", "synthesise_duration"],
        "questions.duration.window": ["LossWindow", "claimed_windows", "loss_within"],
        "questions.size_of_benefit.page_course": ["benefit_course"],
        "questions.size_of_benefit.page_published": ["comparators"],
        "questions.duration.page": ["duration_answer"],
        "questions.who_was_studied.map": ["evidence_map"],
        "questions.one_clock.page": ["one_clock"],
        "questions.duration.page_groups": ["duration_groups"],
        "questions.onset.page": ["onset_answer"],
        "questions.size_of_benefit.page": ["pooled_answers"],
        "questions.who_was_studied.risk_of_bias": ["risk_of_bias"],
        "questions.side_effect_counts.page": ["side_effect_frequency"],
        "questions.side_effect_times.page": ["side_effect_timing"],
        "questions.who_was_studied.page": ["who_was_studied"],
        # verdicts
        "verdicts.certainty": ["Certainty", "claim_certainty", "question_certainty"],
        "verdicts.ledger": [
            "ClaimAssessment",
            "ClaimLedger",
            "assess_claims",
            "stale",
            "stands_on",
        ],
        "verdicts.page_of_findings": ["summary_of_findings"],
        "verdicts.page": ["claim_verdicts"],
        # checks
        "checks": ["validate"],
        "checks.screens": ["IntegrityReport", "StudyScreen", "screen"],
        # site
        "site.overview": [
            "gap_records",
            "summary_of_evidence",
            "table_of_gaps",
            "table_of_rungs",
            "table_of_source_levels",
        ],
        "site.places": ["places_of_timing_rows"],
    },
)
