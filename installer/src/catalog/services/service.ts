/** One of the platform's services, as spec 01 lists it. Everything else about it is derived. */
export type ServiceEntry = {
  /** Image and component name, e.g. `records-service`. */
  readonly name: string;
  /** Value of SERVICE_NAME and stem of the variable with its URL: `records` → RECORDS_SERVICE_URL. */
  readonly shortName: string;
  readonly port: number;
  /** Public path prefixes the edge sends here. */
  readonly routes: readonly string[];
  readonly purpose: string;
  /** Share of the services' memory; 1 is an ordinary service. */
  readonly memoryWeight: number;
  /** The one that goes through the audit log in the background and says whether it is as it was written. */
  readonly verifiesAudit?: true;
};
