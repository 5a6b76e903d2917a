-- factsway: release=1.0.0 kind=expand
-- Up Migration
-- case_id and draft_id have no foreign key here: the rows they name belong to another service.
CREATE TABLE factsway.ingestions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  case_id uuid,
  file_name text NOT NULL,
  media_type text NOT NULL,
  size_bytes bigint NOT NULL,
  sha256 text NOT NULL,
  status text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE factsway.exports (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  draft_id uuid,
  title text NOT NULL,
  format text NOT NULL,
  pages bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE factsway.caseblocks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  case_id uuid,
  court text NOT NULL,
  caption text NOT NULL,
  layout text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE factsway.signatures (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  signer text NOT NULL,
  firm text NOT NULL,
  bar_number text UNIQUE,
  closing text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE factsway.facts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  case_id uuid,
  statement text NOT NULL,
  source text NOT NULL,
  occurred_on date,
  disputed boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX facts_case_id ON factsway.facts (case_id);

CREATE TABLE factsway.exhibits (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  case_id uuid NOT NULL,
  label text NOT NULL,
  title text NOT NULL,
  media_type text NOT NULL,
  size_bytes bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (case_id, label)
);

CREATE TABLE factsway.caselaw (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  citation text NOT NULL UNIQUE,
  title text NOT NULL,
  court text NOT NULL,
  decided_on date,
  url text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- Down Migration
DROP TABLE factsway.caselaw;

DROP TABLE factsway.exhibits;

DROP TABLE factsway.facts;

DROP TABLE factsway.signatures;

DROP TABLE factsway.caseblocks;

DROP TABLE factsway.exports;

DROP TABLE factsway.ingestions;
