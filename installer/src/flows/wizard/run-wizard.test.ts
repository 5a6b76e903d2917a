import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { ENGINE, fakeMachine, fakeProbes } from '../../../../test/fakes/preflight.ts';
import { fakePorts, type FakePorts } from '../../../../test/fakes/ports.ts';
import {
  CTRL_C,
  ENTER,
  ESC,
  scriptedPrompter,
  type Reply,
  type ScriptedPrompter,
} from '../../../../test/fakes/prompter.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { FactswayError } from '../../model/errors.ts';
import type { Ports } from '../../ports/ports.ts';
import { desire } from '../desire.ts';
import { runWizard } from './run-wizard.ts';
import { FURTHER, GO, STOP } from './screens.ts';

const ANSWERS = `${DIRECTORY}/state/answers.yaml`;
const CONFIG = `${DIRECTORY}/factsway.yaml`;
const YES: readonly Reply[] = Array.from({ length: 8 }, (): Reply => ENTER);

let ports: FakePorts;
let prompter: ScriptedPrompter;
/** What the wizard looks at besides: no proxy anywhere. */
const looks = () => ({ machine: fakeMachine(), engineProbes: fakeProbes() });
beforeEach(() => {
  const engine = new FakeEngine(desiredWith());
  ports = fakePorts({ docker: engine.docker, compose: engine.compose, ...looks() });
});

/** What an installation would do with the answers: say what factsway.yaml would be, once it is agreed to. */
async function carryOut(answersFile: string, asking: Ports): Promise<string> {
  const desired = await desire({ directory: DIRECTORY, answersFile, sets: [] }, asking);
  await asking.prompter.confirm('Carry out this plan?', true);
  return desired.configText;
}

const wizard = (given: readonly Reply[], work = carryOut): Promise<string> => {
  prompter = scriptedPrompter(...given);
  return runWizard({ directory: DIRECTORY, carryOut: work }, { ...ports, prompter });
};
const screen = (beginning: string): string =>
  prompter.screens.find((one) => one.includes(beginning)) ?? `no screen with ${beginning}`;

describe('a new instance', () => {
  it('is asked for, reviewed and handed over; the answers are gone once they are in force', async () => {
    const text = await wizard(['factsway.example.com', ...YES.slice(1), GO, 'yes']);
    expect(text).toContain('name: factsway.example.com');
    expect(prompter.left()).toBe(0);
    expect(ports.files.text(ANSWERS)).toBeUndefined();
  });

  it('begins with what was found', async () => {
    ports.host.domain = 'example.com';
    ports.host.busy.add('0.0.0.0:80');
    await wizard([...YES, ENTER, GO, 'yes']);
    expect(screen('set up this server')).toBe(
      [
        'FACTSWAY On-Prem: set up this server',
        'A few questions, then you see what will be done. Nothing happens before you',
        'agree. Ctrl-C stops at any time; your answers are kept.',
        '',
        'Name       server1.example.com',
        'Memory     16 GiB, 4 cores',
        'Time zone  Europe/Berlin',
        'Docker     28.0.0, Compose 2.30.0',
        'Programs   all 16 images were built on this server',
        'Ports      80 is taken by another program',
        'Folder     /opt/factsway',
      ].join('\n'),
    );
    expect(screen('Port for plain connections\n')).toContain('8080 is free');
  });

  it('goes on without Docker, and says what to do about it', async () => {
    const refused = new FactswayError('FW-DOCKER-UNREACHABLE', 'No engine.', 'Start it.');
    const docker = { ...ports.docker, info: () => Promise.reject(refused) };
    ports = fakePorts({ docker, compose: ports.compose, ...looks() });
    await wizard([...YES, ENTER, GO, 'yes']);
    expect(screen('set up this server')).toContain('Docker     No engine.\n           → Start it.');
  });

  it('shows every answer and what follows from it before it goes on', async () => {
    await wizard([...YES, GO, 'yes']);
    expect(screen('Your answers').replace(/\(\d+\)/, '(…)')).toBe(
      [
        'Your answers',
        'Address   https://server1',
        'Memory    4.8 GiB for the database, 450 MiB for each of 8 services',
        'Updates   two releases fit side by side: room for updates without a pause',
        'Programs  17 containers of release 1.0.0',
        '> Go on: see what will be done',
        '  Name of this server           server1',
        '  Time zone                     Europe/Berlin',
        '  Encryption                    This server makes its own certificate',
        '  Where the programs come from  Use those built on this server',
        '  Memory for FACTSWAY           16GiB',
        '  Processor cores for FACTSWAY  4',
        '  Mails when something breaks   Not now, or in another way',
        '  Backups                       Yes, every night and in between',
        '  Further settings (…)',
        '  Stop here',
      ].join('\n'),
    );
  });

  it('refuses a port that another program listens on', async () => {
    ports.host.busy.add('0.0.0.0:8081');
    const replies: Reply[] = [FURTHER, 'edge.httpPort', '8081', '8082', ESC, GO, 'yes'];
    const text = await wizard([...YES, ...replies]);
    expect(prompter.screens).toContain('refused: is taken by another program of this server');
    expect(text).toContain('httpPort: 8082');
  });
});

