-- The account book of every send. One text for both engines: BYTEA holds bytes in SQLite too, and
-- WITHOUT ROWID is taken out for PostgreSQL. Times are UTC microseconds (0: none), money is millionths.

CREATE TABLE meta (
	name  TEXT NOT NULL PRIMARY KEY,
	value BYTEA NOT NULL
) WITHOUT ROWID;

CREATE TABLE run (
	id             TEXT NOT NULL PRIMARY KEY,
	kind           TEXT NOT NULL,
	parent         TEXT NOT NULL,
	campaign       TEXT NOT NULL,
	account        TEXT NOT NULL,
	gateway        TEXT NOT NULL,
	live           BOOLEAN NOT NULL,
	file_name      TEXT NOT NULL,
	file_digest    TEXT NOT NULL,
	tab            TEXT NOT NULL,
	content_digest TEXT NOT NULL,
	rows_digest    TEXT NOT NULL,
	again          BIGINT NOT NULL,
	ready          BIGINT NOT NULL,
	definition     BYTEA NOT NULL,
	channels       TEXT NOT NULL,
	tries          BIGINT NOT NULL,
	header         TEXT NOT NULL,
	rows           BIGINT NOT NULL,
	hidden         BIGINT NOT NULL,
	empty          BIGINT NOT NULL,
	state          TEXT NOT NULL,
	reason         TEXT NOT NULL,
	paused_by      TEXT NOT NULL,
	created_at     BIGINT NOT NULL,
	done_at        BIGINT NOT NULL,
	expires_at     BIGINT NOT NULL
) WITHOUT ROWID;

-- Of two processes that plan the same, one becomes ready.
CREATE UNIQUE INDEX run_identity ON run (campaign, account, content_digest, rows_digest, again, parent)
	WHERE state <> 'planning' AND rows_digest <> '';
CREATE INDEX run_campaign ON run (campaign, created_at);
CREATE INDEX run_parent ON run (parent);
CREATE INDEX run_ready ON run (ready);

-- Never updated once its run is ready. address is the first channel's, others are those of the other channels as JSON.
CREATE TABLE message (
	run     TEXT NOT NULL,
	seq     BIGINT NOT NULL,
	ref_id  TEXT NOT NULL,
	address TEXT NOT NULL,
	others  TEXT NOT NULL,
	cells   TEXT NOT NULL,
	digest  BYTEA NOT NULL,
	problem TEXT NOT NULL,
	PRIMARY KEY (run, seq)
) WITHOUT ROWID;

-- Every address of a message, for looking messages up by one.
CREATE TABLE address (
	address TEXT NOT NULL,
	run     TEXT NOT NULL,
	seq     BIGINT NOT NULL,
	channel TEXT NOT NULL,
	PRIMARY KEY (address, run, seq, channel)
) WITHOUT ROWID;

-- The primary key is the fence: whoever inserts the row makes the call.
CREATE TABLE attempt (
	run        TEXT NOT NULL,
	seq        BIGINT NOT NULL,
	n          BIGINT NOT NULL,
	account    TEXT NOT NULL,
	host       TEXT NOT NULL,
	begun_at   BIGINT NOT NULL,
	due_at     BIGINT NOT NULL,
	ended_at   BIGINT NOT NULL DEFAULT 0,
	outcome    TEXT NOT NULL DEFAULT 'open',
	counts     BOOLEAN NOT NULL DEFAULT TRUE,
	systemic   BOOLEAN NOT NULL DEFAULT FALSE,
	http       BIGINT NOT NULL DEFAULT 0,
	code       TEXT NOT NULL DEFAULT '',
	reason     TEXT NOT NULL DEFAULT '',
	gateway_id TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (run, seq, n)
) WITHOUT ROWID;

CREATE INDEX attempt_open ON attempt (run, seq, n) WHERE outcome = 'open';
CREATE INDEX attempt_systemic ON attempt (run, seq, n) WHERE systemic;

