// A run is replayed by the contender that its report names, and refused where nobody knows it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { CONTENDERS } from '../../src/contender/contenders.ts'
import { RUN_FORMAT } from '../../src/report/schema/run.ts'
import { verifyRun } from '../../src/report/verify/verify-run.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-verify-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Writes the report of a run without slots, and without anything beside it. */
function runOf(contender: string, format: string = RUN_FORMAT): string {
  const none = { joins: 0, leaves: 0, crashes: 0, returns: 0, recovered: 0, wrong: 0 }
  const counts = { slots: 0, exact: 0, lost: 0 }
  const measured = { medianCpuMs: 0, medianLatencyMs: null, medianProtocolMs: null, medianUnits: null, medianRounds: null }
  const run = {
    ...{
      format,
      kind: 'live',
      contender,
      started: '2026-11-29T21:59:17.479Z',
      seed: 's',
      signatures: 'ed25519',
      versions: {},
      commit: null,
      changed: null,
      machine: {},
      load: null
    },
    configuration: { network: { name: 'elm-street', slotSeconds: 900, lanes: [] } },
    ...{ keys: { registrar: '11'.repeat(32) }, meters: [], startup: { readyMs: 1, firstTotalMs: null }, memory: { rssBytes: 1 } },
    ...{ wire: { bytesPerSubmission: null, bytesPerSlot: 0 }, keyAgreements: 0, credentialChecks: 0, dropped: {}, slots: [] },
    summary: { ...counts, ...measured, busy: 0, members: 0, degree: 0, bytesPerSlot: 0, keyAgreements: 0, rssBytes: 1 },
    churn: {
      summary: { ...counts, ...none, joinOwnAgreements: 0, joinOtherAgreements: 0, joinBytes: 0 },
      ...{ changes: [], faults: [], withoutEffect: [] }
    }
  }
  const path = mkdtempSync(join(folder, 'run-'))
  writeFileSync(join(path, 'run.json'), JSON.stringify(run))
  return path
}

it.each(CONTENDERS.map(contender => [contender.facts.name, contender] as const))(
  'a run of %s is known by its name',
  async (name, { replay }) => {
    const verdict = verifyRun(runOf(name))
    if (replay) await expect(verdict).rejects.toThrow(/(?:rosters|messages)\.log: expected to read the log \(ENOENT\)/)
    else await expect(verdict).rejects.toThrow(`expected a run that leaves messages to replay, got one of ${name}`)
  }
)

it('a report that an editor of another system saved is the same', async () => {
  const path = runOf('telepathy')
  writeFileSync(join(path, 'run.json'), `\ufeff${readFileSync(join(path, 'run.json'), 'utf8')}\r\n`)
  await expect(verifyRun(path)).rejects.toThrow('got "telepathy"')
})

it('a run of anything else is refused by name', async () => {
  await expect(verifyRun(runOf('telepathy'))).rejects.toThrow(
    'contender of the run: expected one of plain, dcnet, dcnet-double, pes-reencrypt, pes-direct, got "telepathy"'
  )
})

it.each(['hushgrid-run/2', 'hushgrid-churn/1'])('a run of the format %s is refused in a sentence', async format => {
  await expect(verifyRun(runOf('dcnet', format))).rejects.toThrow(/expected a report of this version, got another \(format: /)
})

it('a report that is no JSON, or none, is refused in a sentence', async () => {
  const path = runOf('dcnet')
  writeFileSync(join(path, 'run.json'), '{')
  await expect(verifyRun(path)).rejects.toThrow(/run\.json: expected JSON, got something else/)
  await expect(verifyRun(join(path, 'nowhere'))).rejects.toThrow(/run\.json: expected the report of a finished run \(ENOENT\)/)
})
