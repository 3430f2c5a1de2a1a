// Every command of package.json that a person calls explains itself, under the name that it is called by, and ends in order
// where nobody takes that.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Scripts that make or check files of the repository, and take no options. */
const FOR_DEVELOPERS = ['web:build', 'generate', 'api']

const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: Record<string, string> }
const commands = Object.entries(scripts).filter(([name, line]) => line.startsWith('node ') && !FOR_DEVELOPERS.includes(name))

it('knows the commands', () => {
  expect(commands.length).toBeGreaterThan(12)
})

/** Runs a command with an output that takes nothing; gives its status and what it says of that. */
async function runInto(output: 'full' | 'closed', args: readonly string[]) {
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', output === 'full' ? full : 'pipe', 'pipe'] })
  closeSync(full)
  child.stdout?.destroy()
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', text => {
    errors += text
  })
  const [status] = await once(child, 'close')
  return { status, errors }
}

it.each(commands)('pnpm %s --help into a closed pipe, and onto a full disk', { timeout: 60_000 }, async (_, line) => {
  const [, ...args] = line.split(' ')
  const [closed, full] = await Promise.all([runInto('closed', [...args, '--help']), runInto('full', [...args, '--help'])])
  expect(closed).toEqual({ status: 0, errors: '' })
  expect(full).toEqual({ status: 2, errors: 'standard output: expected to write to it, got ENOSPC\n' })
})

it.each(commands)('pnpm %s --help', { timeout: 60_000 }, async (name, line) => {
  const [, ...args] = line.split(' ')
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...args, '--help'], { cwd: ROOT })
  expect(stderr).toBe('')
  expect(stdout).toMatch(new RegExp(`^Usage: pnpm ${name} `))
  expect(stdout).toMatch(new RegExp(`\n {2}pnpm ${name}`))
})
