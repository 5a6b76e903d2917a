/** uid of the one data source of Grafana. Fixed, because every dashboard refers to its data source by it. */
export const DATASOURCE_UID = 'factsway-prometheus';
