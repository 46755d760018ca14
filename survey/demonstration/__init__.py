"""A made-up sector that shows the whole product: its authorities, officers, answers, waves and people."""
