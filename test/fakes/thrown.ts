import { FactswayError } from '../../installer/src/model/errors.ts';

/** The coded error that work throws; anything else it does is a failure of the test. */
export function errorOf(work: () => unknown): FactswayError {
  try {
    work();
  } catch (error) {
    if (error instanceof FactswayError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

export async function rejectionOf(work: Promise<unknown>): Promise<FactswayError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof FactswayError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
