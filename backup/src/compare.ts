import type { DatabaseRecord } from './history.ts';

/** What differs between the record and what was restored, in words; tables first, then the head. */
export function compareWithRecord(
  record: DatabaseRecord,
  restored: Pick<DatabaseRecord, 'head' | 'tables'>,
): string[] {
  const problems: string[] = [];
  for (const [name, rows] of Object.entries(record.tables)) {
    const found = restored.tables[name];
    if (found === undefined) problems.push(`table ${name} is missing`);
    // Without an exact position the two were not counted at the same moment.
    else if (record.exact && found !== rows) {
      problems.push(`table ${name} has ${found} rows and should have ${rows}`);
    }
  }
  if (record.exact) {
    for (const name of Object.keys(restored.tables)) {
      if (record.tables[name] === undefined) problems.push(`table ${name} should not be there`);
    }
  }
  if (restored.head !== record.head) {
    problems.push(
      `the last migration is ${restored.head ?? 'none'} and should be ${record.head ?? 'none'}`,
    );
  }
  return problems;
}
