/**
 * A registry with flyhash and its dependencies and nothing else, on this machine: what installs from it needs no
 * network, and asks for nothing that a user would not expect. It remembers what it was asked for in vain.
 */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { type Packed, setting } from './setting.ts';

export interface Registry {
  readonly url: string;
  /** Paths that were asked for and are not here. */
  readonly missed: readonly string[];
  close(): Promise<void>;
}

function document({ manifest, tarball, integrity, shasum }: Packed, url: string): object {
  const { name, version } = manifest;
  const dist = { tarball: `${url}-/${basename(tarball)}`, integrity, shasum };
  return {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, _id: `${name}@${version}`, dist } },
    time: { [version]: '2020-01-01T00:00:00.000Z' },
  };
}

/** Starts the registry at a free port. */
export async function startRegistry(): Promise<Registry> {
  const missed: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1);
    const packed = setting.packages.find(({ manifest }) => manifest.name === path);
    const tarball = setting.packages.find(({ tarball }) => `-/${basename(tarball)}` === path);
    if (packed !== undefined) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(document(packed, url)));
    } else if (tarball !== undefined) {
      response.end(readFileSync(tarball.tarball));
    } else {
      missed.push(path);
      response.writeHead(404).end('{}');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, missed, close };
}
