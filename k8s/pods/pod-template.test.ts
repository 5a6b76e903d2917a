import { expect, it } from 'vitest';
import { escaped } from './pod-template.ts';

/** k8s.io/kubernetes/third_party/forked/golang/expansion, where no variable has the name. */
const asKubernetesReadsIt = (text: string): string => text.replaceAll('$$', '$');

it.each([
  ['a$b', 'a$b'],
  ['$(PORT)', '$$(PORT)'],
  ['a$$b', 'a$$$$b'],
  ['$$(PORT)', '$$$$(PORT)'],
  ['$$$', '$$$$$$'],
  ['ends in $', 'ends in $'],
])('a dollar in %s reaches the container as it was', (text, written) => {
  expect(escaped(text)).toBe(written);
  expect(asKubernetesReadsIt(written)).toBe(text);
});
