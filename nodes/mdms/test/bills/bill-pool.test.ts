// The threads that check bills: how many wait, what a failed thread costs, and that none is left.
import type { Worker } from 'node:worker_threads'
import type { OfferedBill, PublishedTerms } from '@hushgrid/billing'
import { HushgridError, type Millis, sha256, utf8 } from '@hushgrid/primitives'
import { afterEach, describe, expect, it } from 'vitest'
import { BillPool, BillPoolFullError, BillPoolStoppedError } from '../../src/bills/bill-pool.ts'
import { House, SLOT_SECONDS, tariffText } from '../support/delivered-house.ts'

const FLAT = tariffText('flat', '12')
const terms: PublishedTerms = {
  slotSeconds: SLOT_SECONDS,
  tariffs: [{ tariff: 'flat', text: FLAT, from: 0 as Millis, hash: sha256(utf8(FLAT)) }]
}
const good: OfferedBill = { bill: new House('ann').bill(FLAT) }
/** Nothing that comes from a network, and so a mistake of ours. */
const mistaken: OfferedBill = { bill: 7 as unknown as Uint8Array }

/** Threads that run: none may be left when a test is over. */
const running = new Set<Worker>()
let started = 0
process.on('worker', thread => {
  started++
  running.add(thread)
  thread.once('exit', () => running.delete(thread))
})
let pool: BillPool
const opened = (threads: number, most = 100): BillPool => {
  started = 0
  pool = new BillPool({ threads, most })
  return pool
}
afterEach(async () => {
  await pool.stop()
  expect(running.size).toBe(0)
})

describe('a pool', { timeout: 60_000 }, () => {
  it('starts no thread without a bill, and no more than it may', async () => {
    opened(2)
    expect(started).toBe(0)
    const answers = await Promise.all(Array.from({ length: 6 }, () => pool.check(good, () => terms)))
    expect(answers.every(answer => 'checked' in answer && answer.checked.bill === good.bill)).toBe(true)
    expect(started).toBe(2)
  })

  it('takes no more bills than there is room for, and then again', async () => {
    opened(1, 2)
    const two = [pool.check(good, () => terms), pool.check(good, () => terms)]
    await expect(pool.check(good, () => terms)).rejects.toThrow(BillPoolFullError)
    await Promise.all(two)
    expect(await pool.check(good, () => terms)).toHaveProperty('checked')
  })

  it('reads the terms when a bill’s turn has come, and goes by those of now', async () => {
    opened(1)
    let current: PublishedTerms = { ...terms, tariffs: [] }
    const seen = [pool.check(good, () => current)]
    seen.push(pool.check(good, () => Promise.resolve(current)))
    seen.push(pool.check(good, () => Promise.reject(new HushgridError('no terms now'))))
    void seen[0]?.then(() => {
      current = terms
    })
    expect(await Promise.allSettled(seen)).toMatchObject([
      { value: { fault: 'tariff' } },
      { value: { checked: { tariff: 'flat' } } },
      { reason: expect.any(HushgridError) }
    ])
  })

  it('replaces a thread that failed, at the cost of the one bill', async () => {
    opened(1)
    const failed = pool.check(mistaken, () => terms)
    const next = pool.check(good, () => terms)
    await expect(failed).rejects.toThrow(TypeError)
    expect(await next).toHaveProperty('checked')
    expect(started).toBe(2)
  })

  it('that is stopped answers what had begun, and gives up the rest', async () => {
    opened(1)
    await pool.check(good, () => terms)
    const begun = pool.check(good, () => terms)
    const waiting = pool.check(good, () => terms)
    const refused = expect(waiting).rejects.toThrow(BillPoolStoppedError)
    await new Promise(resolve => setImmediate(resolve))
    await pool.stop()
    await refused
    expect(await begun).toHaveProperty('checked')
    await expect(pool.check(good, () => terms)).rejects.toThrow(BillPoolStoppedError)
  })
})
