import type { FactswayError } from '../model/errors.ts';

/** A step failed and left every container as it was: there is nothing that an operator would have to take back. */
export class NothingDone extends Error {
  readonly reason: FactswayError;

  constructor(reason: FactswayError) {
    super(reason.message);
    this.reason = reason;
  }
}
