import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageType, SubmissionPayload, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, type Slot, systemRng } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MeterStore } from '../src/index.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-meter-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (): MeterStore => MeterStore.open(folder, systemRng, false)

function submit(store: MeterStore, slot: number): void {
  const none = new Uint8Array(0)
  const payload = SubmissionPayload.encode({ lanes: new Uint8Array(8), corrections: none, check: none })
  store.append(sealEnvelope(store.identity, MessageType.Submission, new Uint8Array(32), 0 as Epoch, slot as Slot, payload))
}

/** Slots in the journal that a start finds; undefined where it is not intact. */
function slotsAfterRestart(): number[] | undefined {
  const store = open()
  store.close()
  return store.journal.intact ? store.journal.submissions.map(({ slot }) => slot) : undefined
}

describe('a meter’s journal', () => {
  it('gives back the last submissions, and the keys stay', () => {
    const store = open()
    expect(store.journal).toEqual({ intact: true, submissions: [] })
    for (let slot = 1; slot <= 6; slot++) submit(store, slot)
    store.close()
    expect(slotsAfterRestart()).toEqual([3, 4, 5, 6])
    const again = open()
    expect([again.identity.id, again.blinding.publicKey]).toEqual([store.identity.id, store.blinding.publicKey])
    for (const file of ['identity.key', 'blinding.key', 'submissions.log']) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
  })

  for (const [what, harm] of [
    ['damaged', () => appendFileSync(join(folder, 'submissions.log'), 'torn')],
    ['gone', () => rmSync(join(folder, 'submissions.log'))]
  ] as const) {
    it(`that is ${what} counts as lost, at every start until the next submission is in it`, () => {
      const store = open()
      submit(store, 1)
      store.close()
      harm()
      for (let start = 0; start < 3; start++) expect(slotsAfterRestart()).toBe(undefined)
      const again = open()
      submit(again, 9)
      again.close()
      expect(existsSync(join(folder, 'submissions.lost'))).toBe(false)
      expect(slotsAfterRestart()?.at(-1)).toBe(9)
    })
  }
})
