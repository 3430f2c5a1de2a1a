// A neighbourhood in memory, from forming to totals.
import { decodeEnvelope } from '@hushgrid/messages'
import { EXPORT_LANE, equalBytes, IMPORT_LANE, millis, type Slot, signedLanes, slotTimes } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyAgreements } from '../../src/meter/machine.ts'
import { randomReadings, sumOf, VirtualNeighbourhood } from '../support/virtual-neighbourhood.ts'

const next = (slot: Slot, by = 1): Slot => (slot + by) as Slot

describe('a slot with nobody missing', () => {
  it('has the exact total, in one message a meter, as soon as the last submission is in', () => {
    const n = new VirtualNeighbourhood({ members: 12, degree: 4 })
    const readings = randomReadings(n.rng, 12, 2)
    n.runUntil(slotTimes(n.firstSlot, 900).end)
    for (const [i, meter] of n.meters.slice(0, 11).entries()) n.read(meter, n.firstSlot, readings[i] ?? [])
    expect(n.resultOf(n.firstSlot)).toBeUndefined()
    const last = n.meters[11]
    if (last) n.read(last, n.firstSlot, readings[11] ?? [])
    const result = n.resultOf(n.firstSlot)
    expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(sumOf(readings, 2))
    expect(n.passed.filter(message => message.channel === 'readings')).toHaveLength(12)
    for (const meter of n.meters) expect(meter.outputs.filter(output => output.type === 'total')).toHaveLength(1)
  })

  it('is exact for any size, degree, lanes and readings (property)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 24 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 5 }),
        fc.string({ minLength: 1, maxLength: 8 }),
        (members, half, lanes, seed) => {
          const codes = ['1-0:1.29.0', '1-0:2.29.0', '1-0:3.29.0', '1-0:4.29.0', '1-0:5.29.0'].slice(0, lanes) as (typeof IMPORT_LANE)[]
          const n = new VirtualNeighbourhood({ members, degree: 2 * half, lanes: codes, seed })
          for (let i = 0; i < 3; i++) {
            const readings = randomReadings(n.rng, members, lanes)
            n.runSlot(next(n.firstSlot, i), readings)
            const result = n.resultOf(next(n.firstSlot, i))
            expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(sumOf(readings, lanes))
          }
        }
      ),
      { numRuns: 40, seed: 20261120 }
    )
  })

  it('takes the largest readings of either sign without wrapping', () => {
    const most = (1n << 47n) - 1n
    const n = new VirtualNeighbourhood({ members: 8, degree: 4, lanes: [IMPORT_LANE], maxReading: Number(most) })
    n.runSlot(
      n.firstSlot,
      n.meters.map(() => [most])
    )
    n.runSlot(
      next(n.firstSlot),
      n.meters.map(() => [-most])
    )
    const [up, down] = [n.resultOf(n.firstSlot), n.resultOf(next(n.firstSlot))]
    expect(up?.type === 'total' && signedLanes(up.lanes)).toEqual([8n * most])
    expect(down?.type === 'total' && signedLanes(down.lanes)).toEqual([-8n * most])
  })

  it('has a gap of a meter whose reading is beyond maxReading in any lane, which says so', () => {
    const n = new VirtualNeighbourhood({ members: 8, degree: 4, maxReading: 500 })
    const beyond = [
      [501, 0],
      [0, -501]
    ]
    const readings = n.meters.map((_, i) => beyond[i] ?? (i === 2 ? [500, -500] : [i, i]))
    n.runSlot(n.firstSlot, readings)
    const result = n.resultOf(n.firstSlot)
    expect(result).toMatchObject({ type: 'total', contributors: 6 })
    expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(sumOf(readings.slice(2), 2))
    expect(n.meters.map(({ outputs }) => outputs.flatMap(output => (output.type === 'beyond-max' ? [output.lane] : [])))).toEqual([
      [IMPORT_LANE],
      [EXPORT_LANE],
      ...Array.from({ length: 6 }, () => [])
    ])
  })

  it('crosses the end of a batch of masks', () => {
    const n = new VirtualNeighbourhood({ members: 6, degree: 4, slotSeconds: 60, maxReading: 4000 })
    for (let i = 0; i < 100; i++) {
      const readings = randomReadings(n.rng, 6, 2)
      n.runSlot(next(n.firstSlot, i), readings)
      const result = n.resultOf(next(n.firstSlot, i))
      expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(sumOf(readings, 2))
    }
  })

  it('costs each meter one key agreement a neighbour, once', () => {
    const n = new VirtualNeighbourhood({ members: 20, degree: 6 })
    for (let i = 0; i < 3; i++) n.runSlot(next(n.firstSlot, i), randomReadings(n.rng, 20, 2))
    expect(n.meters.map(meter => keyAgreements(meter.state))).toEqual(new Array(20).fill(6))
  })
})

