import type { Client } from 'pg';
import type { Logger } from '../../shared-utils/src/logger.ts';
import { applyMigration, describeFailure, type ApplyContext } from './apply.ts';
import type { Command, MigrateConfig } from './config.ts';
import * as ledger from './ledger.ts';
import { readMigrations, type MigrationFile } from './migration-file.ts';
import { compareWithLedger, planDown, planUp } from './plan.ts';
import { MigrateError, resultOf, type MigrateResult, type RunFacts } from './result.ts';
import { lostConnection, openSession, recover, takeLock, type Interrupt } from './session.ts';

/** Carries out one command and says what happened; throws only what nobody foresaw. */
export async function runCommand(
  command: Command,
  config: MigrateConfig,
  logger: Logger,
  interrupt: Interrupt,
): Promise<MigrateResult> {
  const run = new Run(command, config, logger, interrupt);
  try {
    return await run.execute();
  } catch (error) {
    const known = error instanceof MigrateError ? error : run.lost(error);
    if (known === undefined) throw error;
    return resultOf(run.facts(), known);
  } finally {
    await run.close();
  }
}

class Run {
  readonly #command: Command;
  readonly #config: MigrateConfig;
  readonly #logger: Logger;
  readonly #interrupt: Interrupt;
  #client: Client | undefined;
  #files: readonly MigrationFile[] = [];
  #before: string | null = null;
  #after: string | null = null;
  #applied: string[] = [];
  #reverted: string[] = [];
  #pending: readonly string[] = [];
  #newer: readonly string[] = [];

  constructor(command: Command, config: MigrateConfig, logger: Logger, interrupt: Interrupt) {
    this.#command = command;
    this.#config = config;
    this.#logger = logger;
    this.#interrupt = interrupt;
  }

  facts(): RunFacts {
    return {
      command: this.#command.name,
      version: this.#config.version,
      before: this.#before,
      after: this.#after,
      applied: this.#applied,
      reverted: this.#reverted,
      pending: this.#pending,
      newer: this.#newer,
    };
  }

