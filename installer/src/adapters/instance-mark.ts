/**
 * Stands in the environment of every program we start that changes what an instance has on the engine, with the
 * directory of that instance. Unlike a pid in a file it is there from the first moment of the process, and its
 * children inherit it: whoever comes after a run that was killed finds all that is still at work.
 */
export const INSTANCE_MARK = 'FACTSWAY_INSTANCE';
