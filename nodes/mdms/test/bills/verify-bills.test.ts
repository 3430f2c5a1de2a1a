// Many bills checked by threads.
import { setTimeout as wait } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import {
  encodeBill,
  makeBill,
  type OfferedBill,
  openBatch,
  type PublishedTerms,
  parseTariff,
  sealBatch,
  TariffFileError
} from '@hushgrid/billing'

import {
  IdentityKey,
  IMPORT_LANE,
  InvalidArgumentError,
  type MeterId,
  type Millis,
  SeededRng,
  type Slot,
  sha256,
  utf8
} from '@hushgrid/primitives'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type BillVerdict, verifyBills } from '../../src/bills/verify-bills.ts'

const LONG = 60_000
const SLOT = 3600
const FROM = Date.UTC(2026, 2, 2) / 3_600_000
const UNTIL = FROM + 24
const text = (name: string, price: string): string =>
  `name: ${name}\ncurrency: EUR\ntimeZone: UTC\nimport:\n  kind: flat\n  price: "${price}"\n`
const TEXTS = { cheap: text('cheap', '12'), dear: text('dear', '55') } as const
const TERMS = termsOf(TEXTS)

function termsOf(texts: Readonly<Record<string, string>>): PublishedTerms {
  const tariffs = Object.entries(texts).map(([tariff, each]) => ({ tariff, text: each, from: 0 as Millis, hash: sha256(utf8(each)) }))
  return { slotSeconds: SLOT, tariffs }
}

interface Named extends OfferedBill {
  readonly meterKey: MeterId
  readonly household: number
}

/** Household i uses i Wh in the first hour, and 100 in the others. */
function billOf(household: number, tariff: keyof typeof TEXTS): Named {
  const identity = IdentityKey.generate(new SeededRng(`household ${household}`))
  const key = sha256(utf8(`key ${household}`))
  const readings = Array.from({ length: 24 }, (_, i) => [i === 0 ? BigInt(household) : 100n])
  const { batch } = sealBatch({ identity, key, slotSeconds: SLOT, firstSlot: FROM as Slot, lanes: [IMPORT_LANE], readings })
  const prices = parseTariff(TEXTS[tariff], tariff).prices({ from: FROM as Slot, until: UNTIL as Slot, slotSeconds: SLOT })
  const bill = encodeBill(makeBill({ batches: [openBatch(batch, key)], prices }))
  return { household, bill, meterKey: identity.id, tariff, period: { from: FROM, until: UNTIL } }
}

let bills: readonly Named[] = []
beforeAll(() => {
  bills = Array.from({ length: 12 }, (_, i) => billOf(i, i % 2 === 0 ? 'cheap' : 'dear'))
}, LONG)

/** Threads that run: none may be left when a test is over. */
const running = new Set<Worker>()
let started = 0
process.on('worker', thread => {
  started++
  running.add(thread)
  thread.once('exit', () => running.delete(thread))
})
afterEach(() => expect(running.size).toBe(0))

async function all(verdicts: AsyncIterable<BillVerdict<Named>>): Promise<BillVerdict<Named>[]> {
  const out: BillVerdict<Named>[] = []
  for await (const verdict of verdicts) out.push(verdict)
  return out.sort((a, b) => a.bill.household - b.bill.household)
}

