// Every command of package.json that a person calls explains itself, under the name that it is called by.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
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

it.each(commands)('pnpm %s --help', { timeout: 60_000 }, async (name, line) => {
  const [, ...args] = line.split(' ')
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...args, '--help'], { cwd: ROOT })
  expect(stderr).toBe('')
  expect(stdout).toMatch(new RegExp(`^Usage: pnpm ${name} `))
  expect(stdout).toMatch(new RegExp(`\n {2}pnpm ${name}`))
})
