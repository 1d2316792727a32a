"""Claims about ketamine for anxiety, held against the published evidence.

``import evidence_tools as et`` gives the public names below, by floor. They are imported when
they are first used, so that the command line answers before pandas is loaded.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        # ground
        "errors": [
            "EvidenceError",
            "EvidenceFileError",
            "NotEstimableError",
            "UnitError",
            "UnknownTermError",
        ],
        "findings": ["Finding", "ValidationReport"],
        "units": ["duration_words", "to_minutes"],
        # arithmetic
        "effects": ["EffectSizes", "effect_sizes"],
        "proportions": ["pool_proportions", "proportion_intervals"],
        "synthesis.bayes": ["BayesianEffect", "pool_bayesian"],
        "synthesis.dependence": ["correlated_hierarchical", "three_level"],
        "synthesis.missing_studies": ["trim_and_fill"],
        "synthesis.rare_events": ["mantel_haenszel", "peto"],
        "synthesis.small_study": ["begg", "egger"],
        "synthesis.gosh": ["SubsetFits", "gosh"],
        "synthesis.influence": ["Influence", "influence"],
        "synthesis.pool": ["PooledEffect", "pool"],
        "synthesis.refits": ["Refits", "cumulate", "leave_one_out"],
        "synthesis.regression": ["MetaRegression"],
        "timecourse": ["event_intervals", "relate", "relation_to_claim"],
        "timecourse.bands": ["KnowledgeBands", "knowledge_bands"],
        "timecourse.bootstrap": ["SurvivalBand", "bootstrap_band"],
        "timecourse.medians": ["PooledMedian", "median_of_medians", "pool_log_medians"],
        "timecourse.npmle": ["SurvivalEstimate", "npmle"],
        "timecourse.parametric": ["FamilyFits", "ParametricFit", "fit_families"],
        # files
        "loading": ["Evidence", "load"],
        "validation": ["validate"],
        # bridge
        "clock": ["ClockTimes", "clock_times"],
        "published": ["PublishedEstimates", "published_estimates"],
        "readings": ["Readings", "both_readings", "midway_reading"],
        "relief": ["ReliefPeriods", "relief_periods"],
        "tallies": ["Tallies", "gone_within_hour", "midway_and_faded", "peak_after_infusion"],
        "questions": ["Question", "all_questions", "find_question"],
        "contrasts": ["Contrasts", "all_contrasts"],
        "incidence": ["Incidences", "incidences"],
        # interpretation
        "answers": ["Answer", "answer_question"],
        "harms": ["HarmFrequencies", "harm_frequencies"],
        "harms.claim": ["CommonSideEffects", "side_effects_common"],
        "integrity": ["IntegrityReport", "StudyScreen", "screen"],
        "course": ["TimeCourse", "time_courses"],
        "duration": [
            "DurationSynthesis",
            "LossWindow",
            "claimed_windows",
            "loss_within",
            "synthesise_duration",
        ],
        "certainty": ["Certainty", "claim_certainty", "question_certainty"],
        "claims": ["ClaimAssessment", "ClaimLedger", "assess_claims", "stale", "stands_on"],
        # presentation
        "plots.benefit_course": ["CourseEstimate", "draw_benefit_course"],
        "plots.evidence_map": ["MapCell", "draw_evidence_map"],
        "plots.forest": ["Diamond", "ForestRow", "draw_forest"],
        "plots.funnel": ["draw_funnel"],
        "plots.gosh": ["draw_gosh"],
        "plots.harms": ["HarmMark", "HarmRow", "draw_harms"],
        "plots.judgements": ["LightRow", "ShareRow", "draw_lights", "draw_shares"],
        "plots.lanes": ["Lane", "LaneMark", "Window", "draw_lanes"],
        "plots.knowledge_bands": ["BandLane", "draw_knowledge_bands"],
        "plots.posterior": ["draw_posterior"],
        "plots.timeline": ["Span", "TimelineRow", "draw_timeline"],
        "report.benefit_course": ["benefit_course"],
        "report.comparators": ["comparators"],
        "report.duration": ["duration_answer"],
        "report.evidence_map": ["evidence_map"],
        "report.one_clock": ["one_clock"],
        "report.duration_groups": ["duration_groups"],
        "report.onset": ["onset_answer"],
        "report.overview": [
            "gap_records",
            "summary_of_evidence",
            "table_of_gaps",
            "table_of_rungs",
            "table_of_source_levels",
        ],
        "report.findings_table": ["summary_of_findings"],
        "report.ledger": ["verdicts"],
        "report.pooled": ["pooled_answers"],
        "report.risk_of_bias": ["risk_of_bias"],
        "report.side_effect_frequency": ["side_effect_frequency"],
        "report.side_effect_timing": ["side_effect_timing"],
        "report.timing_rows": ["places_of_timing_rows"],
        "report.who_was_studied": ["who_was_studied"],
    },
)
