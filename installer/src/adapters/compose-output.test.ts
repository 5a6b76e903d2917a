import { expect, it } from 'vitest';
import { readServices, reasonFirst } from './compose-output.ts';

it('reads hash, image and memory of every service, and which of them want no container', () => {
  const config = {
    services: {
      edge: { mem_limit: '536870912', memswap_limit: '1073741824' },
      mailer: { deploy: { replicas: 0 } },
      plain: { image: 'plain:1' },
    },
  };
  expect(readServices('edge aa\nmailer bb\nplain cc\n', JSON.stringify(config))).toEqual({
    edge: { hash: 'aa', memory: 536870912, memoryAndSwap: 1073741824 },
    mailer: { hash: 'bb', idle: true },
    plain: { hash: 'cc', image: 'plain:1' },
  });
});

it('says why first, and leaves out what went well', () => {
  const stderr = [
    ' Container factsway-edge-1  Running',
    ' Container factsway-prometheus-1  Recreate',
    ' Container factsway-prometheus-1  Error',
    'Error response from daemon: Minimum memoryswap limit should be larger than memory limit',
  ].join('\n');
  expect(reasonFirst(stderr)).toEqual([
    'Error response from daemon: Minimum memoryswap limit should be larger than memory limit',
    ' Container factsway-prometheus-1  Error',
  ]);
});

it('shows the last lines where no reason is given', () => {
  expect(reasonFirst(' Network a  Creating\n Network a  Created')).toEqual([
    'Network a  Creating',
    ' Network a  Created',
  ]);
});
