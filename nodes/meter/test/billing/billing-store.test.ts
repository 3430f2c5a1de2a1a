// What a meter keeps for its customer: K, the journal of batches, and what is left of a code; over restarts and losses.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BillingRecord, decodeBillingKeys, decodePairingTicket, formatPairingCode, PairingError } from '@hushgrid/billing'
import { IdentityKey, IMPORT_LANE, type Slot, systemRng } from '@hushgrid/primitives'
import { SecretFileError } from '@hushgrid/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { askToUnpair, BillingStore, BillingStoreError, showPairingCode } from '../../src/billing/billing-store.ts'
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

/** A ticket as its file has it. */
const decodedTicket = (bytes: Uint8Array) => decodePairingTicket(new Uint8Array(bytes))

/** What a start finds. */
function journalAfterRestart(): readonly BillingRecord[] | undefined {
  const store = open()
  store.close()
  return store.journal
}

describe('the journal', () => {
  it('gives back what was replaced and appended, and the keys stay; for its owner only', () => {
    const store = open()
    expect(store.journal).toEqual([])
    store.replace(BEGUN)
    store.append(READING)
    store.close()
    const again = open()
    again.close()
    expect(again.journal).toEqual([...BEGUN, READING])
    expect(again.keys).toEqual(store.keys)
    expect(again.keys).toMatchObject([{ epoch: 0, from: 0, given: false, key: expect.any(Uint8Array) }])
    for (const name of ['billing.keys', 'billing-journal.log']) expect(statSync(file(name)).mode & 0o777).toBe(0o600)
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

describe('the keys', () => {
  it('are replaced as a whole', () => {
    const store = open()
    const [first] = store.keys
    if (!first) throw new Error('expected a key')
    store.keepKeys([{ ...first, given: true }])
    store.close()
    const again = open()
    again.close()
    expect(again.keys).toEqual([{ ...first, given: true }])
    expect(decodeBillingKeys(new Uint8Array(readFileSync(file('billing.keys'))))).toEqual(again.keys)
  })

  it('are refused where they are the one key of an earlier version, which stays as it is', () => {
    writeFileSync(file('billing.key'), new Uint8Array(32), { mode: 0o600 })
    for (let start = 0; start < 2; start++)
      expect(open).toThrow(
        new BillingStoreError(
          `${file('billing.key')}: expected billing.keys, got the key of an earlier version, whose batches do not name theirs. Move it and billing-journal.log away, and pair the customer anew`
        )
      )
    expect(existsSync(file('billing.keys'))).toBe(false)
  })

  it('are refused where they are gone and their batches are there', () => {
    const store = open()
    store.replace(BEGUN)
    store.close()
    rmSync(file('billing.keys'))
    for (let start = 0; start < 2; start++)
      expect(open).toThrow(/billing\.keys: expected the keys of the batches in billing-journal\.log, got none/)
  })
})

describe('the wish to unpair', () => {
  it('stands over restarts until it is done, and makes a code void that was shown before, but none after', () => {
    writeFileSync(file('identity.key'), IdentityKey.generate(systemRng).exportSeed(), { mode: 0o600 })
    const { meter } = showPairingCode(folder, systemRng)
    expect(askToUnpair(folder)).toBe(meter)
    for (let start = 0; start < 2; start++) {
      const store = open()
      expect([store.unpairAsked(), store.readTicket()]).toEqual([true, undefined])
      store.close()
    }
    showPairingCode(folder, systemRng)
    const store = open()
    store.unpaired()
    expect(store.unpairAsked()).toBe(false)
    expect(store.readTicket()).toBeDefined()
    store.close()
  })

  it('is not taken in a folder that is no meter’s', () => {
    expect(() => askToUnpair(folder)).toThrow(SecretFileError)
    expect(existsSync(file('billing-unpair'))).toBe(false)
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
    expect(store.readTicket()).toEqual(decodedTicket(kept))
    // Shown again, the code before is void.
    showPairingCode(folder, systemRng)
    expect(store.readTicket()).not.toEqual(decodedTicket(kept))
    store.keepTicket(undefined)
    expect(store.readTicket()).toBeUndefined()
    expect(existsSync(file('billing-pairing.ticket'))).toBe(false)
    store.close()
  })

  it('is not shown in a folder that is no meter’s, and a ticket that is none is refused', () => {
    expect(() => showPairingCode(folder, systemRng)).toThrow(SecretFileError)
    expect(existsSync(file('billing-pairing.ticket'))).toBe(false)
    const store = open()
    writeFileSync(file('billing-pairing.ticket'), new Uint8Array(33), { mode: 0o600 })
    expect(() => store.readTicket()).toThrow(PairingError)
    store.close()
  })
})
