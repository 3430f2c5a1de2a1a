// Messages that a party must not take, and those that prove something.
import { lanesFromIntegers, type MeterId } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { decodeSchemeEnvelope } from '../../src/driver/envelope.ts'
import { ttp } from '../../src/schemes/ttp.ts'
import { at, forged, formed, outcomes, readingsOf, sumOf, times } from '../support/driven.ts'
import { FIRST, VirtualParties } from '../support/virtual-parties.ts'

describe('a scheme’s round machine among adversaries', () => {
  /** Hands the aggregator a message before the slot's own, and runs the slot. */
  function withMessage(parties: VirtualParties, bytes: Uint8Array, from = parties.stranger.id): VirtualParties {
    parties.push(parties.aggregator, { type: 'message', from, bytes }, times(0).end + 1 - parties.now)
    parties.runSlot(FIRST, readingsOf(parties))
    expect(outcomes(parties)).toMatchObject([{ type: 'total', lanes: sumOf(readingsOf(parties).values()) }])
    return parties
  }

  it('drops a forged signature', () => {
    const parties = formed()
    const [victim] = parties.group.members as [MeterId]
    const bytes = forged(parties, parties.stranger)
    bytes.set(forged(parties, victim).subarray(0, 32))
    expect(withMessage(parties, bytes).drops()).toEqual(['bad-signature'])
  })

  it.each<[string, Parameters<typeof forged>[2], string]>([
    ['a non-member', {}, 'unknown-sender'],
    ['one that is for another', { receiver: 'ab'.repeat(32) as MeterId }, 'unexpected-type'],
    ['one of a round that there is not', { round: 2 }, 'unknown-sender']
  ])('drops a message of %s', (_, change, reason) => {
    const parties = formed()
    expect(withMessage(parties, forged(parties, parties.stranger, change)).drops()).toEqual([reason])
  })

  it.each<[string, Parameters<typeof forged>[2], string]>([
    ['a round that there is not', { round: 2 }, 'unexpected-type'],
    ['a slot that has not ended', { slot: at(1) }, 'too-early'],
    ['a slot that is over', { slot: at(-3) }, 'slot-over'],
    ['another phase', { phase: 'setup' }, 'slot-over']
  ])('drops a member’s message of %s', (_, change, reason) => {
    const parties = formed()
    const [member] = parties.group.members as [MeterId]
    expect(withMessage(parties, forged(parties, member, change)).drops()).toEqual([reason])
  })

  it('drops what is no envelope', () => {
    expect(withMessage(formed(), new Uint8Array(40)).drops()).toEqual(['malformed'])
    expect(withMessage(formed(), new Uint8Array(600_000)).drops()).toEqual(['oversized'])
  })

  it('drops a message that was sent for another slot', () => {
    const parties = formed()
    parties.runSlot(FIRST, readingsOf(parties))
    const [old] = parties.sent as [(typeof parties.sent)[number]]
    parties.intercept = copy => (copy.from === old.from ? [{ ...copy, bytes: old.bytes }] : [copy])
    parties.runSlot(at(1), readingsOf(parties, 1))
    expect(outcomes(parties)[1]).toMatchObject({ type: 'total', contributors: parties.group.members.filter(id => id !== old.from) })
    expect(parties.drops()).toEqual(['slot-over'])
  })

  it('takes a message once', () => {
    const parties = formed()
    parties.intercept = copy => [copy, copy]
    parties.runSlot(FIRST, readingsOf(parties))
    expect(outcomes(parties)).toMatchObject([{ type: 'total', lanes: sumOf(readingsOf(parties).values()) }])
    expect(parties.drops()).toEqual(Array(4).fill('duplicate'))
  })

  it('shows two different messages of one sender, before and after the round has run', () => {
    const parties = formed()
    const [cheat] = parties.group.members as [MeterId]
    const second = forged(parties, cheat)
    parties.push(parties.aggregator, { type: 'message', from: cheat, bytes: second }, times(0).end + 1000 - parties.now)
    parties.runSlot(FIRST, readingsOf(parties))
    const [accused] = parties.of('accused')
    expect(accused?.member).toBe(cheat)
    const first = parties.sent.find(({ from }) => from === cheat)?.bytes
    expect(accused?.envelopes).toEqual([first, second])
    expect(accused?.envelopes.map(bytes => decodeSchemeEnvelope(bytes, 1000).sender)).toEqual([cheat, cheat])
    expect(parties.drops()).toEqual(['conflicting'])
  })

  it('counts what is sealed for another as unreadable', () => {
    const parties = new VirtualParties({ scheme: ttp, meters: 4 })
    parties.announce()
    parties.runUntil(times(0).end - 1)
    const [one, other, ...rest] = parties.group.members as [MeterId, MeterId, ...MeterId[]]
    const dealer = parties.group.parties.dealer as MeterId
    // What the second has sealed, under the first's name.
    const stolen = new Map<MeterId, Uint8Array>()
    parties.intercept = copy => {
      if (copy.round === 1) stolen.set(copy.from, decodeSchemeEnvelope(copy.bytes, 10_000).body)
      return copy.from === one ? [] : [copy]
    }
    parties.read(FIRST, readingsOf(parties))
    parties.runUntil(times(0).end + 10)
    const body = stolen.get(other) as Uint8Array
    parties.push(dealer, { type: 'message', from: one, bytes: forged(parties, one, { receiver: dealer, sealed: true, body }) }, 1)
    parties.runUntil(times(0).over)
    expect(outcomes(parties)).toMatchObject([{ type: 'total', contributors: [other, ...rest] }])
    expect(parties.drops(dealer)).toEqual(['wrong-shape'])
  })

  it('hides what is sealed', () => {
    const parties = formed(ttp)
    const readings = new Map(parties.group.members.map(id => [id, lanesFromIntegers([0x5a5a5a5a5a, 0x6b6b6b6b])]))
    parties.runSlot(FIRST, readings)
    const first = parties.sent.filter(({ round }) => round === 1).map(({ bytes }) => Buffer.from(bytes).toString('hex'))
    expect(first.filter(hex => hex.includes('5a5a5a5a5a'))).toEqual([])
    expect(new Set(first.map(hex => hex.slice(-160))).size).toBe(4)
  })

  it('stops reading from a peer that floods', () => {
    const parties = formed()
    for (let i = 0; i < 100; i++)
      parties.push(parties.aggregator, { type: 'message', from: parties.stranger.id, bytes: new Uint8Array(i) }, times(0).end - parties.now)
    parties.runSlot(FIRST, readingsOf(parties))
    expect(parties.drops().filter(reason => reason === 'flood')).toHaveLength(36)
  })
})