describe('a slot with a gap', () => {
  it('is not submitted by that meter, is lost without recovery and names who is missing', () => {
    const n = new VirtualNeighbourhood({ members: 8, degree: 4, recovery: 0 })
    const readings: (number[] | undefined)[] = randomReadings(n.rng, 8, 2)
    readings[3] = undefined
    n.runSlot(n.firstSlot, readings)
    const missing = n.meters[3]?.config.identity.id
    expect(n.resultOf(n.firstSlot)).toMatchObject({ type: 'lost', reason: 'MembersMissing', members: [missing] })
    for (const meter of n.meters) expect(meter.outputs.some(output => output.type === 'lost')).toBe(true)
    expect(n.passed.filter(message => message.channel === 'readings')).toHaveLength(7)
  })

  it('does not touch the next slot', () => {
    const n = new VirtualNeighbourhood({ members: 8, degree: 4 })
    n.runSlot(n.firstSlot, randomReadings(n.rng, 7, 2))
    const readings = randomReadings(n.rng, 8, 2)
    n.runSlot(next(n.firstSlot), readings)
    const result = n.resultOf(next(n.firstSlot))
    expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(sumOf(readings, 2))
  })
})

describe('the times of a slot', () => {
  it('lets a reading that comes before the deadline be submitted, and none after', () => {
    const n = new VirtualNeighbourhood({ members: 6, degree: 4 })
    const { deadline } = slotTimes(n.firstSlot, 900)
    const [first, second] = n.meters
    if (!first || !second) throw new Error('six meters')
    n.runUntil(deadline - 1)
    n.read(first, n.firstSlot, [1, 1])
    n.now = millis(deadline)
    n.read(second, n.firstSlot, [1, 1])
    expect(n.submissionsOf(first)).toHaveLength(1)
    expect(n.submissionsOf(second)).toHaveLength(0)
  })

  it('has who is named missing send the same bytes again, over a stream, before the deadline', () => {
    const n = new VirtualNeighbourhood({ members: 6, degree: 4 })
    const readings = randomReadings(n.rng, 6, 2)
    const lost = n.meters[2]
    n.tamper = message => (message.channel === 'readings' && message.from === lost?.config.identity.id ? [] : [message])
    n.runSlot(n.firstSlot, readings)
    const result = n.resultOf(n.firstSlot)
    expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(sumOf(readings, 2))
    const journalled = lost?.journal.filter(record => record.kind === 'submission') ?? []
    expect(journalled).toHaveLength(1)
    const resent = lost?.outputs.find(output => output.type === 'request' && output.to === 'aggregator')
    expect(resent?.type === 'request' && equalBytes(resent.bytes, journalled[0]?.bytes ?? new Uint8Array(0))).toBe(true)
  })
})

describe('a member marked absent', () => {
  it('submits nothing, is masked towards by nobody and is not waited for', async () => {
    const n = new VirtualNeighbourhood({ members: 9, degree: 4 })
    const { withAbsent } = await import('../support/rosters.ts')
    const away = n.meters[4]
    if (!away) throw new Error('nine meters')
    n.runSlot(n.firstSlot, randomReadings(n.rng, 9, 2))
    n.publish('control', n.registrarIdentity.id, withAbsent(n, [away.config.identity.id]))
    const slot = next(n.currentSlot)
    const readings = randomReadings(n.rng, 9, 2)
    n.runSlot(slot, readings)
    const result = n.resultOf(slot)
    expect(result).toMatchObject({ type: 'total', epoch: 1, contributors: 8 })
    expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(
      sumOf(
        readings.filter((_, i) => i !== 4),
        2
      )
    )
    expect(n.submissionsOf(away)).toHaveLength(1)
  })
})