describe('answers', () => {
  it('are saved after each one, for nobody else to read', async () => {
    const error = await rejectionOf(wizard(['a.example.com', ENTER, CTRL_C]));
    expect(ports.files.tree.get(ANSWERS)?.mode).toBe(0o600);
    expect(ports.files.text(ANSWERS)).toContain(
      'host:\n  name: a.example.com\n  timeZone: Europe/Berlin\n',
    );
    expect(error).toMatchObject({
      code: 'FW-CANCELLED',
      exitCode: 130,
      message: `Stopped; nothing was installed or changed. Your answers are saved in ${ANSWERS}.`,
      hint: `Continue where you left off: factsway-install --dir ${DIRECTORY}`,
    });
  });

  it('are none where nothing was answered', async () => {
    const error = await rejectionOf(wizard([CTRL_C]));
    expect(error.message).toBe('Stopped; nothing was installed or changed.');
    expect(ports.files.changes).toEqual([]);
  });

  it('are gone on from, and can be thrown away', async () => {
    await rejectionOf(wizard(['a.example.com', ENTER, CTRL_C]));
    await rejectionOf(wizard(['go-on', CTRL_C]));
    expect(screen('Continue')).toContain('2 answers are saved from an earlier run.');
    expect(prompter.screens.at(-1)).toContain('3 of 8 · Encryption');
    await rejectionOf(wizard(['anew', CTRL_C]));
    expect(prompter.screens.at(-1)).toContain('1 of 8 · Name of this server');
    expect(ports.files.text(ANSWERS)).toBeUndefined();
  });

  it('of an earlier version that fit no longer are named, and asked again', async () => {
    ports.files.put(
      ANSWERS,
      'host:\n  name: a.example.com\n  memory: 99GiB\nedge:\n  colour: blue\n',
    );
    await rejectionOf(wizard(['go-on', CTRL_C]));
    expect(screen('Continue')).toContain('no longer fits: host.memory.');
    expect(screen('Continue')).toContain('No longer asked, and forgotten: edge.colour.');
  });

  it('in a file that is no YAML are none', async () => {
    ports.files.put(ANSWERS, 'host: [\n');
    await wizard([...YES, GO, 'yes']);
    expect(prompter.left()).toBe(0);
  });

  it('as a file give the same factsway.yaml as the wizard, on another machine too', async () => {
    let file = '';
    const text = await wizard([...YES, GO, 'yes'], async (path, asking) => {
      file = ports.files.text(path) ?? '';
      return carryOut(path, asking);
    });
    const elsewhere = fakePorts();
    Object.assign(elsewhere.host, { name: 'other', zone: 'UTC', cpus: 64 });
    elsewhere.files.put('/answers.yaml', file);
    const request = { directory: '/srv/other', answersFile: '/answers.yaml', sets: [] };
    expect((await desire(request, elsewhere)).configText).toBe(text);
  });
});

describe('a server behind a proxy', () => {
  const PROXY = 'http://proxy.example.com:3128';
  const behind = (environment: Record<string, string>, engineProxy = ''): void => {
    const engine = new FakeEngine(desiredWith());
    ports = fakePorts({
      docker: engine.docker,
      compose: engine.compose,
      machine: fakeMachine({
        environment: async (names) =>
          Object.fromEntries(Object.entries(environment).filter(([name]) => names.includes(name))),
      }),
      engineProbes: fakeProbes({ details: async () => ({ ...ENGINE, proxy: engineProxy }) }),
    });
  };

  it('is asked for it with what it shows, without the login; a file of the answers says the same', async () => {
    behind({ HTTPS_PROXY: 'http://anna:canary-5@proxy.example.com:3128/' });
    let file = '';
    const text = await wizard([...YES, ENTER, GO, 'yes'], async (path, asking) => {
      file = ports.files.text(path) ?? '';
      return carryOut(path, asking);
    });
    expect(screen('· Proxy to the internet')).toBe(
      [
        '9 of 9 · Proxy to the internet',
        'Is the internet reached through a proxy? Without a login; “none” for no.',
        'This shell uses one (HTTPS_PROXY); its login is left out, for containers show theirs.',
        `(${PROXY})`,
      ].join('\n'),
    );
    expect(screen('set up this server')).toContain(`Internet   through the proxy ${PROXY}`);
    expect(prompter.screens.join()).not.toContain('canary');
    expect(text).toContain(`  proxy:\n    https: ${PROXY}\n    http: ${PROXY}\n`);
    const elsewhere = fakePorts();
    elsewhere.files.put('/answers.yaml', file);
    const request = { directory: '/srv/other', answersFile: '/answers.yaml', sets: [] };
    expect((await desire(request, elsewhere)).configText).toBe(text);
  });

  it('may say that it is none, and change its mind at the review', async () => {
    behind({}, PROXY);
    expect(await wizard([...YES, 'none', GO, 'yes'])).not.toContain('proxy:');
    expect(screen('· Proxy to the internet')).toContain('The Docker Engine uses one.');
    expect(screen('Your answers')).toContain('Proxy to the internet         (none)');
    const other = 'http://other.example.com:8080';
    const replies: Reply[] = [...YES, ENTER, 'network.proxy.https', other, GO, 'yes'];
    expect(await wizard(replies)).toContain(`  proxy:\n    https: ${other}\n    http: ${other}\n`);
  });

  it('that nobody but itself can use is asked whether there is another', async () => {
    behind({ https_proxy: 'http://127.0.0.1:3128' });
    const text = await wizard([...YES, ENTER, GO, 'yes']);
    expect(screen('· Proxy to the internet')).toContain('that containers cannot use; is there');
    expect(text).not.toContain('proxy:');
  });

  it('is asked nothing where the instance exists: its file says it', async () => {
    behind({ HTTPS_PROXY: PROXY });
    const own = '# ours\nhost:\n  name: old.example.com\n';
    ports.files.put(CONFIG, own);
    expect(await wizard(['host.memory', '8GiB', GO, 'yes'])).not.toContain('proxy:');
  });

  it('is asked no such thing where no proxy shows', async () => {
    await wizard([...YES, GO, 'yes']);
    expect(prompter.screens.filter((one) => one.includes('Proxy to the internet'))).toEqual([]);
    expect(screen('set up this server')).not.toContain('Internet');
  });
});

