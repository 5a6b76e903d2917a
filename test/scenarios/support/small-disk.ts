import { execa } from 'execa';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * A disk of its own in a file with holes, mounted on this host: it fills in a moment and takes nothing from anybody but
 * what is written to it.
 */
export class SmallDisk {
  readonly mountpoint: string;
  readonly #image: string;
  readonly #size: string;

  /** `size` as truncate reads it. */
  constructor(mountpoint: string, image: string, size = '16M') {
    this.mountpoint = mountpoint;
    this.#image = image;
    this.#size = size;
  }

  async mount(): Promise<void> {
    await mkdir(this.mountpoint, { recursive: true });
    await mkdir(dirname(this.#image), { recursive: true });
    await execa('truncate', ['--size', this.#size, this.#image]);
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
