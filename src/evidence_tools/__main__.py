"""``python -m evidence_tools`` is the same as ``evidence``."""

from evidence_tools.command_line.cli import main

if __name__ == "__main__":
    main()
