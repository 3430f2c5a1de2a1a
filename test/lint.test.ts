// The rules that hold the design (floors, purity) are themselves tested: files that break them are planted
// in a tree of their own, under the repository's configuration, and must be reported, and only they.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const workspace = fileURLToPath(new URL('..', import.meta.url))

interface Finding {
  readonly line: number
  readonly rule: string
  readonly message: string
}

const trees: string[] = []

/** Plants files and lints them; what is found, by file. */
function lint(files: Readonly<Record<string, string>>): Map<string, Finding[]> {
  const tree = mkdtempSync(join(tmpdir(), 'hushgrid-lint-'))
  trees.push(tree)
  const config = JSON.parse(readFileSync(join(workspace, 'biome.json'), 'utf8'))
  writeFileSync(join(tree, 'biome.json'), JSON.stringify({ ...config, vcs: { enabled: false } }))
  cpSync(join(workspace, '.biome'), join(tree, '.biome'), { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), text)
  }
  const biome = join(workspace, 'node_modules/@biomejs/biome/bin/biome')
  const run = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '--error-on-warnings', '.'], {
    cwd: tree,
    encoding: 'utf8',
    maxBuffer: 1 << 28
  })
  if (run.error) throw run.error
  const { diagnostics } = JSON.parse(run.stdout) as {
    diagnostics: { category: string; message: string; location: { path: string; start: { line: number } } }[]
  }
  // 0 and findings, or 1 and none, would mean that `pnpm lint` says something else than this report.
  expect(run.status).toBe(diagnostics.length > 0 ? 1 : 0)
  const found = new Map<string, Finding[]>(Object.keys(files).map(path => [path, []]))
  for (const { category, message, location } of diagnostics) {
    const rule = category.split('/').at(-1) ?? category
    const findings = found.get(location.path)
    if (!findings) throw new Error(`${location.path}: ${message}`)
    findings.push({ line: location.start.line, rule, message })
  }
  for (const findings of found.values()) findings.sort((a, b) => a.line - b.line)
  return found
}

afterAll(() => {
  for (const tree of trees) rmSync(tree, { recursive: true, force: true })
})

const FLOOR_1 = ['primitives', 'topology', 'web-api']
const FLOOR_2 = ['messages', 'paillier', 'billing', 'load-profiles', 'machine', 'statistics']
const FLOORS_1_TO_3 = [...FLOOR_1, ...FLOOR_2, 'dcnet', 'pes', 'schemes', 'scenarios', 'mdms']
const PACKAGES = [...FLOORS_1_TO_3, 'network', 'simulator', 'web', 'http', 'runtime']
const NODES = ['node-registrar', 'node-aggregator', 'node-meter', 'node-concentrator', 'node-mdms', 'node-customer']
const EVERYTHING = [...PACKAGES, ...NODES, 'lab', 'comparison', 'evaluation', 'bench', 'demo', 'scripts', 'test']

