"""The door to the files: rules, and rows joined with their study, arm and source."""
