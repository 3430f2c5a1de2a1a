// Delay and loss of the network model, as slots show them.
import { describe, expect, it } from 'vitest'
import type { EvaluatedRun } from '../../src/record/run.ts'
import { simulatedRun } from '../../src/run/simulated-run.ts'
import { keyFor, orderFor } from '../support/orders.ts'

const run = (...order: Parameters<typeof orderFor>): Promise<EvaluatedRun> => simulatedRun(orderFor(...order), { keyFor })
const latencies = ({ slots }: EvaluatedRun): readonly (number | null)[] => slots.map(({ sinceEndMs }) => sinceEndMs)

describe('the delay of messages', () => {
  it.each([
    ['plain', 1],
    ['garcia-jacobs', 3],
    ['vetter', 5],
    ['dcnet', 1]
  ] as const)('takes a total of %s as long as its %i rounds', async (name, rounds) => {
    expect(latencies(await run(name, { delayMs: 0 }))).toEqual([0, 0])
    for (const delayMs of [40, 400]) {
      for (const latency of latencies(await run(name, { delayMs }))) {
        expect(latency).toBeGreaterThanOrEqual((rounds * delayMs) / 2)
        expect(latency).toBeLessThanOrEqual(rounds * 1.5 * delayMs)
      }
    }
  })
})

describe('the loss of messages', () => {
  it.each(['plain', 'dcnet'])('makes %s late by retransmissions, and loses nothing', async name => {
    const calm = await run(name, { n: 12 }, { slots: 6 })
    const lossy = await run(name, { n: 12, loss: 0.2 }, { slots: 6 })
    expect(Math.max(...latencies(calm).map(Number))).toBeLessThan(100)
    // The last of twelve messages is lost at least once in most slots.
    expect(latencies(lossy).filter(latency => Number(latency) >= 1000).length).toBeGreaterThan(3)
    expect(lossy.slots.map(({ exact }) => exact)).toEqual(calm.slots.map(() => true))
  })

  it('is a share of all messages', async () => {
    const { slots } = await run('plain', { n: 40, loss: 0.9 }, { slots: 4 })
    // Lost at each of four tries: 0.9 ** 4.
    const missing = slots.reduce((sum, slot) => sum + slot.missing, 0) / (slots[0]?.members ?? 0) / slots.length
    expect(missing).toBeGreaterThan(0.45)
  })
})
