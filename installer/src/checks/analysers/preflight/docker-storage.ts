import { defineCheck, doubt, fine, refusal } from './check.ts';
import { NETWORK_FILE_SYSTEMS } from './directory.ts';

const GOOD_DRIVERS = ['overlay2', 'overlayfs', 'btrfs', 'zfs'];

export const dockerStorage = defineCheck({
  name: 'docker-storage',
  proves:
    'Docker keeps images and data on a disk of this server, in a way that works for a database.',
  warns: `a storage driver other than ${GOOD_DRIVERS.join(', ')}`,
  fails: 'a network file system, memory, read-only, or a backing file system without d_type',
  codes: ['FW-DOCKER-STORAGE'],
  remedy: 'docker info; "data-root" and "storage-driver" in /etc/docker/daemon.json',
  purposes: ['install', 'upgrade'],
  needs: ['engine', 'disks'],
  analyse({ engine, disks }) {
    const { driver, driverStatus, rootDirectory } = engine;
    const place = disks.places.find(({ use }) => use === 'docker');
    const move =
      'Give Docker a local disk: "data-root" in /etc/docker/daemon.json   then: sudo systemctl restart docker';
    const type = place?.type ?? '';
    if (NETWORK_FILE_SYSTEMS.test(type))
      return refusal(
        'FW-DOCKER-STORAGE',
        `${rootDirectory} is on ${type}: a database does not survive on a network file system`,
        move,
      );
    if (type === 'tmpfs' || type === 'ramfs')
      return refusal(
        'FW-DOCKER-STORAGE',
        `${rootDirectory} is in memory (${type}): all data would be gone after a restart`,
        move,
      );
    if (place?.readOnly === true)
      return refusal('FW-DOCKER-STORAGE', `${rootDirectory} is mounted read-only`, move);
    if (driverStatus['Supports d_type'] === 'false')
      return refusal(
        'FW-DOCKER-STORAGE',
        `${driver} on ${driverStatus['Backing Filesystem'] ?? 'this file system'} without d_type loses files of containers`,
        'Make the file system anew with it: mkfs.xfs -n ftype=1   or use ext4',
      );
    const shown = `${driver}${type === '' ? '' : ` on ${type}`}`;
    return GOOD_DRIVERS.includes(driver)
      ? fine(`${shown}, in ${rootDirectory}`)
      : doubt(
          `${shown}: it copies whole images for each container, or is no longer maintained`,
          'Use overlay2: "storage-driver" in /etc/docker/daemon.json   (images have to be fetched again)',
        );
  },
});