describe('joining', () => {
  it('takes a newcomer in from the next epoch, at a few key agreements whatever n is', () => {
    const n = new VirtualNeighbourhood({ members: 30, degree: 6 })
    n.runSlot(n.firstSlot, randomReadings(n.rng, 30, 2))
    const before = n.meters.map(meter => keyAgreements(meter.state))
    const newcomer = n.addMeter()
    // The roster of the next slot is made half way through this one.
    const slot = next(n.currentSlot, 2)
    n.runUntil(slotTimes(slot, 900).start)
    const readings = randomReadings(n.rng, 31, 2)
    n.runSlot(slot, readings)
    const result = n.resultOf(slot)
    expect(result).toMatchObject({ type: 'total', contributors: 31, epoch: 1 })
    expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(sumOf(readings, 2))
    expect(keyAgreements(newcomer.state)).toBe(6)
    const others = n.meters.slice(0, 30).reduce((sum, meter, i) => sum + keyAgreements(meter.state) - (before[i] ?? 0), 0)
    expect(others).toBe(6)
  })

  it('checks a credential that it has seen before only by its dates', () => {
    const n = new VirtualNeighbourhood({ members: 10, degree: 4 })
    const checks = n.meters.map(meter => meter.state.book.credentialChecks)
    expect(checks).toEqual(new Array(10).fill(10))
    n.addMeter()
    n.runUntil(slotTimes(next(n.firstSlot, 2), 900).start)
    expect(n.meters.slice(0, 10).map(meter => meter.state.book.credentialChecks)).toEqual(new Array(10).fill(11))
  })
})

describe('once per slot', () => {
  it('never submits a second time after a restart, and resends the journalled bytes', () => {
    const n = new VirtualNeighbourhood({ members: 6, degree: 4 })
    const [meter] = n.meters
    if (!meter) throw new Error('six meters')
    n.runUntil(slotTimes(n.firstSlot, 900).end)
    n.read(meter, n.firstSlot, [100, 0])
    n.restart(meter)
    n.read(meter, n.firstSlot, [999, 0])
    n.tick()
    expect(n.submissionsOf(meter)).toHaveLength(1)
  })

  it('submits nothing for the slot that ends next where the journal is lost, and goes on after it', () => {
    const n = new VirtualNeighbourhood({ members: 6, degree: 4 })
    const [meter] = n.meters
    if (!meter) throw new Error('six meters')
    n.runUntil(slotTimes(n.firstSlot, 900).start + 1000)
    n.restart(meter, { intact: false })
    const readings = randomReadings(n.rng, 6, 2)
    n.runSlot(n.firstSlot, readings)
    expect(n.submissionsOf(meter)).toHaveLength(0)
    n.runSlot(next(n.firstSlot), readings)
    expect(n.submissionsOf(meter).map(envelope => envelope.slot)).toEqual([next(n.firstSlot)])
  })

  it('treats a message of its own that the journal does not know as a restored backup', () => {
    const n = new VirtualNeighbourhood({ members: 6, degree: 4 })
    const [meter] = n.meters
    if (!meter) throw new Error('six meters')
    const slot = next(n.firstSlot)
    n.runSlot(n.firstSlot, randomReadings(n.rng, 6, 2))
    n.runUntil(slotTimes(slot, 900).end)
    n.read(meter, slot, [1, 2])
    const own = meter.journal.at(-1)?.bytes ?? new Uint8Array(0)
    n.restart(meter, { intact: true, records: meter.journal.filter(record => record.kind !== 'submission' || record.slot !== slot) })
    n.toMeter(meter, { channel: 'sync', from: n.aggregatorIdentity.id, bytes: own })
    n.read(meter, slot, [500, 2])
    expect(n.submissionsOf(meter).filter(envelope => envelope.slot === slot)).toHaveLength(1)
    expect(decodeEnvelope(own).slot).toBe(slot)
  })

  it('journals a submission before it is published', () => {
    const n = new VirtualNeighbourhood({ members: 6, degree: 4 })
    n.runSlot(n.firstSlot, randomReadings(n.rng, 6, 2))
    for (const meter of n.meters) {
      const order = meter.outputs.map(output => output.type).filter(type => type === 'journal' || type === 'publish')
      // The roster first, then the submission; last how many the total counts.
      expect(order).toEqual(['journal', 'journal', 'publish', 'journal'])
      expect(meter.journal.map(({ kind }) => kind)).toEqual(['roster', 'submission', 'attendance'])
    }
  })
})
