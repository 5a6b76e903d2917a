import type { InstanceConfig } from '../../model/config.ts';
import type { Question } from './question.ts';

const isOurs = ({ postgres }: InstanceConfig): boolean => postgres.mode === 'bundled';
const isBackedUp = (config: InstanceConfig): boolean =>
  isOurs(config) && config.backup.mode === 'on';
const isCopiedAway = (config: InstanceConfig): boolean =>
  isBackedUp(config) && config.backup.s3 !== undefined;

/** Backups are asked for and suggested; where else they go is looked for, by whoever has such a place. */
export const BACKUP_QUESTIONS: readonly Question[] = [
  {
    path: ['backup', 'mode'],
    title: 'Backups',
    explanation: 'What was written a minute ago can then be had back, of any day of a month.',
    kind: 'select',
    ask: 'always',
    applies: isOurs,
    choices: [
      {
        value: 'on',
        label: 'Yes, every night and in between',
        explanation: 'Encrypted, on this server, and tried out once a month.',
      },
      {
        value: 'off',
        label: 'No, another program makes them',
        explanation: 'A copy of the disk alone is no backup of a database that is at work.',
      },
    ],
    suggest: () => ({ value: 'on' }),
  },
  {
    path: ['backup', 'local', 'directory'],
    title: 'Directory for backups',
    explanation: 'On a disk of its own. Empty: a volume beside the database.',
    kind: 'input',
    ask: 'on-request',
    applies: isBackedUp,
  },
  {
    path: ['backup', 'time'],
    title: 'Time of the nightly backup',
    explanation: 'A time of day at which few people work, such as 02:30.',
    kind: 'input',
    ask: 'on-request',
    applies: isBackedUp,
  },
  {
    path: ['backup', 's3', 'bucket'],
    title: 'Backups outside this server',
    explanation: 'A bucket of an S3 service, for the day this server is gone. Empty: none.',
    kind: 'input',
    ask: 'on-request',
    applies: isBackedUp,
  },
  {
    path: ['backup', 's3', 'region'],
    title: 'Region of the bucket',
    explanation: 'As the S3 service names it, such as eu-central-1.',
    kind: 'input',
    ask: 'always',
    applies: isCopiedAway,
  },
  {
    path: ['backup', 's3', 'endpoint'],
    title: 'Host of the S3 service',
    explanation: 'Empty for Amazon; else its name, and :port where it is not 443.',
    kind: 'input',
    ask: 'always',
    applies: isCopiedAway,
  },
];