describe('before the plan is agreed to', () => {
  it('a refusal leads back to the answers', async () => {
    let tries = 0;
    const work = async (path: string, asking: Ports): Promise<string> => {
      tries += 1;
      const hint = 'See who, or take another: --set edge.httpsPort=8443';
      if (tries === 1) throw new FactswayError('FW-PORT-IN-USE', 'Port 443 is taken.', hint);
      return carryOut(path, asking);
    };
    const replies: Reply[] = [GO, 'answers', 'host.name', 'b.example.com', GO, 'yes'];
    const text = await wizard([...YES, ...replies], work);
    expect(screen('FW-PORT-IN-USE')).toContain('Port 443 is taken.\n→ See who, or');
    expect(screen('FW-PORT-IN-USE')).toContain(
      '→ Here: Back to the answers → Further settings → Port for encrypted connections',
    );
    expect(text).toContain('name: b.example.com');
  });

  it('a refusal can be mended elsewhere and tried again, or stopped at', async () => {
    let tries = 0;
    const work = async (path: string, asking: Ports): Promise<string> => {
      tries += 1;
      if (tries < 3) throw new FactswayError('FW-DOCKER-UNREACHABLE', 'No engine.', 'Start it.');
      return carryOut(path, asking);
    };
    await wizard([...YES, GO, 'again', 'again', 'yes'], work);
    expect(tries).toBe(3);
    tries = 0;
    const error = await rejectionOf(wizard([...YES, GO, 'stop'], work));
    expect(error.hint).toContain('Continue where you left off');
  });

  it('"no" and Esc lead back to the answers', async () => {
    await wizard([...YES, GO, 'back', GO, ESC, GO, 'yes']);
    expect(prompter.screens.filter((one) => one.startsWith('Your answers'))).toHaveLength(3);
  });

  it('Ctrl-C and "stop" say how to go on', async () => {
    const stops = await rejectionOf(wizard([...YES, STOP]));
    expect(stops.hint).toContain('Continue where you left off');
    const interrupted = await rejectionOf(wizard(['go-on', GO, CTRL_C]));
    expect(interrupted.message).toContain(ANSWERS);
  });

  it('a bug is no refusal', async () => {
    const work = () => Promise.reject(new TypeError('x is not a function'));
    await expect(wizard([...YES, GO], work)).rejects.toThrow(TypeError);
  });
});

it('what fails after the yes is told as it is, and the answers stay', async () => {
  const failed = new FactswayError('FW-NOT-HEALTHY', 'edge is not healthy.', 'See its log.');
  const error = await rejectionOf(
    wizard([...YES, GO, 'yes'], async (path, asking) => {
      await carryOut(path, asking);
      throw failed;
    }),
  );
  expect(error).toBe(failed);
  expect(ports.files.text(ANSWERS)).toContain('server1');
});

describe('an instance that exists', () => {
  beforeEach(() => {
    ports.files.put(
      CONFIG,
      '# ours\napiVersion: factsway/v2\nhost:\n  name: old.example.com # for now\n  memory: 8GiB\n',
    );
  });

  it('is reviewed with what its file says; only what was changed is written, comments stay', async () => {
    const text = await wizard(['host.memory', '12GiB', GO, 'yes']);
    expect(screen('The settings')).toContain('Name of this server           old.example.com');
    expect(text).toBe(
      '# ours\napiVersion: factsway/v2\nhost:\n  name: old.example.com # for now\n  memory: 12GiB\n',
    );
  });

  it('goes on from changes that were not applied, and forgets those that are in force', async () => {
    await rejectionOf(wizard(['host.memory', '12GiB', STOP]));
    const text = await wizard(['go-on', GO, 'yes']);
    expect(text).toContain('memory: 12GiB');
    ports.files.put(ANSWERS, 'host:\n  memory: 8GiB\n');
    await wizard([GO, 'yes']);
    expect(prompter.left()).toBe(0);
  });
});
