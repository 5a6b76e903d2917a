export { CROSSED_HEADER, type Crossed } from './crossed.ts';
export { PlainError, WITHHELD, wordsOf } from './error-words.ts';
export {
  createHealth,
  type Check,
  type CheckResult,
  type Health,
  type HealthBody,
} from './health.ts';
export { createLogger, LOG_LEVELS, type Logger, type LoggerOptions } from './logger.ts';
export { createMetrics, DURATION_BUCKETS, UNMATCHED, type Metrics } from './metrics.ts';
export {
  startErrorReporting,
  type ErrorReporter,
  type ReportingOptions,
} from './monitoring/sentry.ts';
export { createPlatform, type Platform, type PlatformOptions } from './platform.ts';
export {
  callEnded,
  contextFromHeaders,
  currentContext,
  noteCrossed,
  outgoingHeaders,
  runInContext,
  type RequestContext,
} from './request-context.ts';
export { readPostgresTls, PostgresTlsError, type PostgresTls } from './postgres-tls.ts';
export { describeError, redact, redactText } from './redact.ts';
export { readSecretFile, withoutOneNewline } from './secret-file.ts';
export { installShutdown, type ShutdownOptions } from './shutdown.ts';
