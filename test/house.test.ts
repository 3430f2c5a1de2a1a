// What lint cannot see of the house: how full its folders are, what stands at the top of a file, what READMEs and package
// files say.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readmeOf } from '@hushgrid/scripts/readme-of'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Git's files where this is a checkout, for what is ignored does not count. */
const FILES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter(file => file !== '' && !file.includes('/pb/'))
const SOURCES = FILES.filter(file => /\.(ts|tsx)$/.test(file))
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** Files side by side that a reader still takes in at a glance. */
const MOST_FILES = 20
/** Lines above which a file says at its top what it is for. */
const LONG = 80
const TOP_LEVEL = ['deploy', 'docs', 'nodes', 'packages', 'scripts', 'test', 'topology']

describe('folders', () => {
  it(`hold at most ${MOST_FILES} sources side by side`, () => {
    const folders = Map.groupBy(SOURCES, dirname)
    expect([...folders].filter(([, files]) => files.length > MOST_FILES).map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([])
  })

  it('stand at the top level only where the architecture has them', () => {
    const folders = new Set(FILES.filter(file => file.includes('/') && !file.startsWith('.')).map(file => file.split('/')[0]))
    expect([...folders].filter(folder => !TOP_LEVEL.includes(folder as string))).toEqual([])
  })
})

describe('files', () => {
  it(`of more than ${LONG} lines say at their top what they are for`, () => {
    const silent = SOURCES.filter(file => {
      const text = read(file)
      return text.split('\n').length > LONG && !/^(?:\/\/|\/\*)/.test(text)
    })
    expect(silent).toEqual([])
  })

  it('cite only what a user has', () => {
    const citing = FILES.filter(file => /\.(?:tsx?|grit|json|ya?ml|md|css|proto)$/.test(file) && file !== 'test/house.test.ts')
    expect(citing.filter(file => /\bDESIGN\.md\b/.test(read(file)))).toEqual([])
  })
})

describe('packages', () => {
  const manifests = FILES.filter(file => /^(?:packages|nodes)\/[^/]+\/package\.json$|^topology\/package\.json$/.test(file))

  it.each(manifests)('%s has the README that its index gives', manifest => {
    const folder = dirname(manifest)
    expect(read(join(folder, 'README.md'))).toBe(readmeOf(folder, read))
  })

  it('pin what they take from the registry', () => {
    for (const manifest of FILES.filter(file => /(?:^|\/)package\.json$/.test(file))) {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(read(manifest)) as Record<string, Record<string, string>>
      const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
        ([, version]) => !/^(?:workspace:\*|\d+\.\d+\.\d+(?:-r\.\d+)?)$/.test(version)
      )
      expect({ manifest, loose }).toEqual({ manifest, loose: [] })
    }
  })
})
