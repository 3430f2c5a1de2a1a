// Replay of the path by concentrator and PES: a second word of a signer on a slot is held against it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { networkId } from '@hushgrid/dcnet'
import { MessageType, PesAggregate, PesBatch, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, IdentityKey, type Slot, systemRng } from '@hushgrid/primitives'
import { RecordLog } from '@hushgrid/runtime'
import { afterAll, expect, it } from 'vitest'
import { replayPes } from '../../src/contender/pes/replay-run.ts'
import type { RunFile } from '../../src/report/run-file.ts'

const root = mkdtempSync(join(tmpdir(), 'hushgrid-pes-replay-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const NAME = 'elm-street'
const SLOT = 1_936_440 as Slot
const [concentrator, pes] = [IdentityKey.generate(systemRng), IdentityKey.generate(systemRng)]
const sealed = (signer: IdentityKey, type: MessageType, payload: Uint8Array): Uint8Array =>
  sealEnvelope(signer, type, networkId(NAME), 0 as Epoch, SLOT, payload)

const BATCH = sealed(
  concentrator,
  MessageType.PesBatch,
  PesBatch.encode({ members: [], readings: [], last: true, expected: Uint8Array.of(1) })
)
const aggregate = (partial: number[]): Uint8Array =>
  sealed(
    pes,
    MessageType.PesAggregate,
    PesAggregate.encode({
      expected: Uint8Array.of(1),
      contributors: Uint8Array.of(),
      ciphertext: Uint8Array.of(),
      partial: Uint8Array.from(partial)
    })
  )

function problemsOf(...messages: readonly Uint8Array[]): readonly string[] {
  const folder = mkdtempSync(join(root, 'run-'))
  const { log } = RecordLog.open(join(folder, 'messages.log'), false)
  for (const bytes of messages) log.append(bytes)
  log.close()
  const run = {
    configuration: { network: { name: NAME, slotSeconds: 900 } },
    ...{ keys: { concentrator: concentrator.id, pes: pes.id }, meters: [], slots: [] }
  }
  return replayPes(folder, run as unknown as RunFile, undefined).problems.filter(problem => !problem.includes('expected the setup'))
}

it('an aggregate that comes again is no evidence, and one record too many', () => {
  expect(problemsOf(BATCH, aggregate([]), aggregate([]))).toEqual(['messages.log: expected each record once, got 1 record again'])
})

it('two different aggregates of a slot are evidence against the PES, which signed both', () => {
  expect(problemsOf(BATCH, aggregate([]), aggregate([1]))).toEqual([
    `slot ${SLOT}: two different aggregates, which is evidence against the PES`
  ])
})
