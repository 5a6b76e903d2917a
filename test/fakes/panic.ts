/**
 * A port on which every call is an error unless the test gives it: a fake that answers by itself hides
 * the call nobody meant to make.
 */
export function panicking<T extends object>(port: string, given: Partial<T> = {}): T {
  return new Proxy(given as T, {
    get(target, name) {
      if (name in target || typeof name === 'symbol') return Reflect.get(target, name) as unknown;
      return () => {
        throw new Error(`unexpected call: ${port}.${name}`);
      };
    },
  });
}
