import { describe, expect, it } from 'vitest';
import { analyseImageVersions } from './image-versions.ts';

describe('versions of images', () => {
  it('that are another or unsaid are named', () => {
    const image = (reference: string, version: string) => ({ reference, id: '', version });
    const images = [image('a:1', '1.0.0'), image('b:1', '1.0.1'), image('c:1', '')];
    expect(analyseImageVersions(images, '1.0.0')).toEqual([
      'b:1 is 1.0.1',
      'c:1 does not say its version',
    ]);
  });
});
