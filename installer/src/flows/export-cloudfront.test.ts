import { describe, expect, it } from 'vitest';
import { templateText } from '../../../cloudfront/template.ts';
import { MemoryFiles } from '../../../test/fakes/memory-files.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { exportCloudFront } from './export-cloudfront.ts';

const OUT = '/srv/updates.yaml';
const there = (content?: string): MemoryFiles =>
  new MemoryFiles({ '/srv/other': '', ...(content === undefined ? {} : { [OUT]: content }) });
const run = (files: MemoryFiles, options: { dryRun?: boolean; overwrite?: boolean } = {}) =>
  exportCloudFront({ out: OUT, dryRun: false, overwrite: false, ...options }, { files });
/** As an earlier version would have written it. */
const EDITED = templateText().replace('IPV6Enabled: true', 'IPV6Enabled: false');

describe('the export of the template', () => {
  it('writes it once, and then nothing', async () => {
    const files = there();
    expect(await run(files)).toEqual({ out: OUT, executed: true, change: 'create' });
    expect(files.tree.get(OUT)).toMatchObject({ content: templateText(), mode: 0o644 });
    const before = files.changes.length;
    expect(await run(files)).toEqual({ out: OUT, executed: true });
    expect(files.changes).toHaveLength(before);
  });

  it('writes nothing when it is only asked what it would do', async () => {
    const files = there();
    const result = await run(files, { dryRun: true });
    expect(result).toEqual({ out: OUT, executed: false, change: 'create' });
    expect(files.changes).toEqual([]);
  });

  it('refuses a file that was edited by hand, in a dry run as well, until it is told to replace it', async () => {
    for (const dryRun of [true, false]) {
      const files = there(EDITED);
      const error = await rejectionOf(run(files, { dryRun }));
      expect(error).toMatchObject({ code: 'FW-DRIFT' });
      expect(files.changes).toEqual([]);
    }
    const files = there(EDITED);
    expect(await run(files, { overwrite: true })).toMatchObject({ change: 'update' });
    expect(files.tree.get(OUT)?.content).toBe(templateText());
  });

  it('never replaces a file of somebody else', async () => {
    const files = there('Resources: {}\n');
    const error = await rejectionOf(run(files, { overwrite: true }));
    expect(error).toMatchObject({ code: 'FW-EXPORT-FOREIGN' });
    expect(files.tree.get(OUT)?.content).toBe('Resources: {}\n');
  });
});
