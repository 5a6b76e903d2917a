import type { ServiceDefinition } from '../resource.ts';
import { caseblock } from './caseblock.ts';
import { caselaw } from './caselaw.ts';
import { exhibits } from './exhibits.ts';
import { exportService } from './export.ts';
import { facts } from './facts.ts';
import { ingestion } from './ingestion.ts';
import { records } from './records.ts';
import { signature } from './signature.ts';

/** All eight, in the order of their ports. */
export const SERVICES: readonly ServiceDefinition[] = [
  records,
  ingestion,
  exportService,
  caseblock,
  signature,
  facts,
  exhibits,
  caselaw,
];
