// What a meter keeps for its customer: K, the journal of batches, and what is left of a code; over restarts and losses.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BillingRecord, formatPairingCode, PairingError, tryPairingCode } from '@hushgrid/billing'
import { IdentityKey, IMPORT_LANE, type Slot, systemRng } from '@hushgrid/primitives'
import { SecretFileError } from '@hushgrid/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BillingStore, showPairingCode } from '../../src/billing/billing-store.ts'
import { MeterStore } from '../../src/dcnet/store.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-billing-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string): string => join(folder, name)
const open = (): BillingStore => BillingStore.open(folder, systemRng, false)

const BEGUN: readonly BillingRecord[] = [
  { kind: 'terms', slotSeconds: 900, lanes: [IMPORT_LANE], period: 'day', timeZone: 'UTC' },
  { kind: 'from', slot: 96 as Slot }
]
const READING: BillingRecord = { kind: 'reading', slot: 97 as Slot, values: [12n] }

/** What a start finds. */
function journalAfterRestart(): readonly BillingRecord[] | undefined {
  const store = open()
  store.close()
  return store.journal
}

describe('the journal', () => {
  it('gives back what was replaced and appended, and K stays; for its owner only', () => {
    const store = open()
    expect(store.journal).toEqual([])
    store.replace(BEGUN)
    store.append(READING)
    store.close()
    const again = open()
    again.close()
    expect(again.journal).toEqual([...BEGUN, READING])
    expect(again.key).toEqual(store.key)
    expect(again.key).toHaveLength(32)
    for (const name of ['billing.key', 'billing-journal.log']) expect(statSync(file(name)).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['gone', () => rmSync(file('billing-journal.log'))],
    ['torn', () => truncateSync(file('billing-journal.log'), statSync(file('billing-journal.log')).size - 1)],
    ['something else', () => writeFileSync(file('billing-journal.log'), 'hello')]
  ])('is lost where it is %s, until it is begun anew', (_, lose) => {
    const store = open()
    store.replace(BEGUN)
    store.append(READING)
    store.close()
    lose()
    expect(journalAfterRestart()).toBeUndefined()
    expect(journalAfterRestart()).toBeUndefined()
    const anew = open()
    anew.replace(BEGUN)
    anew.close()
    expect(journalAfterRestart()).toEqual(BEGUN)
  })
})

describe('a code', () => {
  it('is shown for the meter of the folder, and only what it is checked with is kept', () => {
    const meter = MeterStore.open(folder, systemRng, false)
    meter.close()
    const shown = showPairingCode(folder, systemRng)
    expect(shown.meter).toBe(meter.identity.id)
    const kept = readFileSync(file('billing-pairing.ticket'))
    expect(statSync(file('billing-pairing.ticket')).mode & 0o777).toBe(0o600)
    expect(kept.includes(Buffer.from(shown.code))).toBe(false)
    expect(kept.includes(Buffer.from(formatPairingCode(shown.code)))).toBe(false)
    const store = open()
    const ticket = store.readTicket()
    expect(tryPairingCode(ticket, shown.code)).toEqual({ right: true, ticket: undefined })
    // Shown again, the code before is void.
    showPairingCode(folder, systemRng)
    expect(tryPairingCode(store.readTicket(), shown.code).right).toBe(false)
    store.close()
  })

  it('counts wrong ones over restarts, and is gone once it is used', () => {
    writeFileSync(file('identity.key'), IdentityKey.generate(systemRng).exportSeed(), { mode: 0o600 })
    showPairingCode(folder, systemRng)
    for (let wrong = 1; wrong <= 5; wrong++) {
      const store = open()
      expect(store.readTicket()?.wrong).toBe(wrong - 1)
      store.keepTicket(tryPairingCode(store.readTicket(), new Uint8Array(32)).ticket)
      store.close()
    }
    const store = open()
    expect(store.readTicket()).toBeUndefined()
    expect(existsSync(file('billing-pairing.ticket'))).toBe(false)
    store.close()
  })

  it('is not shown in a folder that is no meter’s, and a ticket that is none is refused', () => {
    expect(() => showPairingCode(folder, systemRng)).toThrow(SecretFileError)
    expect(existsSync(file('billing-pairing.ticket'))).toBe(false)
    const store = open()
    writeFileSync(file('billing-pairing.ticket'), new Uint8Array(34), { mode: 0o600 })
    expect(() => store.readTicket()).toThrow(PairingError)
    store.close()
  })
})
