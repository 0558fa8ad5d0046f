/** What scripts/test-package.mjs made for these tests: tarballs, tools and Node binaries. */

/** A tarball, with what a registry says of it. */
export interface Packed {
  readonly manifest: {
    readonly name: string;
    readonly version: string;
    readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
    readonly scripts?: Readonly<Record<string, string>>;
    readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  };
  /** Its path. */
  readonly tarball: string;
  readonly integrity: string;
  readonly shasum: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

interface Setting {
  /** Whether the prebuilds are those of a release; else this machine's is the local build. */
  readonly isPortable: boolean;
  /** flyhash first, then its dependencies. */
  readonly packages: readonly Packed[];
  /** The folder whose node_modules hold package managers, bundlers and runtimes. */
  readonly tools: string;
  /** Node binaries by version. */
  readonly nodes: Readonly<Record<string, string>>;
  /** Commands that run Node for other platforms, by platform. */
  readonly emulated: Readonly<Record<string, readonly string[]>>;
  /** npm's own script. */
  readonly npm: string;
}

const given = process.env.FLYHASH_PACKAGE;
if (given === undefined) throw new Error('these tests are run by `npm run test:package`');

export const setting: Setting = JSON.parse(given);

/** The package itself. */
export const [flyhash] = setting.packages;