/** What may be imported from where: the table of docs/architecture.md. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'packages/primitives': [],
  'packages/web-api': [],
  topology: ['primitives'],
  'packages/messages': ['primitives', 'topology'],
  'packages/paillier': ['primitives', 'topology'],
  'packages/billing': ['primitives', 'topology'],
  'packages/load-profiles': ['primitives', 'topology'],
  'packages/statistics': ['primitives', 'topology'],
  'packages/machine': ['primitives', 'topology', 'messages'],
  'packages/dcnet': ['primitives', 'topology', ...FLOOR_2],
  'packages/pes': ['primitives', 'topology', ...FLOOR_2],
  'packages/schemes': ['primitives', 'topology', ...FLOOR_2],
  'packages/mdms': [...FLOOR_1, ...FLOOR_2],
  'packages/scenarios': ['primitives', 'topology', ...FLOOR_2, 'dcnet'],
  'packages/network': FLOORS_1_TO_3,
  'packages/simulator': FLOORS_1_TO_3,
  'packages/runtime': FLOORS_1_TO_3,
  'packages/web': ['web-api'],
  'packages/http': [...FLOORS_1_TO_3, 'web'],
  'packages/not-in-the-table': [],
  'nodes/meter': PACKAGES,
  'nodes/mdms': PACKAGES,
  'packages/lab': [...PACKAGES, ...NODES],
  'packages/comparison': [...PACKAGES, ...NODES, 'lab'],
  'packages/evaluation': [...PACKAGES, ...NODES, 'lab', 'comparison'],
  'packages/bench': [...PACKAGES, ...NODES, 'lab'],
  'packages/demo': [...PACKAGES, ...NODES, 'lab'],
  scripts: EVERYTHING.filter(name => name !== 'test'),
  test: EVERYTHING
}

describe('roles of the DC-net', () => {
  const ROLES = ['meter', 'aggregator', 'registrar']

  it('import no other role, and what is shared', () => {
    const text = (up: string) =>
      [...ROLES, 'roster', 'masks', 'transcript'].map(room => `import type { A${room} } from '${up}/${room}/state.ts'`).join('\n')
    const found = lint({
      ...Object.fromEntries(ROLES.map(role => [`packages/dcnet/src/${role}/x.ts`, text('..')])),
      ...Object.fromEntries(ROLES.map(role => [`packages/dcnet/src/${role}/recovery/x.ts`, text('../..')]))
    })
    for (const [file, findings] of found) {
      const own = file.split('/')[3] as string
      const lines = findings.filter(({ rule }) => rule === 'noRestrictedImports').map(({ line }) => line)
      expect({ file, lines }).toEqual({ file, lines: ROLES.flatMap((role, i) => (role === own ? [] : [i + 1])) })
    }
  })

  it('keep to the floors of their package', () => {
    const found = lint({ 'packages/dcnet/src/meter/x.ts': `import type { A } from '@hushgrid/network'\n` })
    expect(found.get('packages/dcnet/src/meter/x.ts')?.map(({ rule }) => rule)).toContain('noRestrictedImports')
  })
})

describe('floors', () => {
  const forms = [
    (name: string) => `import '@hushgrid/${name}'`,
    (name: string) => `export * from '@hushgrid/${name}'`,
    (name: string) => `export type { A${name.replaceAll('-', '')} } from '@hushgrid/${name}'`,
    (name: string) => `await import('@hushgrid/${name}')`
  ]
  const text = forms.map(form => EVERYTHING.map(form).join('\n')).join('\n')
  const places = Object.keys(MAY_IMPORT).flatMap(folder =>
    folder === 'test' ? ['test/x.ts', 'test/deep/x.ts'] : [`${folder}/src/x.ts`, `${folder}/src/deep/x.ts`, `${folder}/test/x.ts`]
  )
  let found: Map<string, Finding[]>
  beforeAll(() => {
    found = lint(Object.fromEntries(places.map(place => [place, text])))
  })

  it.each(Object.entries(MAY_IMPORT))('%s imports what the table allows and nothing else', (folder, allowed) => {
    const expected = forms.flatMap((_, form) =>
      EVERYTHING.flatMap((name, i) => (allowed.includes(name) ? [] : [form * EVERYTHING.length + i + 1]))
    )
    const own = places.filter(place => place.startsWith(`${folder}/`))
    expect(own.length).toBeGreaterThan(1)
    for (const place of own) {
      const lines = found.get(place)?.filter(finding => finding.rule === 'noRestrictedImports')
      expect(
        lines?.map(finding => finding.line),
        place
      ).toEqual(expected)
    }
  })

  it('holds for what lies inside a package too', () => {
    const inside = ['node-meter', 'scripts', 'test'].map(name => `import '@hushgrid/${name}/src/x.ts'`).join('\n')
    const found = lint({ 'packages/network/src/x.ts': inside, 'nodes/meter/src/x.ts': inside, 'scripts/src/x.ts': inside })
    const lines = [...found.values()].map(findings => findings.filter(({ rule }) => rule === 'noRestrictedImports').map(({ line }) => line))
    expect(lines).toEqual([[1, 2, 3], [1, 2, 3], [3]])
  })

  it('has no way round by a path', () => {
    const leaving = (path: string) => `import '${path}'\nexport * from '${path}'\nawait import('${path}')\n`
    const files: Record<string, string> = {
      'packages/dcnet/src/out.ts': leaving('../../network/src/index.ts'),
      'packages/dcnet/src/sneaky.ts': leaving('./../../network/src/index.ts'),
      'packages/dcnet/src/deep/out.ts': leaving('../../../network/src/index.ts'),
      'packages/dcnet/src/deep/deeper/out.ts': leaving('../../../../network/src/index.ts'),
      'packages/dcnet/test/out.ts': leaving('../../../scripts/src/index.ts'),
      'nodes/meter/src/out.ts': leaving('../../registrar/src/index.ts'),
      'packages/dcnet/x.config.ts': leaving('../network/src/index.ts'),
      'scripts/x.config.ts': leaving('../nodes/meter/src/index.ts'),
      'topology/src/out.ts': leaving('../../packages/primitives/src/index.ts'),
      'scripts/src/lab/out.ts': leaving('../../../topology/src/index.ts'),
      'test/out.ts': leaving('../scripts/src/index.ts'),
      'test/deep/deeper/out.ts': leaving('../../../scripts/src/index.ts'),
      'test/deep/out.ts': leaving('../../scripts/src/index.ts'),
      'packages/dcnet/src/tests.ts': leaving('../test/help.ts'),
      'packages/dcnet/src/deep/tests.ts': leaving('../../test/help.ts'),
      'packages/dcnet/src/types.ts': `export interface A { a: import('./b.ts').B }\n\nexport type C = typeof import('./b.ts')\n`
    }
    for (const [path, findings] of lint(files)) {
      const lines = findings.filter(finding => finding.rule === 'plugin').map(finding => finding.line)
      expect(lines, path).toEqual(path.endsWith('types.ts') ? [1, 3] : [1, 2, 3])
    }
  })

  it('lets a package import itself by path, and a test what it tests', () => {
    const files = {
      'packages/dcnet/src/deep/in.ts': `export * from '../roster.ts'\nexport * from './x.ts'\n`,
      'packages/dcnet/test/in.ts': `export * from '../src/roster.ts'\n`,
      'packages/dcnet/test/deep/in.ts': `export * from '../../src/roster.ts'\nexport * from '../in.ts'\n`,
      'topology/test/in.ts': `export * from '../src/ring.ts'\n`,
      'test/deep/in.ts': `export * from '../in.ts'\n`
    }
    for (const [path, findings] of lint(files)) expect(findings, path).toEqual([])
  })

  it('asks for a dependency to be declared where it is imported', () => {
    const files = {
      'packages/dcnet/package.json': '{ "name": "@hushgrid/dcnet", "dependencies": { "@hushgrid/primitives": "workspace:*" } }',
      'packages/dcnet/src/x.ts': `export * from '@hushgrid/primitives'\nexport * from '@hushgrid/messages'\n`
    }
    expect(lint(files).get('packages/dcnet/src/x.ts')).toMatchObject([{ line: 2, rule: 'noUndeclaredDependencies' }])
  })
})

describe('purity', () => {
  const PURE = [
    'packages/scenarios/src',
    'packages/statistics/src',
    'packages/machine/src',
    'packages/primitives/src',
    'topology/src',
    'packages/messages/src',
    'packages/paillier/src',
    'packages/billing/src',
    'packages/load-profiles/src',
    'packages/dcnet/src',
    'packages/pes/src',
    'packages/schemes/src',
    'packages/simulator/src'
  ]
  const FREE = ['packages/primitives/test', 'packages/mdms/src', 'packages/network/src', 'packages/runtime/src', 'nodes/meter/src', 'test']

  /** One sin a line, and the rule that it breaks. */
  const SINS: readonly (readonly [string, string])[] = [
    ...[
      ...['fs', 'fs/promises', 'net', 'http', 'https', 'http2', 'dgram', 'dns', 'tls', 'timers', 'timers/promises', 'child_process'],
      ...['worker_threads', 'cluster', 'os', 'process', 'perf_hooks', 'sqlite', 'inspector', 'module', 'vm', 'readline']
    ].map(name => [`import 'node:${name}'`, 'plugin'] as const),
    [`import libp2p from 'libp2p'`, 'plugin'],
    [`import tcp from '@libp2p/tcp'`, 'plugin'],
    [`await import('node:fs')`, 'plugin'],
    [`export * from 'node:os'`, 'plugin'],
    [`import { hash, randomBytes } from 'node:crypto'`, 'plugin'],
    [`import { randomInt as r } from 'node:crypto'`, 'plugin'],
    [`import { getRandomValues } from 'node:crypto'`, 'plugin'],
    [`import { webcrypto } from 'node:crypto'`, 'plugin'],
    [`import { subtle } from 'node:crypto'`, 'plugin'],
    [`import { generatePrimeSync } from 'node:crypto'`, 'plugin'],
    [`import { generateKeyPairSync } from 'node:crypto'`, 'plugin'],
    [`import * as everything from 'node:crypto'`, 'plugin'],
    [`import whole from 'node:crypto'`, 'plugin'],
    [`export * from 'node:crypto'`, 'plugin'],
    [`await import('node:crypto')`, 'plugin'],
    ['setTimeout(f)', 'noRestrictedGlobals'],
    ['setInterval(f)', 'noRestrictedGlobals'],
    ['setImmediate(f)', 'noRestrictedGlobals'],
    ['queueMicrotask(f)', 'noRestrictedGlobals'],
    ['await fetch(f)', 'noRestrictedGlobals'],
    ['f(new WebSocket(f))', 'noRestrictedGlobals'],
    ['f(new EventSource(f))', 'noRestrictedGlobals'],
    ['f(new XMLHttpRequest())', 'noRestrictedGlobals'],
    ['f(new BroadcastChannel(f))', 'noRestrictedGlobals'],
    ['f(new Worker(f))', 'noRestrictedGlobals'],
    ['f(navigator)', 'noRestrictedGlobals'],
    ['f(performance.now())', 'noRestrictedGlobals'],
    ['f(process.env)', 'noRestrictedGlobals'],
    ['f(new Date())', 'noRestrictedGlobals'],
    ['f(Date.now())', 'noRestrictedGlobals'],
    ['f(crypto.randomUUID())', 'noRestrictedGlobals'],
    ['globalThis.setTimeout(f)', 'noRestrictedGlobals'],
    ['global.setTimeout(f)', 'noRestrictedGlobals'],
    ['f(Math.random())', 'noJsRestrictedProperties'],
    ['f(Math.random)', 'noJsRestrictedProperties'],
    ['export const { random } = Math', 'noJsRestrictedProperties'],
    ['f(Temporal.Now.instant())', 'noJsRestrictedProperties'],
    ['f(AbortSignal.timeout(5))', 'noJsRestrictedProperties'],
    [`console.log('here')`, 'noConsole'],
    [`console.error('here')`, 'noConsole']
  ]
  const purity = new Set(SINS.map(([, rule]) => rule))
  const text = `${SINS.map(([sin]) => sin).join('\n')}\n`
  let found: Map<string, Finding[]>
  beforeAll(() => {
    found = lint({
      ...Object.fromEntries([...PURE, ...FREE].map(folder => [`${folder}/x.ts`, text])),
      'packages/dcnet/src/deep/x.ts': text,
      'packages/primitives/src/system-rng.ts': text
    })
  })
  const purityOf = (path: string) => found.get(path)?.filter(finding => purity.has(finding.rule))

  it.each([...PURE, 'packages/dcnet/src/deep'])('%s is kept free of I/O, clocks and randomness', folder => {
    const got = new Set(purityOf(`${folder}/x.ts`)?.map(({ line, rule }) => `${SINS[line - 1]?.[0]}: ${rule}`))
    expect([...got].sort()).toEqual(SINS.map(([sin, rule]) => `${sin}: ${rule}`).sort())
  })

  it.each(FREE)('%s may do I/O', folder => {
    expect(purityOf(`${folder}/x.ts`)).toEqual([])
  })

  it("lets one file draw the system's random bytes, and do nothing else", () => {
    const lines = new Set(purityOf('packages/primitives/src/system-rng.ts')?.map(finding => finding.line))
    const allowed = SINS.flatMap(([sin], i) => (lines.has(i + 1) ? [] : [sin]))
    expect(allowed).toEqual(SINS.flatMap(([sin]) => (sin.includes(`'node:crypto'`) ? [sin] : [])))
  })

  it('lets pure code compute', () => {
    const pure = [
      `import { createCipheriv, type KeyObject } from 'node:crypto'`,
      `import { f } from './f.ts'`,
      `f(createCipheriv, Math.floor(1.5), Temporal.Instant.from('2026-01-01T00:00:00Z'), BigInt.asUintN(64, 1n))`,
      'export type Key = KeyObject'
    ].join('\n')
    expect(lint({ 'packages/dcnet/src/x.ts': `${pure}\n` }).get('packages/dcnet/src/x.ts')).toEqual([])
  })
})

