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
        # files
        "loading": ["Evidence", "load"],
        "validation": ["validate"],
    },
)
