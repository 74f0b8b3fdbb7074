"""The tables of an outbox file, and the longer statements of `devices.outbox`."""

from __future__ import annotations

from typing import Final

from devices.durable_database import Form

_TABLES: Final = """
INSERT INTO facts VALUES ('boot', 0);
CREATE TABLE headers (number INTEGER PRIMARY KEY, body BLOB NOT NULL UNIQUE);
CREATE TABLE meters (
    number INTEGER PRIMARY KEY,
    public_key BLOB NOT NULL UNIQUE,
    last_sequence INTEGER NOT NULL,
    last_time_ms INTEGER NOT NULL DEFAULT 0,
    last_register INTEGER NOT NULL DEFAULT 0,
    last_header INTEGER,
    thinned INTEGER NOT NULL DEFAULT 0,
    confirmed INTEGER NOT NULL DEFAULT 0, -- whether the numbers go on from what the chain has of the key
    boot_base INTEGER NOT NULL DEFAULT 0, -- the chain's boot counter when this file began
    identity TEXT NOT NULL DEFAULT '' -- how the meter called itself when it was first read
);
CREATE TABLE batches (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- the number of a dropped batch is never given again
    meter INTEGER NOT NULL REFERENCES meters,
    nonce INTEGER NOT NULL,
    first_sequence INTEGER NOT NULL,
    count INTEGER NOT NULL,
    transaction_id BLOB NOT NULL,
    body BLOB NOT NULL,
    valid_until_height INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'signed' CHECK (state IN ('signed', 'sent', 'decided', 'dead')),
    outcome TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    quarantined INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX one_body_a_nonce ON batches (meter, nonce) WHERE state <> 'dead';
CREATE UNIQUE INDEX one_on_the_way ON batches (meter) WHERE state IN ('signed', 'sent');
CREATE TABLE readings (
    meter INTEGER NOT NULL REFERENCES meters,
    sequence INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    register INTEGER NOT NULL,
    header INTEGER NOT NULL REFERENCES headers,
    batch INTEGER REFERENCES batches,
    PRIMARY KEY (meter, sequence)
) WITHOUT ROWID;
CREATE INDEX pending ON readings (meter, sequence) WHERE batch IS NULL;
CREATE INDEX batched ON readings (batch) WHERE batch IS NOT NULL
"""

_FROM_1: Final = """\
ALTER TABLE meters ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meters ADD COLUMN boot_base INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meters ADD COLUMN identity TEXT NOT NULL DEFAULT '';
ALTER TABLE batches ADD COLUMN quarantined INTEGER NOT NULL DEFAULT 0;
UPDATE meters SET confirmed = 1
"""

OUTBOX: Final = Form("outbox", 0x6E63_6F62, 2, _TABLES, (_FROM_1,))
"""'ncob' in the file's header: an outbox and no other database."""

_COUNTED: Final = "(SELECT coalesce(sum(count), 0) FROM batches WHERE meter = meters.number AND state"
_ACCEPTED: Final = "(SELECT coalesce(sum(count - quarantined), 0) FROM batches WHERE meter = meters.number AND state"
_QUARANTINED: Final = "(SELECT coalesce(sum(quarantined), 0) FROM batches WHERE meter = meters.number)"
SUMMARY: Final = (
    "SELECT public_key, last_sequence, last_time_ms, last_register,"
    " (SELECT count(*) FROM readings WHERE meter = meters.number AND batch IS NULL),"
    f" {_COUNTED} IN ('signed', 'sent')),"
    f" {_ACCEPTED} = 'decided' AND outcome = ''),"
    f" {_COUNTED} = 'decided' AND outcome <> ''), {_QUARANTINED},"
    " thinned FROM meters ORDER BY number"
)

OLDEST_DECIDED: Final = "SELECT number FROM batches WHERE state IN ('decided', 'dead') ORDER BY number LIMIT 32"
DROP_READINGS_OF_OLDEST_DECIDED: Final = f"DELETE FROM readings WHERE batch IN ({OLDEST_DECIDED})"
DROP_OLDEST_DECIDED: Final = f"DELETE FROM batches WHERE number IN ({OLDEST_DECIDED})"

METER_WITH_MOST_PENDING: Final = (
    "SELECT meter FROM readings WHERE batch IS NULL GROUP BY meter ORDER BY count(*) DESC, meter LIMIT 1"
)

THIN_PENDING: Final = (
    "DELETE FROM readings WHERE meter = :meter AND sequence IN (SELECT sequence FROM (SELECT sequence,"
    " row_number() OVER (ORDER BY sequence) AS place, count(*) OVER () AS pending FROM readings"
    " WHERE meter = :meter AND batch IS NULL) WHERE place * 2 <= pending AND place % 2 = 0)"
)
"""Every second one of the older half; the oldest and the newest always stay."""
