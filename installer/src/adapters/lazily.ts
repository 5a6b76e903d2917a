/**
 * An object of asynchronous methods whose module is loaded with the first call: a command pays only for the
 * adapters it uses.
 */
export function lazily<T extends object>(
  methods: readonly (keyof T & string)[],
  load: () => Promise<T>,
): T {
  let loaded: Promise<T> | undefined;
  const entries = methods.map((method) => [
    method,
    async (...received: unknown[]): Promise<unknown> => {
      const target = await (loaded ??= load());
      return (target[method] as (...given: unknown[]) => unknown).apply(target, received);
    },
  ]);
  return Object.fromEntries(entries) as T;
}
