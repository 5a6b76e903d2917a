-- factsway: release=1.0.0 kind=expand
-- Up Migration
CREATE TABLE factsway.templates (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  name text NOT NULL UNIQUE,
  category text NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE factsway.cases (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  case_number text NOT NULL UNIQUE,
  title text NOT NULL,
  court text NOT NULL,
  status text NOT NULL,
  filed_on date,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE factsway.drafts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  case_id uuid REFERENCES factsway.cases (id),
  template_id uuid REFERENCES factsway.templates (id),
  title text NOT NULL,
  body text NOT NULL,
  status text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX drafts_case_id ON factsway.drafts (case_id);

CREATE INDEX drafts_template_id ON factsway.drafts (template_id);

-- Down Migration
DROP TABLE factsway.drafts;

DROP TABLE factsway.cases;

DROP TABLE factsway.templates;