describe('bills in threads', () => {
  it('are each verified by their own tariff', { timeout: LONG }, async () => {
    const verdicts = await all(verifyBills(bills, { terms: TERMS, threads: 2 }))
    expect(started).toBe(2)
    expect(
      verdicts.map(verdict => 'checked' in verdict && [verdict.bill.household, verdict.checked.tariff, verdict.checked.amount])
    ).toEqual(
      // 12 ct/kWh are 12 thousandths of a cent a Wh.
      bills.map(({ household }) => [
        household,
        household % 2 === 0 ? 'cheap' : 'dear',
        (household % 2 === 0 ? 12n : 55n) * BigInt(2300 + household)
      ])
    )
    for (const verdict of verdicts) expect('checked' in verdict && verdict.checked.bill).toBe(verdict.bill.bill)
  })

  it('that are wrong are named with what failed, and the others are verified all the same', { timeout: LONG }, async () => {
    const [a, b, c, d, e] = bills as [Named, Named, Named, Named, Named]
    const broken = Uint8Array.from(c.bill)
    broken[broken.length - 1] = (broken.at(-1) as number) ^ 1
    const wrong = [
      { ...a, tariff: 'dear' },
      { ...b, meterKey: a.meterKey },
      { ...c, bill: broken },
      { ...d, tariff: 'none' },
      { ...e, bill: e.bill.subarray(1) },
      { ...(bills[5] as Named), period: { from: FROM, until: UNTIL - 1 } },
      bills[6] as Named
    ]
    const verdicts = await all(verifyBills(wrong, { terms: TERMS, threads: 1 }))
    expect(verdicts.map(verdict => ('fault' in verdict ? verdict.fault : 'verified'))).toEqual([
      ...['tariff', 'meter', 'signature', 'tariff', 'encoding', 'period', 'verified']
    ])
    const [first] = verdicts
    expect(first && 'message' in first && first.message).toMatch(/^bill, tariff: expected prices with hash/)
  })

  it('are taken in no faster than the verdicts are taken out', { timeout: LONG }, async () => {
    let taken = 0
    function* source(): Generator<Named> {
      for (const bill of bills) {
        taken++
        yield bill
      }
    }
    const verdicts = verifyBills(source(), { terms: TERMS, threads: 2, ahead: 3 })
    for (let given = 1; given <= bills.length; given++) {
      expect((await verdicts.next()).done).toBe(false)
      // Time enough for the threads to check what they have.
      if (given === 1) await wait(300)
      expect(taken).toBeLessThanOrEqual(given + 3)
    }
    expect(taken).toBe(bills.length)
    expect((await verdicts.next()).done).toBe(true)
  })

  it('stop when told, and when nobody takes the verdicts any more', { timeout: LONG }, async () => {
    let returned = 0
    async function* endless(): AsyncGenerator<Named> {
      try {
        for (;;) {
          await wait(1)
          yield bills[0] as Named
        }
      } finally {
        returned++
      }
    }
    const stopping = new AbortController()
    const verdicts = verifyBills(endless(), { terms: TERMS, threads: 1, signal: stopping.signal })
    await verdicts.next()
    const reason = new Error('told to stop')
    stopping.abort(reason)
    await expect(all(verdicts)).rejects.toBe(reason)
    for await (const _ of verifyBills(endless(), { terms: TERMS, threads: 2 })) break
    await expect(verifyBills(bills, { terms: TERMS, signal: stopping.signal }).next()).rejects.toBe(reason)
    await expect.poll(() => returned, { timeout: 30_000 }).toBe(2)
  })

  it('that never come do not keep anybody from stopping', { timeout: LONG }, async () => {
    const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<Named>>(() => undefined) }) }
    const stopping = new AbortController()
    const waiting = verifyBills(never, { terms: TERMS, threads: 1, signal: stopping.signal }).next()
    setTimeout(() => stopping.abort(new Error('enough')), 50)
    await expect(waiting).rejects.toThrow('enough')
  })

  it('fail where their source fails, or there are no terms for them to be checked by', { timeout: LONG }, async () => {
    function* failing(): Generator<Named> {
      yield bills[0] as Named
      throw new RangeError('no more of them')
    }
    await expect(all(verifyBills(failing(), { terms: TERMS, threads: 1 }))).rejects.toThrow(RangeError)
    const unreadable = termsOf({ x: 'price: 1' })
    await expect(all(verifyBills(bills, { terms: unreadable }))).rejects.toThrow(TariffFileError)
    for (const options of [{ threads: 0 }, { threads: 65 }, { ahead: 0 }, { ahead: 1.5 }]) {
      await expect(all(verifyBills(bills, { terms: TERMS, ...options }))).rejects.toThrow(InvalidArgumentError)
    }
    expect(await all(verifyBills([], { terms: TERMS, threads: 1 }))).toEqual([])
  })

  it('fail where a thread does', { timeout: LONG }, async () => {
    // Not bytes: nothing that comes from a network, and so a mistake of ours.
    const mistaken = { ...(bills[0] as Named), bill: 7 as unknown as Uint8Array }
    await expect(all(verifyBills([mistaken], { terms: TERMS, threads: 1 }))).rejects.toThrow(TypeError)
  })
})
