// The environment of a measurement: enough to judge figures by, nothing that names a person, a host or a place.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

/** The machine, as reports and benchmarks name it. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  /** Operating system and architecture. */
  readonly platform: string
  readonly node: string
  readonly openssl: string
}

/** The checkout that runs. */
interface Checkout {
  /** Commit of the checkout; null where there is no checkout. */
  readonly commit: string | null
  /** True where the checkout differed from that commit; null where there is none. */
  readonly changed: boolean | null
}

/** `environment.json`. */
export interface ComparedEnvironment extends Machine, Checkout {
  /** Versions of our own package, libp2p, and the parts of it. */
  readonly versions: Readonly<Record<string, string>>
}

const ROOT = new URL('../../../../', import.meta.url)

interface Manifest {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

const manifest = (path: string): Manifest => JSON.parse(readFileSync(new URL(path, ROOT), 'utf8'))

/** Asks git in the checkout; null where there is no git, or no repository. */
function git(...args: readonly string[]): string | null {
  const { status, stdout } = spawnSync('git', args, { cwd: fileURLToPath(ROOT), encoding: 'utf8' })
  return status === 0 ? stdout.trim() : null
}

/** Names this machine and its runtime. */
export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    openssl: process.versions.openssl
  }
}

/** Gives the versions of libp2p and its parts, by name of the library. */
export function libraryVersions(): Record<string, string> {
  const { dependencies = {} } = manifest('packages/network/package.json')
  return Object.fromEntries(Object.entries(dependencies).filter(([name]) => name === 'libp2p' || name.startsWith('@libp2p/')))
}

/** Gives the version of the whole repository. */
export function ownVersion(): string {
  return manifest('package.json').version ?? 'unknown'
}

/** Names the commit of this checkout, and tells whether it was changed. */
export function checkout(): Checkout {
  const changes = git('status', '--porcelain')
  return { commit: git('rev-parse', 'HEAD'), changed: changes === null ? null : changes !== '' }
}

/** Describes this machine and this checkout. */
export function comparedEnvironment(): ComparedEnvironment {
  const { node, openssl, platform, cpu, cores, memoryBytes } = machine()
  return {
    node,
    openssl,
    platform,
    cpu,
    cores,
    memoryBytes,
    versions: { hushgrid: ownVersion(), ...libraryVersions() },
    ...checkout()
  }
}
