"""When the law changes: what cites it waits in a queue until a person has decided on it."""
