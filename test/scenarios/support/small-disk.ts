import { execa } from 'execa';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A disk of a few MiB in a file, mounted on this host: it fills in a moment and takes nothing from anybody. */
export class SmallDisk {
  readonly mountpoint: string;
  readonly #image: string;

  constructor(mountpoint: string, image: string) {
    this.mountpoint = mountpoint;
    this.#image = image;
  }

  async mount(): Promise<void> {
    await mkdir(this.mountpoint, { recursive: true });
    await mkdir(dirname(this.#image), { recursive: true });
    await execa('truncate', ['--size', '16M', this.#image]);
    await execa('mkfs.ext4', ['-q', '-m', '0', this.#image]);
    await execa('mount', ['-o', 'loop', this.#image, this.mountpoint]);
  }

  async fill(): Promise<void> {
    // Ends when nothing more fits, which is the point.
    await writeFile(`${this.mountpoint}/full`, Buffer.alloc(16 * 1024 ** 2)).catch(() => undefined);
  }

  async empty(): Promise<void> {
    await rm(`${this.mountpoint}/full`, { force: true });
  }

  async remove(): Promise<void> {
    await execa('umount', [this.mountpoint], { reject: false });
    await rm(this.mountpoint, { recursive: true, force: true });
    await rm(this.#image, { force: true });
  }
}
