import type { Command } from './command.ts';
import { audit } from './commands/audit.ts';
import { backup } from './commands/backup.ts';
import { completionOf } from './commands/completion.ts';
import { database } from './commands/database.ts';
import { diff } from './commands/diff.ts';
import { down } from './commands/down.ts';
import { exportCommand } from './commands/export.ts';
import { images } from './commands/images.ts';
import { install } from './commands/install.ts';
import { logs } from './commands/logs.ts';
import { maintenance } from './commands/maintenance.ts';
import { preflight } from './commands/preflight.ts';
import { recover } from './commands/recover.ts';
import { release } from './commands/release.ts';
import { releases } from './commands/releases.ts';
import { render } from './commands/render.ts';
import { restore } from './commands/restore.ts';
import { rollback } from './commands/rollback.ts';
import { secrets } from './commands/secrets.ts';
import { status } from './commands/status.ts';
import { uninstall } from './commands/uninstall.ts';
import { up } from './commands/up.ts';
import { upgrade } from './commands/upgrade.ts';
import { verify } from './commands/verify.ts';

/** Every command, in the order help lists them. */
export const COMMANDS: readonly Command[] = [
  install,
  preflight,
  render,
  up,
  upgrade,
  rollback,
  down,
  status,
  logs,
  diff,
  verify,
  maintenance,
  backup,
  restore,
  recover,
  database,
  audit,
  secrets,
  images,
  releases,
  release,
  exportCommand,
  uninstall,
  completionOf(() => COMMANDS),
];
