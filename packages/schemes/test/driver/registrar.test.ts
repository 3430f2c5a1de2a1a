// Announcements of groups, and what a party makes of bad ones.
import type { MeterId } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { type AgreementKey, agreementKey, decodeAnnouncement, sealAnnouncement } from '../../src/driver/announcement.ts'
import type { Scheme } from '../../src/scheme.ts'
import { plain } from '../../src/schemes/plain.ts'
import { at, formed } from '../support/driven.ts'
import { FIRST, nextEpoch, type VirtualParties } from '../support/virtual-parties.ts'

describe('a scheme’s round machine and its registrar', () => {
  const dropsOf = (bytes: (parties: VirtualParties) => Uint8Array): string[] => {
    const parties = formed()
    parties.feed(parties.group.members[0] as MeterId, { type: 'group', from: parties.registrar.id, bytes: bytes(parties) })
    return parties.drops()
  }

  it('takes a group of nobody else', () => {
    const parties = formed()
    const group = nextEpoch(parties.group, parties.group.members)
    const held = decodeAnnouncement(parties.announcement()).keys
    const bytes = sealAnnouncement({ group, phase: 'setup', firstSlot: at(1), keys: held }, 'plain', parties.stranger)
    parties.feed(parties.aggregator, { type: 'group', from: parties.stranger.id, bytes })
    expect(parties.drops()).toEqual(['bad-signature'])
  })

  it('shows two groups of one epoch', () => {
    const parties = formed()
    const [, ...rest] = parties.group.members
    const other = parties.announcement({ ...parties.group, members: rest, joined: rest }, at(1))
    parties.feed(parties.aggregator, { type: 'group', from: parties.registrar.id, bytes: other })
    expect(parties.of('accused')).toMatchObject([{ member: parties.registrar.id, envelopes: [parties.announcement(), other] }])
    expect(parties.drops()).toEqual(['conflicting'])
  })

  it('drops an old group, one once more, and one of a slot that has begun to end', () => {
    expect(dropsOf(parties => parties.announcement())).toEqual(['duplicate'])
    expect(dropsOf(parties => parties.announcement(nextEpoch(parties.group, parties.group.members), at(-1)))).toEqual(['wrong-epoch'])
    expect(dropsOf(parties => parties.announcement(nextEpoch(parties.group, parties.group.members), FIRST))).toEqual(['slot-over'])
  })

  it('refuses a key that is not its party’s, or not its own', () => {
    /** Announces a member with another key, and gives why the first member drops that. */
    const swapped = (whose: number, keyOf: (parties: VirtualParties, victim: MeterId) => AgreementKey): string[] => {
      const parties = formed()
      const group = nextEpoch(parties.group, parties.group.members)
      const victim = group.members[whose] as MeterId
      const keys = new Map([...decodeAnnouncement(parties.announcement()).keys, [victim, keyOf(parties, victim)]])
      const bytes = sealAnnouncement({ group, phase: 'setup', firstSlot: at(1), keys }, 'plain', parties.registrar)
      parties.feed(group.members[0] as MeterId, { type: 'group', from: parties.registrar.id, bytes })
      return parties.drops()
    }
    const other = (parties: VirtualParties) => parties.party(parties.aggregator).config.agreement
    const own = (parties: VirtualParties, victim: MeterId) => parties.party(victim).config
    expect(swapped(0, (all, victim) => agreementKey(own(all, victim).identity, other(all)))).toEqual(['roster-refused'])
    expect(swapped(1, all => agreementKey(all.registrar, other(all)))).toEqual(['roster-refused'])
    expect(
      swapped(1, (all, victim) => ({ ...agreementKey(own(all, victim).identity, own(all, victim).agreement), key: other(all).publicKey }))
    ).toEqual(['roster-refused'])
    expect(swapped(1, (all, victim) => agreementKey(own(all, victim).identity, other(all)))).toEqual([])
  })

  it('takes no group with more lanes than its scheme can carry', () => {
    const narrow = (): Scheme => ({ ...plain(), facts: { ...plain().facts, mostLanes: 1 } })
    const parties = formed(narrow)
    expect(parties.drops()).toEqual(Array(parties.parties.size).fill('roster-refused'))
    expect(parties.of('send')).toEqual([])
  })

  it('reads announcements that have just what they should', () => {
    const parties = formed()
    const bytes = parties.announcement()
    expect(decodeAnnouncement(bytes)).toMatchObject({ group: parties.group, phase: 'setup', firstSlot: FIRST })
    for (const cut of [bytes.subarray(0, -1), bytes.subarray(0, 40), new Uint8Array([...bytes, 0]), new Uint8Array(0)])
      expect(() => decodeAnnouncement(cut)).toThrow(/announcement: expected/)
  })
})
