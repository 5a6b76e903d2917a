import { describe, expect, it } from 'vitest';
import type { ConfigFilesState } from '../facts.ts';
import { analyseConfigFiles } from './config-files.ts';

describe('configuration files', () => {
  const sound = (service: string) => ({ service, unasked: '', problems: [] });
  const GOOD: ConfigFilesState = {
    components: [sound('edge'), sound('prometheus')],
    refused: [],
  };

  it('that would be taken up pass', () => {
    expect(analyseConfigFiles(GOOD)).toMatchObject({
      status: 'pass',
      found: 'edge, prometheus would take up their files as they are',
    });
  });

  it('that would be refused are named with their code and the way back, before anything reads them', () => {
    const problem = 'config/prometheus/rules/alerts.yml: yaml: line 3: mapping values';
    const prometheus = { ...sound('prometheus'), problems: [problem] };
    expect(analyseConfigFiles({ ...GOOD, components: [sound('edge'), prometheus] })).toEqual({
      name: 'configuration',
      status: 'fail',
      found: 'prometheus would refuse its files at the next reload or start',
      remedy: expect.stringContaining('factsway-install up --overwrite-edited') as string,
      details: [`prometheus: ${problem}`],
      code: 'FW-COMPONENT-FILES',
    });
  });

  it('that were refused and are sound by now have to be read again', () => {
    expect(analyseConfigFiles({ ...GOOD, refused: ['prometheus'] })).toMatchObject({
      status: 'fail',
      remedy: 'Have them read again: docker compose kill --signal=SIGHUP prometheus',
      code: 'FW-COMPONENT-FILES',
    });
  });

  it('of what does not run cannot be judged', () => {
    const edge = { ...sound('edge'), unasked: 'is exited' };
    expect(analyseConfigFiles({ ...GOOD, components: [edge] })).toMatchObject({
      status: 'fail',
      details: ['edge is exited, and nobody else can tell whether its files are sound'],
    });
  });
});
