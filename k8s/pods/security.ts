import type { Workload } from '../../installer/src/model/workload.ts';

/** Below it are users a node may have itself (Polaris, kube-score: "high UID"). */
const FIRST_OF_OURS = 10_000;
/** In the images of ours this is the user of everything that is nobody else. */
const ORDINARY = 10_001;

/** A number of a user no node has: those of Compose below 10000 are moved up by it, root becomes an ordinary user. */
export function highId(id: number): number {
  if (id === 0) return ORDINARY;
  return id < FIRST_OF_OURS ? id + FIRST_OF_OURS : id;
}

/** User and group of a workload in a cluster. */
export function idsOf({ user }: Pick<Workload, 'user'>): {
  readonly uid: number;
  readonly gid: number;
} {
  const [uid = '0', gid = uid] = user.split(':');
  return { uid: highId(Number(uid)), gid: highId(Number(gid)) };
}

/** Pod Security Standards, "restricted". */
export function podSecurity(workload: Pick<Workload, 'user'>): object {
  const { uid, gid } = idsOf(workload);
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: gid,
    // Volumes and Secrets are readable for this group, whoever made them.
    fsGroup: gid,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

export function containerSecurity(workload: Pick<Workload, 'capabilities' | 'readOnly'>): object {
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: workload.readOnly,
    capabilities: {
      drop: ['ALL'],
      ...(workload.capabilities.length > 0 ? { add: [...workload.capabilities] } : {}),
    },
  };
}