  /** The connection broke while everything was as before: the next run finds nothing to mend. */
  lost(error: unknown): MigrateError | undefined {
    const untouched = this.#applied.length === 0 && this.#reverted.length === 0;
    return untouched ? lostConnection(this.#config, error) : undefined;
  }

  async execute(): Promise<MigrateResult> {
    this.#files = readMigrations(this.#config.directory);
    this.#client = await openSession(this.#config, this.#logger, this.#interrupt);
    if (this.#command.name === 'status') return await this.#status(this.#client);
    await takeLock(this.#client, this.#config, this.#logger, this.#interrupt);
    return this.#command.name === 'up' ? await this.#up() : await this.#down();
  }

  async close(): Promise<void> {
    this.#interrupt.cancel = undefined;
    await this.#client?.end().catch(() => undefined);
  }

  async #status(client: Client): Promise<MigrateResult> {
    const rows = (await ledger.ledgerExists(client)) ? await ledger.readLedger(client) : [];
    this.#before = this.#after = rows.at(-1)?.name ?? null;
    const standing = compareWithLedger(rows, this.#files, this.#config.version);
    this.#pending = standing.pending.map((file) => file.name);
    this.#newer = standing.newer.map((row) => row.name);
    if (standing.pending.length === 0) return resultOf(this.facts());
    return resultOf(
      this.facts(),
      new MigrateError(
        'FW-MIGRATION-PENDING',
        `${standing.pending.length} migrations of release ${this.#config.version} are not applied.`,
        'Run the migrations container.',
      ),
    );
  }

  async #up(): Promise<MigrateResult> {
    const client = this.#open();
    const createdLedger = !(await ledger.ledgerExists(client));
    if (createdLedger) await ledger.createLedger(client);
    let steps: readonly MigrationFile[];
    let startedFrom: string | null;
    try {
      const standing = await this.#observe(client);
      this.#before = this.#after;
      steps = planUp(standing, this.#config.allowContract || this.#command.allowContract);
      startedFrom = await ledger.beginRun(client, this.#before, this.#config.version);
    } catch (error) {
      if (createdLedger) await ledger.dropLedger(client);
      throw error;
    }
    if (startedFrom !== this.#before) {
      this.#logger.warn({ started_from: startedFrom }, 'an earlier run was cut off, continuing it');
    }
    for (const file of steps) {
      const failure = await this.#step(file, 'up');
      if (failure !== undefined) return await this.#putBack(failure, startedFrom, createdLedger);
      this.#applied.push(file.name);
    }
    await ledger.endRun(client);
    await this.#observe(client);
    return resultOf(this.facts());
  }

  async #down(): Promise<MigrateResult> {
    const client = this.#open();
    if (!(await ledger.ledgerExists(client))) return resultOf(this.facts());
    const standing = await this.#observe(client);
    this.#before = this.#after;
    const allowContract = this.#config.allowContract || this.#command.allowContract;
    for (const file of planDown(standing, this.#command.target, allowContract)) {
      const failure = await this.#step(file, 'down');
      if (failure !== undefined) return await this.#goForwardAgain(failure);
      this.#reverted.push(file.name);
    }
    await ledger.endRun(client);
    await this.#observe(client);
    return resultOf(this.facts());
  }

  /** Runs one migration; returns what went wrong instead of throwing it. */
  async #step(file: MigrationFile, direction: 'up' | 'down'): Promise<MigrateError | undefined> {
    try {
      if (this.#interrupt.requested) throw new Error('stopped by a signal');
      await applyMigration(this.#context(), file, direction);
      return undefined;
    } catch (error) {
      const part = (direction === 'up' ? file.up : file.down) ?? '';
      const failed = describeFailure(file, error, part);
      this.#logger.error({ migration: file.name, direction, failed }, 'migration failed');
      const stopped = this.#interrupt.requested;
      return new MigrateError(
        stopped ? 'FW-MIGRATION-INTERRUPTED' : 'FW-MIGRATION-FAILED',
        `Migration ${file.name} (${direction}) failed: ${failed.reason}`,
        'The release that was serving can go on serving; correct the cause and run it again.',
        failed,
      );
    }
  }

  /** Takes back what came after `startedFrom`, latest first. */
  async #putBack(
    failure: MigrateError,
    startedFrom: string | null,
    createdLedger: boolean,
  ): Promise<MigrateResult> {
    try {
      this.#interrupt.requested = false;
      const client = await this.#healthyClient();
      const { applied } = await this.#observe(client);
      const extra = applied.filter((file) => startedFrom === null || file.name > startedFrom);
      for (const file of extra.toReversed()) {
        await applyMigration(this.#context(), file, 'down');
        this.#reverted.push(file.name);
      }
      await ledger.endRun(client);
      if (createdLedger) await ledger.dropLedger(client);
      else await this.#observe(client);
      this.#after = startedFrom;
      this.#pending = this.#files.filter((f) => f.name > (startedFrom ?? '')).map((f) => f.name);
      this.#applied = [];
      return resultOf(this.facts(), failure, true);
    } catch (error) {
      return this.#notRestored(failure, error);
    }
  }

  /** A `down` that failed half way applies again what it had taken back. */
  async #goForwardAgain(failure: MigrateError): Promise<MigrateResult> {
    try {
      this.#interrupt.requested = false;
      const client = await this.#healthyClient();
      for (const name of this.#reverted.toReversed()) {
        const file = this.#files.find((candidate) => candidate.name === name);
        if (file !== undefined) await applyMigration(this.#context(), file, 'up');
      }
      this.#reverted = [];
      await this.#observe(client);
      return resultOf(this.facts(), failure, true);
    } catch (error) {
      return this.#notRestored(failure, error);
    }
  }

  async #notRestored(failure: MigrateError, error: unknown): Promise<MigrateResult> {
    this.#logger.fatal({ err: error }, 'putting the database back failed too');
    await this.#observe(this.#open()).catch(() => undefined);
    this.#applied = this.#applied.filter((name) => !this.#reverted.includes(name));
    const reason = error instanceof Error ? error.message : 'unknown error';
    const stuck = new MigrateError(
      'FW-MIGRATION-NOT-RESTORED',
      `${failure.message} Putting the database back failed too: ${reason}`,
      'Restore the backup taken before this run, or correct the cause and run it again.',
      failure.failed ?? undefined,
    );
    return resultOf(this.facts(), stuck, false);
  }

  /** Reads the ledger anew and keeps the facts of the result line. */
  async #observe(client: Client) {
    const rows = await ledger.readLedger(client);
    this.#after = rows.at(-1)?.name ?? null;
    const standing = compareWithLedger(rows, this.#files, this.#config.version);
    this.#pending = standing.pending.map((file) => file.name);
    this.#newer = standing.newer.map((row) => row.name);
    return standing;
  }

  /** The open connection, or a new one under the lock when Postgres went away in between. */
  async #healthyClient(): Promise<Client> {
    const client = this.#open();
    if (await recover(client)) return client;
    await client.end().catch(() => undefined);
    this.#client = await openSession(this.#config, this.#logger, this.#interrupt);
    await takeLock(this.#client, this.#config, this.#logger, this.#interrupt);
    return this.#client;
  }

  #context(): ApplyContext {
    const client = this.#open();
    return { client, config: this.#config, logger: this.#logger, files: this.#files };
  }

  #open(): Client {
    if (this.#client === undefined) throw new Error('no session is open');
    return this.#client;
  }
}
