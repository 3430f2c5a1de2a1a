// Commands of the supplier as a person runs them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

const PROGRAM = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
/** Several processes, on two busy cores. */
export const LONG = 60_000

export interface Ran {
  readonly status: number | null
  readonly out: string
  readonly errors: string
}

/** Runs a command to its end, these lines being piped in. */
export async function runMdms(args: readonly string[], lines: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'pipe', env: { ...process.env, ...env } })
  let out = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    errors += text
  })
  // It may end before it has read anything.
  child.stdin.on('error', () => child.stdin.destroy())
  child.stdin.end(lines.map(line => `${line}\n`).join(''))
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, out, errors }
}

/** Expects one line of error and nothing else, with none of the secrets in it. */
export async function expectRefused(ran: Promise<Ran>, sentence: RegExp, secrets: readonly string[]): Promise<void> {
  const { status, out, errors } = await ran
  expect(errors).toMatch(sentence)
  expect([status, out, errors.trimEnd().split('\n').length]).toEqual([2, '', 1])
  for (const secret of secrets) expect(errors).not.toContain(secret)
}
