/** What is wrong with one field of a request. */
export interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}

/** An answer that is not a success; the error handler turns it into the response body. */
export class Problem extends Error {
  /** Its messages are written word for word: they may be logged and reported (error-words.ts). */
  readonly plain = true;
  readonly status: number;
  /** Stable, lower-case, for programs. */
  readonly code: string;
  readonly fields: readonly FieldProblem[];

  constructor(
    status: number,
    code: string,
    message: string,
    fields: readonly FieldProblem[] = [],
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

/** A body full of wrong names must not be answered with a larger one. */
const MAX_FIELDS = 50;

/** 400 with one entry per field that is wrong. */
export function invalid(fields: readonly FieldProblem[]): Problem {
  return new Problem(400, 'invalid', 'The request is not valid.', fields.slice(0, MAX_FIELDS));
}

/** 404 for an id of this resource. */
export function notFound(resource: string): Problem {
  return new Problem(404, 'not_found', `No such entry in ${resource}.`);
}
