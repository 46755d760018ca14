"""The floor under the officers' pages: the least that Flask, WTForms and SQLite can do for the same journey."""
