import { AUDIT, auditEntry, auditKey, type AuditEntry } from '../../model/updates/record.ts';
import { INTERNAL, readJsonObject, type Needed, type Server } from './server.ts';

export type Change = { readonly what: string; readonly before: unknown; readonly after: unknown };

/**
 * Writes down who changes what, does it, and writes down that it is done. A run that is killed in between has begun and
 * never ended: the list shows it as cut off.
 */
export async function audited<T>(
  change: Change,
  server: Server,
  ports: Needed,
  work: () => Promise<T>,
): Promise<T> {
  const id = ports.random.id();
  const note = async (state: AuditEntry['state']): Promise<void> => {
    const at = ports.clock.now().toISOString();
    const { who, caller } = server;
    const entry: AuditEntry = { id, at, who, ...(caller ? { caller } : {}), state, ...change };
    await ports.objects.writeText(
      server.place,
      auditKey(at, `${id}-${state}`),
      `${JSON.stringify(entry, null, 2)}\n`,
      { ...INTERNAL, condition: { absent: true } },
    );
  };
  await note('begun');
  try {
    const result = await work();
    await note('done');
    return result;
  } catch (error) {
    // What failed is what has to be told, also where this cannot be written any more.
    await note('failed').catch(() => undefined);
    throw error;
  }
}

export type AuditLine = AuditEntry & { readonly outcome: 'done' | 'failed' | 'cut off' };

/** Every change, the latest first. */
export async function readAudit(server: Server, ports: Needed): Promise<AuditLine[]> {
  const keys = (await ports.objects.list(server.place, AUDIT)).map(({ key }) => key);
  const found = await Promise.all(
    keys.map((key) => readJsonObject(auditEntry, key, server, ports)),
  );
  const entries = found.flatMap((one) => (one ? [one.value] : []));
  const outcomeOf = (id: string): AuditLine['outcome'] => {
    const states = entries.filter((one) => one.id === id).map(({ state }) => state);
    return states.includes('done') ? 'done' : states.includes('failed') ? 'failed' : 'cut off';
  };
  return entries
    .filter(({ state }) => state === 'begun')
    .map((entry) => ({ ...entry, outcome: outcomeOf(entry.id) }))
    .toSorted((a, b) => (a.at < b.at ? 1 : -1));
}
