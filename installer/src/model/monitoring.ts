/** uid of the one data source of Grafana. Fixed, because every dashboard refers to its data source by it. */
export const DATASOURCE_UID = 'factsway-prometheus';
/** Below the instance directory: what the installer tells of itself, for the node exporter to read. */
export const METRICS_DIRECTORY = 'state/metrics';
