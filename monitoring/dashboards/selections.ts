/**
 * What the queries of several dashboards select. Scraped series of a service have the service's name as their job;
 * probes and recorded series carry it in `service`.
 */

/** Only services have a slot. */
export const SERVICES = 'slot!=""';
/** Requests of people: what the platform asks of itself every few seconds is left out. */
export const OF_USERS = 'endpoint!~"/health.*|/metrics"';
/** File systems that hold something. */
export const DISKS = 'fstype!~"tmpfs|ramfs|squashfs"';
/** Databases that hold something of somebody. */
export const OWN_DATABASES = 'datname!~"template.*"';

/** A rate over the shortest stretch that always holds enough scrapes. */
export const rate = (selector: string): string => `rate(${selector}[$__rate_interval])`;
