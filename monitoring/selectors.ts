/** Jobs of the platform's services; a test of the catalogue holds every name of a service against it. */
export const SERVICE_JOBS = 'job=~".+-service"';
/** Probes are of one job; what is asked stands in `service`. */
export const SERVICE_PROBES = 'job="probe",service=~".+-service"';
/** Requests of people: not those of health checks and of Prometheus, nor of strangers who try paths. */
export const USER_TRAFFIC = 'endpoint!~"/health.*|/metrics|__unmatched__"';
/** File systems that can fill up: not memory, not images that are always full. */
export const DISKS = 'fstype!~"tmpfs|ramfs|devtmpfs|overlay|squashfs|iso9660|erofs|nsfs|fuse.*"';
