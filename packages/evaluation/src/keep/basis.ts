// What all runs of an evaluation have in common beside their orders: the code that measures, and the readings. Where it
// differs, runs cannot be compared with those that are there.
import { createHash } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadScenario, scenarioPath } from '@hushgrid/lab'

/** Digests of what runs are made with. */
export interface Basis {
  /** Digest of the code that runs are made by, whatever its commit. */
  readonly code: string
  /** Digest of the readings; null where they are made of the seed. */
  readonly data: string | null
  /** Digests of the churn scenarios, by their names in the file; left out by earlier versions. */
  readonly churn?: Readonly<Record<string, string>> | undefined
}

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
/** Sources that take part in a run, and files that they read. */
const TAKING_PART = [
  ...['packages/*/src/**/*.ts', 'nodes/*/src/**/*.ts', 'topology/src/**/*.ts', 'pnpm-lock.yaml'],
  'topology/{networks,scenarios}/**/*.{yaml,csv}'
]
/** Sources of packages that no run loads, and of rooms that plan, keep and show runs. */
const NOT_MEASURING = [
  /^packages\/(?:bench|demo|http|mdms|web|web-api|statistics|privacy|billing-baselines)\//,
  /^packages\/evaluation\/src\/(?!run\/|record\/)/,
  /^packages\/comparison\/src\/(?:figures|million|report)\//,
  /^packages\/lab\/src\/web\//,
  /^nodes\/(?:customer|mdms)\//
]

/**
 * Gives the basis of an evaluation that begins now.
 *
 * @param churn - names of its scenarios
 */
export function basisOf(data: string | undefined, churn: readonly string[] = []): Basis {
  const sources = globSync(TAKING_PART, { cwd: ROOT }).map(file => file.replaceAll('\\', '/'))
  const measuring = sources.filter(file => !NOT_MEASURING.some(pattern => pattern.test(file)))
  return {
    code: digestOf(ROOT, measuring),
    data: data === undefined ? null : digestOf(data, filesOf(data)),
    churn: Object.fromEntries(churn.map(name => [name, scenarioDigest(name)]))
  }
}

/** Gives the digest of what a scenario and the trace that it names come to. */
function scenarioDigest(name: string): string {
  const { scenario, operations } = loadScenario(scenarioPath(name))
  return createHash('sha256')
    .update(JSON.stringify([scenario, operations]))
    .digest('hex')
}

function filesOf(data: string): string[] {
  if (!statSync(data, { throwIfNoEntry: false })?.isDirectory()) return ['']
  return globSync('**/*', { cwd: data }).filter(file => statSync(join(data, file)).isFile())
}

function digestOf(folder: string, files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of [...files].sort()) {
    const content = readFileSync(file === '' ? folder : join(folder, file))
    hash.update(`${file}\0${content.byteLength}\0`).update(content)
  }
  return hash.digest('hex')
}
