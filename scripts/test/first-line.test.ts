// The first line of a run comes before the nodes are loaded: what a command imports to read its options has none of them.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const COMMANDS = ['nodes-start', 'demo', 'compare', 'evaluate', 'sweep', 'churn', 'bench'].map(
  name => new URL(`../src/commands/${name}-command.ts`, import.meta.url).href
)
/** Imports modules in a process of their own, and prints the addresses of all that came with them. */
const IMPORTER = `
  import { registerHooks } from 'node:module'
  const seen = new Set()
  registerHooks({ resolve(name, context, next) { const found = next(name, context); seen.add(found.url); return found } })
  for (const url of process.argv.slice(1)) await import(url)
  console.log([...seen].join('\\n'))`

it('of every command that starts nodes', { timeout: 60_000 }, () => {
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', IMPORTER, ...COMMANDS], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8'
  })
  const loaded = stdout.trim().split('\n')
  expect(COMMANDS.filter(url => !loaded.includes(url))).toEqual([])
  expect(
    loaded.filter(url =>
      /libp2p|packages\/(?:network|simulator|demo|pes|dcnet|scenarios)\/|nodes\/[a-z]+\/src(?!\/readings\/data-options\.ts)/.test(url)
    )
  ).toEqual([])
  expect(loaded.filter(url => /packages\/(?:lab|comparison|evaluation|bench)\/src\/index\.ts/.test(url))).toEqual([])
})
