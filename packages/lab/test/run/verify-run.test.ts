// A run is replayed by the contender that its report names, and refused where nobody knows it or nobody could check it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { CONTENDERS } from '../../src/contender/contenders.ts'
import { verifyRun } from '../../src/run/verify-run.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-verify-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Writes the report of a run without slots. */
function runOf(mode: string | undefined, format = 'hushgrid-run/2'): string {
  const configuration = { ...(mode !== undefined && { mode }), network: { name: 'elm-street', slotSeconds: 900, lanes: [] } }
  const run = { format, configuration, keys: { registrar: '11'.repeat(32) }, slots: [] }
  const path = mkdtempSync(join(folder, 'run-'))
  writeFileSync(join(path, 'run.json'), JSON.stringify(run))
  return path
}

it.each(CONTENDERS.map(contender => [contender.facts.name, contender] as const))('a run of %s is known by its name', (name, contender) => {
  const run = runOf(name)
  if (contender.replay) expect(() => verifyRun(run)).toThrow(/rosters\.log/)
  else expect(() => verifyRun(run)).toThrow(/expected a run of the DC-net; ./)
})

it.each(['dcnet', undefined])('a run of mode %s is the DC-net’s', mode => {
  expect(() => verifyRun(runOf(mode))).toThrow(/rosters\.log/)
})

it('a report that an editor of another system saved is the same', () => {
  const path = runOf('telepathy')
  writeFileSync(join(path, 'run.json'), `\ufeff${readFileSync(join(path, 'run.json'), 'utf8')}\r\n`)
  expect(() => verifyRun(path)).toThrow('got "telepathy"')
})

it('a run of mode pes is one that only its supplier can check', () => {
  expect(() => verifyRun(runOf('pes'))).toThrow(/only the supplier can open an aggregate/)
})

it('a run of anything else is refused by name', () => {
  expect(() => verifyRun(runOf('telepathy'))).toThrow(
    'mode of the run: expected one of plain, dcnet, dcnet-double, pes-reencrypt, pes, pes-direct, got "telepathy"'
  )
})

it('a run of protocol version 1 is refused in a sentence', () => {
  expect(() => verifyRun(runOf('dcnet', 'hushgrid-run/1'))).toThrow(/expected a report of this version, got another \(format: /)
})