CREATE TABLE receipt (
	run         TEXT NOT NULL,
	seq         BIGINT NOT NULL,
	digest      BYTEA NOT NULL,
	gateway     TEXT NOT NULL,
	channel     TEXT NOT NULL,
	delivery    TEXT NOT NULL,
	word        TEXT NOT NULL,
	at          BIGINT NOT NULL,
	received_at BIGINT NOT NULL,
	billing     TEXT NOT NULL,
	category    TEXT NOT NULL,
	parts       BIGINT NOT NULL,
	reason      TEXT NOT NULL,
	gateway_id  TEXT NOT NULL,
	match       TEXT NOT NULL,
	source      TEXT NOT NULL,
	PRIMARY KEY (run, seq, digest)
) WITHOUT ROWID;

-- Other names of a message than the ref_id that decodes to it: kind 'ref' is an imported run's ref_id,
-- 'folded' the same in lower case, any other kind a gateway whose id it is. Only what receipts are
-- looked up by stands here.
CREATE TABLE alias (
	kind TEXT NOT NULL,
	id   TEXT NOT NULL,
	run  TEXT NOT NULL,
	seq  BIGINT NOT NULL,
	PRIMARY KEY (kind, id, run, seq)
) WITHOUT ROWID;

CREATE TABLE stray (
	digest     BYTEA NOT NULL PRIMARY KEY,
	kind       TEXT NOT NULL,
	run        TEXT NOT NULL,
	gateway    TEXT NOT NULL,
	ref_id     TEXT NOT NULL,
	folded     TEXT NOT NULL,
	gateway_id TEXT NOT NULL,
	receipt    TEXT NOT NULL,
	raw        BYTEA NOT NULL,
	why        TEXT NOT NULL,
	seen_at    BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX stray_run ON stray (run, kind);
CREATE INDEX stray_kind ON stray (kind);
CREATE INDEX stray_folded ON stray (folded) WHERE folded <> '';
CREATE INDEX stray_gateway_id ON stray (gateway, gateway_id) WHERE gateway_id <> '';
CREATE INDEX stray_expires ON stray (expires_at);

CREATE TABLE action (
	id      TEXT NOT NULL PRIMARY KEY,
	at      BIGINT NOT NULL,
	who     TEXT NOT NULL,
	host    TEXT NOT NULL,
	what    TEXT NOT NULL,
	run     TEXT NOT NULL,
	options TEXT NOT NULL,
	why     TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX action_run ON action (run, at);

CREATE TABLE log_position (
	host        TEXT NOT NULL,
	file        TEXT NOT NULL,
	byte_offset BIGINT NOT NULL,
	PRIMARY KEY (host, file)
) WITHOUT ROWID;

CREATE TABLE suppressed (
	address TEXT NOT NULL,
	channel TEXT NOT NULL,
	purpose TEXT NOT NULL,
	since   BIGINT NOT NULL,
	why     TEXT NOT NULL,
	PRIMARY KEY (address, channel, purpose)
) WITHOUT ROWID;

-- tat is in nanoseconds of the ledger's clock.
CREATE TABLE rate (
	account TEXT NOT NULL PRIMARY KEY,
	tat     BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE invoice (
	id          TEXT NOT NULL PRIMARY KEY,
	account     TEXT NOT NULL,
	month       TEXT NOT NULL,
	currency    TEXT NOT NULL,
	amount      BIGINT NOT NULL,
	file_name   TEXT NOT NULL,
	file_digest TEXT NOT NULL,
	read_at     BIGINT NOT NULL,
	closed_at   BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE invoice_line (
	invoice  TEXT NOT NULL,
	line     BIGINT NOT NULL,
	ref_id   TEXT NOT NULL,
	address  TEXT NOT NULL,
	channel  TEXT NOT NULL,
	at       BIGINT NOT NULL,
	category TEXT NOT NULL,
	quantity BIGINT NOT NULL,
	amount   BIGINT NOT NULL,
	verdict  TEXT NOT NULL,
	PRIMARY KEY (invoice, line)
) WITHOUT ROWID;

CREATE INDEX invoice_line_ref ON invoice_line (ref_id) WHERE ref_id <> '';

CREATE TABLE schedule_fired (
	schedule TEXT NOT NULL,
	due      BIGINT NOT NULL,
	fired_at BIGINT NOT NULL,
	host     TEXT NOT NULL,
	PRIMARY KEY (schedule, due)
) WITHOUT ROWID;
