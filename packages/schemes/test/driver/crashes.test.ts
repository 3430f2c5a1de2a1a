// Parties whose process ends between two outputs, and starts again.
import { BlindingKey, type LaneVector, type MeterId, SeededRng } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { trimmedSchemeJournal } from '../../src/driver/scheme-journal.ts'
import type { Scheme } from '../../src/scheme.ts'
import { kursaweLowOverhead } from '../../src/schemes/kursawe-low-overhead.ts'
import { shi } from '../../src/schemes/shi.ts'
import { at, formed, outcomes, readingsOf, sumOf, times } from '../support/driven.ts'
import { FIRST, SLOT_SECONDS, VirtualParties } from '../support/virtual-parties.ts'

describe('a scheme’s round machine that crashes', () => {
  /** Crashes a party before one of its outputs, restarts it, and gives what everybody did. */
  function crashing(
    scheme: () => Scheme,
    who: (parties: VirtualParties) => MeterId,
    phase: 'setup' | 'slot',
    output: number,
    downFor = 1000
  ) {
    const parties = new VirtualParties({ scheme, meters: 4 })
    const id = who(parties)
    let left = output
    let crashed = false
    const from = phase === 'setup' ? 0 : times(0).end
    parties.crashesAt = by => {
      if (by !== id || crashed || parties.now < from || left-- > 0) return false
      crashed = true
      parties.push(parties.registrar.id, { type: 'tick' }, 0)
      return true
    }
    parties.announce()
    parties.read(FIRST, readingsOf(parties))
    const feed = parties.feed.bind(parties)
    parties.feed = (to, input) => {
      if (to !== parties.registrar.id) feed(to, input)
    }
    for (let time: number = times(0).start; time <= times(0).over; time += downFor) {
      parties.runUntil(time)
      if (crashed && !parties.party(id).state) parties.restart(id)
    }
    return { parties, id, crashed }
  }

  it.each([0, 1, 2, 3])('does not run a round again nor send anything else: meter, output %i of a slot', output => {
    const { parties, id, crashed } = crashing(kursaweLowOverhead, ({ group }) => group.members[1] as MeterId, 'slot', output)
    expect(crashed).toBe(output < 2)
    const sent = new Set(
      parties.sent.filter(({ from, phase }) => from === id && phase === 'slot').map(({ bytes }) => Buffer.from(bytes).toString('hex'))
    )
    expect(sent.size).toBe(output === 0 ? 0 : 1)
    expect(parties.of('accused')).toEqual([])
    const [outcome] = outcomes(parties)
    if (output === 0) expect(outcome).toEqual({ type: 'lost', reason: 'missing', members: [id] })
    else expect(outcome).toMatchObject({ type: 'total', lanes: sumOf(readingsOf(parties).values()) })
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('gives the total or loses the slot: aggregator, output %i of a slot', output => {
    const { parties, crashed } = crashing(
      () => shi({ maxReading: 2000n }),
      ({ aggregator }) => aggregator,
      'slot',
      output
    )
    expect(crashed).toBe(output < 6)
    for (const outcome of outcomes(parties))
      if (outcome.type === 'total') expect(outcome.lanes).toEqual(sumOf(readingsOf(parties).values()))
    // What came while it was down is gone; what it had taken is in the journal.
    if (output >= 5) expect(outcomes(parties)).not.toEqual([])
  })

  it.each([0, 1, 2, 3, 4, 5, 6])('never gives another number: meter, output %i of the setup', output => {
    const { parties } = crashing(kursaweLowOverhead, ({ group }) => group.members[2] as MeterId, 'setup', output)
    for (const outcome of outcomes(parties))
      if (outcome.type === 'total') expect(outcome.lanes).toEqual(sumOf(readingsOf(parties).values()))
    expect(parties.of('accused')).toEqual([])
  })

  it('has what it took before', () => {
    const parties = formed(kursaweLowOverhead)
    const [one, two, ...rest] = parties.group.members as [MeterId, MeterId, ...MeterId[]]
    const readings = readingsOf(parties)
    parties.read(FIRST, new Map([one, two].map(id => [id, readings.get(id) as LaneVector])))
    parties.runUntil(times(0).end + 1000)
    parties.crash(parties.aggregator)
    parties.restart(parties.aggregator)
    for (const id of rest) parties.push(id, { type: 'reading', slot: FIRST, lanes: readings.get(id) as LaneVector }, 0)
    parties.runUntil(times(0).over)
    expect(outcomes(parties)).toMatchObject([{ type: 'total', lanes: sumOf(readings.values()) }])
  })

  it('needs of its journal only the groups and what is not over', () => {
    const parties = formed(kursaweLowOverhead)
    const party = parties.party(parties.aggregator)
    for (const index of [0, 1, 2]) {
      parties.runSlot(at(index), readingsOf(parties, index))
      parties.runUntil(times(index + 1).end - 1)
      const before = party.kept.journal.length
      party.kept.journal = trimmedSchemeJournal(party.kept.journal, SLOT_SECONDS, parties.now)
      expect(before - party.kept.journal.length).toBe(5)
      parties.restart(parties.aggregator)
    }
    expect(outcomes(parties).map(({ type }) => type)).toEqual(['total', 'total', 'total'])
  })

  it('goes on after its setup with what it has kept', () => {
    const parties = formed(kursaweLowOverhead)
    parties.runSlot(FIRST, readingsOf(parties))
    parties.runUntil(times(1).end - 1)
    for (const id of parties.parties.keys()) {
      parties.crash(id)
      parties.restart(id)
    }
    parties.runSlot(at(1), readingsOf(parties, 1))
    expect(outcomes(parties)).toMatchObject([{ type: 'total' }, { type: 'total', lanes: sumOf(readingsOf(parties, 1).values()) }])
  })

  it('takes part in nothing of before without its journal', () => {
    const parties = new VirtualParties({ scheme: kursaweLowOverhead, meters: 4 })
    const [lost] = parties.group.members as [MeterId]
    const bytes = parties.announcement()
    const party = parties.party(lost)
    const agreement = BlindingKey.generate(new SeededRng('another'))
    const kept = { journal: [], memory: { rounds: new Map(), ran: new Map() } }
    parties.parties.set(lost, { config: { ...party.config, agreement }, state: undefined, kept })
    parties.restart(lost)
    parties.feed(lost, { type: 'group', from: parties.registrar.id, bytes })
    expect(parties.drops(lost)).toEqual(['roster-refused'])
  })
})
