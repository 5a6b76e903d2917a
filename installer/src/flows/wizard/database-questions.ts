import type { InstanceConfig } from '../../model/config.ts';
import type { Question } from './question.ts';

const isExternal = ({ postgres }: InstanceConfig): boolean => postgres.mode === 'external';

/** Asked once a firm says that it has a PostgreSQL of its own. */
export const DATABASE_QUESTIONS: readonly Question[] = [
  {
    path: ['postgres', 'mode'],
    title: 'Where the database is',
    explanation: 'FACTSWAY keeps everything in a PostgreSQL database.',
    kind: 'select',
    ask: 'on-request',
    newOnly: true,
    choices: [
      {
        value: 'bundled',
        label: 'On this server, set up by FACTSWAY',
        explanation: 'The usual one: nothing to do.',
      },
      {
        value: 'external',
        label: 'On a PostgreSQL server you have',
        explanation: 'Its administrator runs what “factsway-install database sql” prints.',
      },
    ],
  },
  {
    path: ['postgres', 'external', 'host'],
    title: 'Name of the database server',
    explanation: 'Its name or address, as other machines reach it.',
    kind: 'input',
    ask: 'always',
    applies: isExternal,
  },
  {
    path: ['postgres', 'external', 'port'],
    title: 'Port of the database server',
    explanation: 'PostgreSQL uses 5432, unless somebody chose another.',
    kind: 'number',
    ask: 'always',
    applies: isExternal,
    suggest: () => ({ value: 5432 }),
  },
  {
    path: ['postgres', 'external', 'tls', 'mode'],
    title: 'Encryption to the database',
    explanation: 'What is written and read goes over your network.',
    kind: 'select',
    ask: 'always',
    applies: isExternal,
    choices: [
      {
        value: 'verify-full',
        label: 'Yes, and the server proves who it is',
        explanation: 'Needs a certificate on that server for its name.',
      },
      {
        value: 'require',
        label: 'Yes, whoever answers',
        explanation: 'Encrypted; somebody between could still pretend to be that server.',
      },
    ],
    suggest: () => ({ value: 'verify-full' }),
  },
  {
    path: ['postgres', 'external', 'tls', 'caFile'],
    title: 'Authority of the database server',
    explanation: 'File of who signed its certificate; empty for a public authority.',
    kind: 'input',
    ask: 'always',
    applies: (config) => isExternal(config) && config.postgres.external?.tls.mode === 'verify-full',
    file: true,
  },
];
