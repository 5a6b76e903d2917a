import { expect, it } from 'vitest';
import { SAMPLE } from '../../test/fakes/kubernetes-sample.ts';
import type { Manifest } from '../manifest.ts';
import { schemaProblems } from './schema-problems.ts';

/**
 * The validators are watched for what they ask (strict.ts), which rests on how their code is made. So each kind of
 * mistake is made at every place of the sample, and each must be seen: a package that is made otherwise fails here.
 */
type Place = readonly string[];

/** What a manifest has by its type; the rest is unknown. */
const TYPED = ['', 'apiVersion', 'kind', 'metadata', 'metadata.name'];

/** Keys of a map are its owner's: a label may be called anything. */
const MAPS =
  /^(labels|annotations|matchLabels|data|hard|requests|limits|default|defaultRequest|min|max)$/;

const placesIn = (value: unknown, here: Place = []): readonly (readonly [Place, unknown])[] =>
  typeof value === 'object' && value !== null
    ? [
        [here, value],
        ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...here, key])),
      ]
    : [[here, value]];

function withValue(manifest: Manifest, place: Place, value: unknown): Manifest {
  const copy = JSON.parse(JSON.stringify(manifest)) as Manifest;
  let holder = copy as Record<string, unknown>;
  for (const key of place.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  holder[place.at(-1) ?? ''] = value;
  return copy;
}

/** What is said of an object with a mistake that was not said of it alone. */
function seen(manifest: Manifest, mistaken: Manifest): boolean {
  const before = schemaProblems([manifest]);
  return schemaProblems([mistaken]).some((problem) => !before.includes(problem));
}

/** A Service selects by a map, all others by an object with matchLabels. */
const isMap = ({ kind }: Manifest, place: Place): boolean =>
  MAPS.test(place.at(-1) ?? '') || (kind === 'Service' && place.at(-1) === 'selector');
const shown = ({ kind, metadata }: Manifest, place: Place): string =>
  `${kind} ${metadata.name} /${place.join('/')}`;

it('sees a misspelt key in every object there is', () => {
  const places = SAMPLE.flatMap((manifest) =>
    placesIn(manifest)
      .filter(
        ([place, value]) =>
          typeof value === 'object' && !Array.isArray(value) && !isMap(manifest, place),
      )
      .map(([place]) => [manifest, place] as const),
  );
  const unseen = places.filter(
    ([manifest, place]) => !seen(manifest, withValue(manifest, [...place, 'misspelt'], 'x')),
  );
  expect(places.length).toBeGreaterThan(200);
  expect(unseen.map(([manifest, place]) => shown(manifest, place))).toEqual([]);
});

it('sees a value of the wrong type wherever there is one', () => {
  const places = SAMPLE.flatMap((manifest) =>
    placesIn(manifest)
      .filter(([place]) => !TYPED.includes(place.join('.')))
      .map(([place, value]) => [manifest, place, value] as const),
  );
  const unseen = places.filter(([manifest, place, value]) => {
    const wrong = Array.isArray(value) ? 'x' : typeof value === 'object' ? ['x'] : { x: ['x'] };
    return !seen(manifest, withValue(manifest, place, wrong));
  });
  expect(places.length).toBeGreaterThan(600);
  expect(unseen.map(([manifest, place]) => shown(manifest, place))).toEqual([]);
});

it('sees a value that was forgotten wherever there is one', () => {
  const unseen = SAMPLE.flatMap((manifest) =>
    placesIn(manifest)
      .filter(([place]) => !TYPED.includes(place.join('.')))
      .filter(([place]) => !seen(manifest, withValue(manifest, place, null)))
      .map(([place]) => shown(manifest, place)),
  );
  expect(unseen).toEqual([]);
});
