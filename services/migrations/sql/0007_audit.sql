-- factsway: release=1.1.0 kind=expand
-- Up Migration
-- Who did what to which entry, and nothing of what is in it: the checks let no free text in. Every row carries the
-- hash of the one before it, so a row that is edited, removed or moved later breaks the chain.
CREATE TABLE factsway.audit_log (
  seq bigint PRIMARY KEY,
  at timestamptz NOT NULL,
  db_user text NOT NULL,
  service text NOT NULL CHECK (service ~ '^[a-z0-9-]{1,64}$'),
  actor text CHECK (actor ~ '^[A-Za-z0-9_.:-]{1,128}$'),
  action text NOT NULL CHECK (action ~ '^[a-z_]{1,40}$'),
  resource text NOT NULL CHECK (resource ~ '^[a-z_]{1,64}$'),
  resource_id text CHECK (resource_id ~ '^[A-Za-z0-9_.:-]{1,128}$'),
  request_id text CHECK (request_id ~ '^[A-Za-z0-9_.:-]{1,128}$'),
  trace_id text CHECK (trace_id ~ '^[0-9a-f]{32}$'),
  outcome text NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
  prev_hash bytea NOT NULL CHECK (octet_length(prev_hash) = 32),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

-- Rows come in the order of time: one entry for many pages is enough, and costs next to nothing to keep.
CREATE INDEX audit_log_at ON factsway.audit_log USING brin (at);

CREATE INDEX audit_log_request_id ON factsway.audit_log (request_id);

CREATE INDEX audit_log_resource_id ON factsway.audit_log (resource_id);

-- One row: the end of the chain, and where it begins since old rows were removed (0 and zeros: nothing was).
CREATE TABLE factsway.audit_head (
  id boolean PRIMARY KEY DEFAULT true CHECK (id),
  seq bigint NOT NULL,
  hash bytea NOT NULL,
  pruned_seq bigint NOT NULL,
  pruned_hash bytea NOT NULL
);

INSERT INTO factsway.audit_head (seq, hash, pruned_seq, pruned_hash)
  VALUES (0, decode(repeat('00', 32), 'hex'), 0, decode(repeat('00', 32), 'hex'));

-- What was given to the services by default; they write by audit_append and nothing else.
REVOKE ALL ON factsway.audit_log, factsway.audit_head FROM factsway_app;

-- The text that is hashed: each field as its length in bytes, a colon, its UTF-8 and a comma; NULL is "~,".
CREATE FUNCTION factsway.audit_field(field text) RETURNS text
  LANGUAGE sql IMMUTABLE
  RETURN coalesce(octet_length(convert_to(field, 'UTF8'))::text || ':' || field || ',', '~,');

CREATE FUNCTION factsway.audit_time(moment timestamptz) RETURNS text
  LANGUAGE sql STABLE
  RETURN to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

CREATE FUNCTION factsway.audit_text(entry factsway.audit_log) RETURNS text
  LANGUAGE sql STABLE
  RETURN factsway.audit_field((entry).seq::text)
    || factsway.audit_field(factsway.audit_time((entry).at))
    || factsway.audit_field((entry).db_user)
    || factsway.audit_field((entry).service)
    || factsway.audit_field((entry).actor)
    || factsway.audit_field((entry).action)
    || factsway.audit_field((entry).resource)
    || factsway.audit_field((entry).resource_id)
    || factsway.audit_field((entry).request_id)
    || factsway.audit_field((entry).trace_id)
    || factsway.audit_field((entry).outcome);

-- The only way a row comes into being. The head is locked until the change it speaks of is committed or undone: rows
-- have no gap, and two writers are never in two chains.
CREATE FUNCTION factsway.audit_append(
  service text, actor text, action text, resource text, resource_id text, request_id text, trace_id text, outcome text
) RETURNS bigint
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  head factsway.audit_head;
  entry factsway.audit_log;
BEGIN
  SELECT * INTO STRICT head FROM factsway.audit_head FOR UPDATE;
  entry.seq := head.seq + 1;
  entry.at := clock_timestamp();
  entry.db_user := session_user;
  entry.service := service;
  entry.actor := actor;
  entry.action := action;
  entry.resource := resource;
  entry.resource_id := resource_id;
  entry.request_id := request_id;
  entry.trace_id := trace_id;
  entry.outcome := outcome;
  entry.prev_hash := head.hash;
  entry.hash := sha256(head.hash || convert_to(factsway.audit_text(entry), 'UTF8'));
  INSERT INTO factsway.audit_log SELECT entry.*;
  UPDATE factsway.audit_head AS h SET seq = entry.seq, hash = entry.hash;
  RETURN entry.seq;
END
$$;

-- Whether a slice of the chain is as it was written; of the rows themselves it says nothing. One statement, hence one
-- snapshot: rows that are written meanwhile are no cut-off end.
CREATE FUNCTION factsway.audit_verify(from_seq bigint, slice integer)
  RETURNS TABLE (first_seq bigint, head_seq bigint, verified_to bigint, broken_at bigint, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH start AS (
    SELECT h.*, greatest(from_seq, h.pruned_seq + 1) AS begins, least(greatest(slice, 1), 10000) AS most
    FROM factsway.audit_head h
  ), known AS (
    SELECT start.*, CASE WHEN begins = pruned_seq + 1 THEN pruned_hash
      ELSE (SELECT p.hash FROM factsway.audit_log p WHERE p.seq = begins - 1) END AS before_hash
    FROM start
  ), part AS MATERIALIZED (
    SELECT a.seq, a.prev_hash, a.hash,
      sha256(a.prev_hash || convert_to(factsway.audit_text(a), 'UTF8')) AS computed
    FROM factsway.audit_log a
    WHERE a.seq >= (SELECT begins FROM known)
    ORDER BY a.seq
    LIMIT (SELECT most FROM known)
  ), judged AS (
    SELECT part.seq, part.hash,
      known.begins - 1 + row_number() OVER in_order AS expected,
      CASE
        WHEN part.seq <> known.begins - 1 + row_number() OVER in_order THEN 'missing'
        WHEN part.seq > known.seq THEN 'inserted'
        WHEN part.hash <> part.computed THEN 'edited'
        WHEN part.prev_hash IS DISTINCT FROM lag(part.hash, 1, known.before_hash) OVER in_order THEN 'unlinked'
      END AS problem
    FROM part, known
    WINDOW in_order AS (ORDER BY part.seq)
  ), ends AS (
    SELECT known.*, coalesce(max(judged.seq), begins - 1) AS last, count(judged.seq) AS found,
      coalesce((SELECT j.hash FROM judged j ORDER BY j.seq DESC LIMIT 1), before_hash) AS last_hash
    FROM known LEFT JOIN judged ON true
    GROUP BY known.id, known.seq, known.hash, pruned_seq, pruned_hash, begins, most, before_hash
  ), problems AS (
    SELECT expected AS at, judged.problem FROM judged WHERE judged.problem IS NOT NULL
    UNION ALL
    SELECT last + 1, 'cut_off' FROM ends WHERE found < most AND last < ends.seq
    UNION ALL
    SELECT ends.seq, 'head' FROM ends WHERE last = ends.seq AND last_hash IS DISTINCT FROM ends.hash
    UNION ALL
    SELECT ends.pruned_seq, 'inserted' FROM ends
      WHERE EXISTS (SELECT FROM factsway.audit_log a WHERE a.seq <= ends.pruned_seq)
  ), worst AS (
    SELECT at, problems.problem FROM problems ORDER BY at, problems.problem LIMIT 1
  )
  SELECT ends.pruned_seq + 1, ends.seq, coalesce(worst.at - 1, last), worst.at, worst.problem
  FROM ends LEFT JOIN worst ON true
$$;

-- Seven years, and not a day less, whoever asks: the triggers below let nothing else go.
CREATE FUNCTION factsway.audit_keeps_from() RETURNS timestamptz
  LANGUAGE sql STABLE
  RETURN statement_timestamp() - interval '7 years';

-- Removes the oldest rows that are past their time, at most so many, and remembers where the chain begins now. The
-- removal is a row of the log itself.
CREATE FUNCTION factsway.audit_prune(most bigint) RETURNS TABLE (removed bigint, removed_to bigint)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  head factsway.audit_head;
  young bigint;
  last factsway.audit_log;
BEGIN
  SELECT * INTO STRICT head FROM factsway.audit_head FOR UPDATE;
  SELECT min(a.seq) INTO young FROM factsway.audit_log a WHERE a.at >= factsway.audit_keeps_from();
  SELECT a.* INTO last FROM factsway.audit_log a
    WHERE a.seq < coalesce(young, head.seq + 1) AND a.seq <= head.pruned_seq + greatest(most, 0)
    ORDER BY a.seq DESC LIMIT 1;
  IF last.seq IS NULL THEN RETURN QUERY SELECT 0::bigint, head.pruned_seq; RETURN; END IF;
  UPDATE factsway.audit_head AS h SET pruned_seq = last.seq, pruned_hash = last.hash;
  DELETE FROM factsway.audit_log a WHERE a.seq <= last.seq;
  GET DIAGNOSTICS removed = ROW_COUNT;
  PERFORM factsway.audit_append('installer', NULL, 'prune', 'audit', last.seq::text, NULL, NULL, 'done');
  removed_to := last.seq;
  RETURN NEXT;
END
$$;

-- A row goes only when it is past its time and the chain already begins behind it; then its removal is on record.
CREATE FUNCTION factsway.audit_refuse() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_log' THEN
    IF OLD.at < factsway.audit_keeps_from() AND OLD.seq <= (SELECT pruned_seq FROM factsway.audit_head) THEN RETURN OLD; END IF;
  ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_head' THEN
    IF NEW.seq = OLD.seq AND NEW.hash = OLD.hash AND EXISTS (
      SELECT FROM factsway.audit_log a
      WHERE a.seq = NEW.pruned_seq AND a.hash = NEW.pruned_hash AND a.at < factsway.audit_keeps_from()
    ) THEN RETURN NEW; END IF; END IF;
  RAISE EXCEPTION 'the audit log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_log_rows BEFORE UPDATE OR DELETE ON factsway.audit_log
  FOR EACH ROW EXECUTE FUNCTION factsway.audit_refuse();

CREATE TRIGGER audit_log_truncate BEFORE TRUNCATE ON factsway.audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION factsway.audit_refuse();

CREATE TRIGGER audit_head_rows BEFORE DELETE ON factsway.audit_head
  FOR EACH ROW EXECUTE FUNCTION factsway.audit_refuse();

CREATE TRIGGER audit_head_moves BEFORE UPDATE ON factsway.audit_head
  FOR EACH ROW WHEN (NEW.seq <> OLD.seq + 1 OR NEW.pruned_seq <> OLD.pruned_seq OR NEW.pruned_hash <> OLD.pruned_hash)
  EXECUTE FUNCTION factsway.audit_refuse();

CREATE TRIGGER audit_head_truncate BEFORE TRUNCATE ON factsway.audit_head
  FOR EACH STATEMENT EXECUTE FUNCTION factsway.audit_refuse();

REVOKE ALL ON FUNCTION
  factsway.audit_field(text), factsway.audit_time(timestamptz), factsway.audit_text(factsway.audit_log),
  factsway.audit_append(text, text, text, text, text, text, text, text), factsway.audit_verify(bigint, integer),
  factsway.audit_keeps_from(), factsway.audit_prune(bigint), factsway.audit_refuse()
  FROM PUBLIC;

GRANT EXECUTE ON FUNCTION
  factsway.audit_append(text, text, text, text, text, text, text, text), factsway.audit_verify(bigint, integer)
  TO factsway_app;

-- Down Migration
DROP FUNCTION factsway.audit_prune(bigint);

DROP FUNCTION factsway.audit_verify(bigint, integer);

DROP FUNCTION factsway.audit_append(text, text, text, text, text, text, text, text);

DROP FUNCTION factsway.audit_text(factsway.audit_log);

DROP TABLE factsway.audit_log;

DROP TABLE factsway.audit_head;

DROP FUNCTION factsway.audit_refuse();

DROP FUNCTION factsway.audit_keeps_from();

DROP FUNCTION factsway.audit_time(timestamptz);

DROP FUNCTION factsway.audit_field(text);
