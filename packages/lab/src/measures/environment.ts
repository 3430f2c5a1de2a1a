// What the figures were measured on: enough to judge them by, nothing that names a person, a host or a place.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

/** `environment.json`. */
export interface ComparedEnvironment {
  readonly node: string
  readonly openssl: string
  /** Operating system and architecture. */
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  /** Versions of our own package, libp2p, and the parts of it. */
  readonly versions: Readonly<Record<string, string>>
  /** Of the checkout; null where it is none. */
  readonly commit: string | null
  /** The checkout differed from that commit; null where there is none. */
  readonly changed: boolean | null
}

const ROOT = new URL('../../../../', import.meta.url)

interface Manifest {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

const manifest = (path: string): Manifest => JSON.parse(readFileSync(new URL(path, ROOT), 'utf8'))

/** What git answers in the checkout; null where there is no git, or no repository. */
function git(...args: readonly string[]): string | null {
  const { status, stdout } = spawnSync('git', args, { cwd: fileURLToPath(ROOT), encoding: 'utf8' })
  return status === 0 ? stdout.trim() : null
}

/** This machine and this checkout. */
export function comparedEnvironment(): ComparedEnvironment {
  const { dependencies = {} } = manifest('packages/network/package.json')
  const libraries = Object.entries(dependencies).filter(([name]) => name === 'libp2p' || name.startsWith('@libp2p/'))
  const changes = git('status', '--porcelain')
  return {
    node: process.version,
    openssl: process.versions.openssl,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    versions: { hushgrid: manifest('package.json').version ?? 'unknown', ...Object.fromEntries(libraries) },
    commit: git('rev-parse', 'HEAD'),
    changed: changes === null ? null : changes !== ''
  }
}
