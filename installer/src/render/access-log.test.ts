import { expect, it } from 'vitest';
import { catalogWith } from '../../../test/fakes/builders.ts';
import { configContexts } from './config-contexts.ts';

const { routesOnly } = configContexts(catalogWith())['edge'] as { routesOnly: string };
/** Go's form of "a dot is a line break too"; everything else of the pattern means the same here. */
const PATTERN = new RegExp(routesOnly.replace('(?s:.*)', '[^]*'), 'u');
const kept = (uri: string): string => uri.replace(PATTERN, '$1');

it.each([
  ['/api/cases', '/api/cases'],
  ['/api/cases/Okonkwo?q=Okonkwo', '/api/cases'],
  ['/api/cases?q=Okonkwo', '/api/cases'],
  ['/updates/Okonkwo.exe', '/updates'],
  ['/healthz', '/healthz'],
  ['/factsway-root.crt', '/factsway-root.crt'],
  ['/factsway-rootXcrt', ''],
  ['/api/casesOkonkwo', ''],
  ['/Okonkwo', ''],
  ['//Okonkwo/api/cases', ''],
  ['/api/cases\nOkonkwo', ''],
  ['http://Okonkwo/api/cases', ''],
  ['*', ''],
  ['', ''],
])('of the path %j an access log has %j', (uri, shown) => {
  expect(kept(uri)).toBe(shown);
});

it('has the routes of every service', () => {
  for (const route of catalogWith().services.flatMap(({ routes }) => routes))
    expect(kept(`${route}/x`)).toBe(route);
});
