-- Something that only this record's onegent.key opens. Made with the first opening.

CREATE TABLE key_mark (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sealed TEXT NOT NULL
) STRICT;
