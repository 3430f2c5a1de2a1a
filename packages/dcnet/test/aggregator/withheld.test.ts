// Lanes that a total lacks: who says so, and with which numbers, whether the roster leaves the lane out or the total does.
import { decodeEnvelope, MessageType, SlotTranscript } from '@hushgrid/messages'
import { EXPORT_LANE, IMPORT_LANE, type Slot, signedLanes, slotTimes } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { createMeter } from '../../src/meter/machine.ts'
import { withheldIn } from '../../src/transcript/lane-counts.ts'
import { replaySlot } from '../../src/transcript/transcript.ts'
import { VirtualNeighbourhood, type VirtualOptions } from '../support/virtual-neighbourhood.ts'

const next = (slot: Slot, by = 1): Slot => (slot + by) as Slot

/** A neighbourhood in which the first so many homes have a generator. */
function withGenerators(generators: number, options: Partial<VirtualOptions> = {}): VirtualNeighbourhood {
  const lanesOf = (meter: number) => [IMPORT_LANE, EXPORT_LANE].slice(0, meter < generators ? 2 : 1).map(obis => ({ obis, consent: false }))
  return new VirtualNeighbourhood({ members: 12, degree: 6, minMembers: 6, lanesOf, ...options })
}

/** Runs a slot in which some meters have no reading. */
function run(n: VirtualNeighbourhood, slot: Slot, without: readonly number[] = []): void {
  const lanes = n.aggregator.book.ofSlot(slot)?.roster.lanes.length ?? 0
  n.runSlot(
    slot,
    n.meters.map((_, i) => (without.includes(i) ? undefined : new Array(lanes).fill(10)))
  )
}

/** What the aggregator, and each meter that is there, say of a slot's lanes. */
function said(n: VirtualNeighbourhood, slot: Slot) {
  const totals = [n.aggregatorOutputs, ...n.meters.filter(({ off }) => !off).map(({ outputs }) => outputs)].map(outputs =>
    outputs.find(output => output.type === 'total' && output.slot === slot)
  )
  return totals.map(total => (total?.type === 'total' ? total.withheld : undefined))
}

const alike = (n: VirtualNeighbourhood, slot: Slot) => {
  const [own, ...others] = said(n, slot)
  for (const other of others) expect(other).toEqual(own)
  return own
}

describe('a lane that a total lacks', () => {
  it('where the roster leaves it out is counted by the credentials, by all alike', () => {
    const n = withGenerators(3)
    run(n, n.firstSlot)
    expect(n.aggregator.book.latest?.roster.lanes.map(({ obis }) => obis)).toEqual([IMPORT_LANE])
    expect(alike(n, n.firstSlot)).toEqual({ [EXPORT_LANE]: { able: 3, of: 12, needed: 6 } })
    run(n, next(n.firstSlot), [0, 11])
    expect(alike(n, next(n.firstSlot))).toEqual({ [EXPORT_LANE]: { able: 2, of: 10, needed: 6 } })
  })

  it('is counted so after a restart, and after a delta', () => {
    const n = withGenerators(3)
    run(n, n.firstSlot)
    n.restartAggregator()
    // From their journals alone.
    for (const meter of n.meters) meter.state = createMeter(meter.config, { intact: true, records: meter.journal }, n.now)
    run(n, next(n.firstSlot))
    expect(alike(n, next(n.firstSlot))).toEqual({ [EXPORT_LANE]: { able: 3, of: 12, needed: 6 } })
    n.addMeter()
    n.runUntil(slotTimes(next(n.firstSlot, 3), 900).start)
    const slot = next(n.firstSlot, 3)
    run(n, slot)
    expect(alike(n, slot)).toEqual({ [EXPORT_LANE]: { able: 3, of: 13, needed: 6 } })
  })

  it('that nobody can fill says so, and one that the roster has and the total lacks by the roster', () => {
    const none = withGenerators(0)
    run(none, none.firstSlot)
    expect(alike(none, none.firstSlot)).toEqual({ [EXPORT_LANE]: { able: 0, of: 12, needed: 6 } })
    const six = withGenerators(6)
    run(six, six.firstSlot)
    expect(alike(six, six.firstSlot)).toEqual({})
    run(six, next(six.firstSlot), [2])
    expect(alike(six, next(six.firstSlot))).toEqual({ [EXPORT_LANE]: { able: 5, of: 11, needed: 6 } })
  })

  it('needs as many as minMembers where the network would do with fewer and not all consent', () => {
    const consenting = (consents: number) =>
      withGenerators(0, {
        support: 2,
        lanesOf: meter => [{ obis: IMPORT_LANE, consent: false }, ...(meter < 3 ? [{ obis: EXPORT_LANE, consent: meter < consents }] : [])]
      })
    const all = consenting(3)
    run(all, all.firstSlot)
    expect(alike(all, all.firstSlot)).toEqual({})
    const not = consenting(2)
    run(not, not.firstSlot)
    expect(alike(not, not.firstSlot)).toEqual({ [EXPORT_LANE]: { able: 3, of: 12, needed: 6 } })
  })

  it('goes to a supplier with the result, and follows from transcript and credentials', () => {
    const n = withGenerators(3)
    run(n, n.firstSlot, [1])
    const record = n.aggregatorJournal.find(each => each.kind === 'result')
    const { lanes, result, envelopes } = SlotTranscript.decode(record?.bytes ?? new Uint8Array(0))
    expect(decodeEnvelope(result).type).toBe(MessageType.SlotTotal)
    expect(lanes).toEqual([
      { obis: IMPORT_LANE, able: 11, needed: 6, open: true },
      { obis: EXPORT_LANE, able: 2, needed: 6, open: false }
    ])
    const held = n.registrar.book.latest
    if (!held) throw new Error('a roster')
    const replayed = replaySlot(held.roster, result, envelopes)
    expect([...signedLanes(replayed.lanes)]).toEqual([110n])
    expect(withheldIn(held, n.registrarConfig.lanes, new Set(replayed.missing))).toEqual({ [EXPORT_LANE]: { able: 2, of: 11, needed: 6 } })
  })
})