describe('house rules', () => {
  /** A file each, since one finding can hide another. */
  const BREAKS: Readonly<Record<string, readonly [string, string]>> = {
    'any.ts': ['export const a: any = 1', 'noExplicitAny'],
    'ts-ignore.ts': ['// @ts-ignore\nexport const a = 1', 'noTsIgnore'],
    'unused-variable.ts': ['const a = 1', 'noUnusedVariables'],
    'unused-import.ts': [`import { a } from './a.ts'`, 'noUnusedImports'],
    'unused-parameter.ts': ['export function f(a: number): number {\n  return 1\n}', 'noUnusedFunctionParameters'],
    'unused-member.ts': ['export class A {\n  #b = 1\n}', 'noUnusedPrivateClassMembers'],
    'empty-catch.ts': [`import { f } from './f.ts'\ntry {\n  f()\n} catch {}`, 'plugin'],
    'empty-catch-call.ts': [`import { f } from './f.ts'\nawait f().catch(() => {})`, 'plugin'],
    'floating.ts': ['export function f(): void {\n  Promise.reject(new Error("lost"))\n}', 'noFloatingPromises'],
    'misused.ts': ['export function f(p: Promise<boolean>): number {\n  return p ? 1 : 0\n}', 'noMisusedPromises'],
    'switch.ts': [
      `export function f(a: 'x' | 'y'): number {\n  switch (a) {\n    case 'x':\n      return 1\n  }\n  return 0\n}`,
      'useExhaustiveSwitchCases'
    ],
    'enum.ts': ['export enum A {\n  B\n}', 'noEnum'],
    'namespace.ts': ['export namespace A {\n  export const b = 1\n}', 'noNamespace'],
    'parameter-property.ts': ['export class A {\n  constructor(readonly b: number) {}\n}', 'noParameterProperties'],
    'default.ts': ['export default 1', 'noDefaultExport'],
    'parameter-assign.ts': ['export function f(a: number): number {\n  a = 2\n  return a\n}', 'noParameterAssign'],
    'array-type.ts': ['export const a: Array<number> = []', 'useConsistentArrayType'],
    'import-type.ts': [`import { a } from './a.ts'\nexport type B = typeof a`, 'useImportType'],
    'export-type.ts': ['interface A {\n  b: number\n}\nexport { A }', 'useExportType'],
    'evolving.ts': ['let a\na = 1\nexport const b = a', 'noEvolvingTypes'],
    'for-in.ts': ['export function f(a: number[]): void {\n  for (const b in a) f([Number(b)])\n}', 'noForIn'],
    'cycle.ts': [`import { d } from './cycle-back.ts'\nexport const c = d`, 'noImportCycles'],
    'type-cycle.ts': [`import type { D } from './type-cycle-back.ts'\nexport type C = D | number`, 'noImportCycles'],
    'expression.ts': ['export const a = 1\na === 1', 'noUnusedExpressions'],
    'var.ts': ['export var a = 1', 'noVar'],
    'async.ts': ['export async function f(): Promise<number> {\n  return 1\n}', 'useAwait'],
    'error.ts': ['export function f(): never {\n  throw new Error()\n}', 'useErrorMessage'],
    'await.ts': ['export async function f(a: number): Promise<number> {\n  return await a\n}', 'useAwaitThenable'],
    'non-null.ts': ['export const f = (a?: number): number => a!', 'noNonNullAssertion'],
    'throw.ts': [`export function f(): never {\n  throw 'a string'\n}`, 'useThrowOnlyError'],
    'bare-builtin.ts': [`export * from 'fs'`, 'useNodejsImportProtocol'],
    'extension.ts': [`export * from './a'`, 'useImportExtensions'],
    'camelCase.ts': ['export const a = 1', 'useFilenamingConvention'],
    'only.test.ts': [`import { it } from 'vitest'\nit.only('a', () => {})`, 'noFocusedTests'],
    'skip.test.ts': [`import { it } from 'vitest'\nit.skip('a', () => {})`, 'noSkippedTests']
  }
  let found: Map<string, Finding[]>
  beforeAll(() => {
    const files = Object.entries(BREAKS).map(([name, [text]]) => [`packages/network/src/${name}`, `${text}\n`])
    // What the broken imports name has to be there, or an unresolved name hides the finding.
    found = lint({
      ...Object.fromEntries(files),
      'packages/network/src/a.ts': 'export const a = 1\n',
      'packages/network/src/type-cycle-back.ts': `import type { C } from './type-cycle.ts'\nexport type D = C[]\n`,
      'packages/network/src/cycle-back.ts': `import { c } from './cycle.ts'\nexport const d = c\n`
    })
  })

  it.each(Object.entries(BREAKS))('%s', (name, [, rule]) => {
    expect(found.get(`packages/network/src/${name}`)?.map(finding => finding.rule)).toContain(rule)
  })

  it('forbid Node’s recursive making of folders in the sources, in every form', () => {
    const calls = [
      `mkdirSync(path, { recursive: true })`,
      `fs.mkdirSync(path, { recursive: true, mode: 0o700 })`,
      `await mkdir(path, { mode: 0o700, recursive: true })`,
      `await promises.mkdir(path, options.recursive)`,
      `mkdirSync(path, { mode: 0o700 })`,
      `rmSync(path, { recursive: true })`
    ]
    const text = `${calls.join('\n')}\n`
    const places = ['packages/lab/src/x.ts', 'nodes/meter/src/deep/x.ts', 'scripts/src/x.ts', 'packages/lab/test/x.ts']
    const found = lint(Object.fromEntries(places.map(place => [place, text])))
    const lines = places.map(place =>
      found
        .get(place)
        ?.filter(({ message }) => message.includes('makeFolder'))
        .map(({ line }) => line)
    )
    expect(lines).toEqual([...Array.from({ length: 3 }, () => [1, 2, 3, 4]), []])
  })

  it('are silent about a clean file', () => {
    const clean = [
      `import { type A, a } from './a.ts'`,
      '',
      'export async function read(get: () => Promise<A>): Promise<A> {',
      '  try {',
      '    return await get()',
      '  } catch {',
      '    // Nothing was there: the default will do.',
      '    return a',
      '  }',
      '}'
    ].join('\n')
    const files = {
      // What vitest reads must be a default export.
      'vitest.config.ts': `import { a } from './a.ts'\n\nexport default [a]\n`,
      'a.ts': 'export const a = 1\n',
      'packages/network/src/clean.ts': `${clean}\n`,
      'packages/network/src/a.ts': 'export type A = number\nexport const a: A = 1\n'
    }
    expect([...lint(files).values()].flat()).toEqual([])
  })
})
