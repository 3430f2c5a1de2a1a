// The registrar over time: who leaves, who is away and who comes back, and that it comes up again as it was.
import { decodeEnvelope, MessageType, sealEnvelope } from '@hushgrid/messages'
import { BlindingKey, type Epoch, equalBytes, millis, SeededRng, type Slot, toHex } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import type { RegistrarRecord } from '../../src/registrar/journal.ts'
import { createRegistrar } from '../../src/registrar/machine.ts'
import type { RegistrarState } from '../../src/registrar/state.ts'
import { at, but, type Member, Registry, SLOT_SECONDS, slots } from '../support/registry.ts'

const rng = new SeededRng('membership tests')
function placementOf(registry: Registry, member: Member): string | undefined {
  const index = registry.roster.indexOf(member.id)
  return index === undefined ? undefined : toHex(registry.roster.member(index).placement)
}

describe('a member that leaves', () => {
  it('is out from the next roster, and comes back to the same place however often', () => {
    const registry = new Registry({ members: 8 })
    const member = registry.members[2] as Member
    const place = placementOf(registry, member)
    for (let times = 0; times < 2; times++) {
      expect(registry.leave(member).refused).toBe('')
      expect(registry.leave(member).refused).toBe('')
      expect(registry.roster.indexOf(member.id)).toBeDefined()
      slots(registry, 1)
      expect(registry.roster.indexOf(member.id)).toBeUndefined()
      expect(registry.of('changes').at(-1)).toMatchObject({ left: [member.id], joined: [], absent: [], delta: true })
      slots(registry, 1, member)
      expect(registry.join(member).refused).toBe('')
      slots(registry, 1, member)
      expect(placementOf(registry, member)).toBe(place)
    }
    expect(registry.journal.filter(record => record.kind === 'leaving')).toHaveLength(2)
    expect(registry.roster.epoch).toBe(4)
  })

  it('stays where it asks to be in again before the roster is made', () => {
    const registry = new Registry({ members: 8 })
    const [first, second] = registry.members as [Member, Member]
    registry.leave(first)
    registry.leave(second)
    registry.join(first)
    const restarted = registry.restart()
    expect([...restarted.leaving.keys()]).toEqual([second.id])
    slots(registry, 1)
    expect(registry.roster.indexOf(first.id)).toBeDefined()
    expect(registry.roster.indexOf(second.id)).toBeUndefined()
  })

  it('waits while too few would stay, and newcomers do not', () => {
    const registry = new Registry({ members: 6, minMembers: 6 })
    const [first, second] = registry.members as [Member, Member]
    registry.leave(first)
    slots(registry, 2)
    expect(registry.roster.epoch).toBe(0)
    expect(registry.of('cannot-form')).toEqual([
      { type: 'cannot-form', detail: 'expected at least 6 present members that the mask graph holds together, got 0 of the 5 there' }
    ])
    registry.leave(second)
    registry.join(registry.newMember())
    slots(registry, 1)
    // With both gone there would be five; the newcomer is in all the same.
    expect(registry.roster.n).toBe(7)
    expect([...registry.state.leaving.keys()]).toEqual([first.id, second.id])
    expect(registry.of('cannot-form')).toHaveLength(1)
    registry.join(registry.newMember())
    slots(registry, 1)
    expect(registry.roster.n).toBe(6)
    expect(registry.state.leaving.size).toBe(0)
    expect(registry.roster.minMembers).toBeLessThanOrEqual(registry.roster.presentCount)
  })

  it('is not heard where it was never in, or where somebody else says so', () => {
    const registry = new Registry({ members: 6 })
    const stranger = registry.newMember()
    expect(registry.leave(stranger).refused).toContain('has joined')
    const member = registry.members[0] as Member
    const bytes = sealEnvelope(
      stranger.identity,
      MessageType.LeaveRequest,
      registry.networkId,
      0 as Epoch,
      registry.slot,
      new Uint8Array(0)
    )
    registry.step({ type: 'enrol', from: member.id, bytes, token: 1 })
    const old = sealEnvelope(
      member.identity,
      MessageType.LeaveRequest,
      registry.networkId,
      0 as Epoch,
      (registry.slot - 2) as Slot,
      new Uint8Array(0)
    )
    registry.step({ type: 'enrol', from: member.id, bytes: old, token: 1 })
    expect(registry.of('dropped').map(output => output.reason)).toEqual(['unknown-sender', 'slot-over'])
    expect(registry.state.leaving.size).toBe(0)
    // One that waits to be in gives it up.
    registry.join(stranger)
    registry.leave(stranger)
    expect(registry.state.waiting.size).toBe(0)
    expect(registry.restart().waiting.size).toBe(0)
  })
})

describe('a member that asks to be in again', () => {
  it('has its new address in the next roster', () => {
    const registry = new Registry({ members: 6 })
    const member = registry.members[1] as Member
    registry.join(member)
    slots(registry, 1)
    expect(registry.roster.epoch).toBe(0)
    member.address = '/ip4/10.7.7.7/tcp/1'
    registry.join(member)
    slots(registry, 1)
    expect(registry.roster.epoch).toBe(1)
    const held = registry.book.latest
    expect(held?.addresses[registry.roster.indexOf(member.id) as number]).toBe(member.address)
    expect(registry.of('changes').at(-1)).toMatchObject({ joined: [], left: [], absent: [], present: [], delta: true })
    expect(registry.state.moved.size).toBe(0)
    slots(registry, 1)
    expect(registry.roster.epoch).toBe(1)
  })

  it('is shown the latest submission of it that was witnessed, and never a forged one', () => {
    const registry = new Registry({ members: 6 })
    const [member, other] = registry.members as [Member, Member]
    expect(registry.join(member).witnessed).toHaveLength(0)
    const slot = registry.endSlot([])
    const forged = registry.submission({ ...other, id: member.id }, slot)
    forged.set(Buffer.from(member.id, 'hex'), 2)
    registry.hear('readings', forged)
    expect(registry.join(member).witnessed).toHaveLength(0)
    registry.submit(member, slot)
    expect(equalBytes(registry.join(member).witnessed, registry.submission(member, slot))).toBe(true)
    registry.over(slot)
    const next = registry.endSlot(registry.members)
    expect(equalBytes(registry.join(member).witnessed, registry.submission(member, next))).toBe(true)
    expect(equalBytes(registry.join(member).roster, registry.state.rosters.get(0 as Epoch) as Uint8Array)).toBe(true)
  })
})

describe('a member that is away', () => {
  it('is marked absent after two slots without a submission or an answer, and present again once it asks', () => {
    const registry = new Registry({ members: 8 })
    const member = registry.members[4] as Member
    const place = placementOf(registry, member)
    member.answers = false
    const slot = registry.endSlot(but(registry, member))
    registry.until(at(slot).deadline - 1)
    expect(registry.of('probe')).toEqual([])
    registry.until(at(slot).deadline)
    expect(registry.of('probe')).toMatchObject([{ to: member.id, address: member.address }])
    registry.over(slot)
    expect(registry.roster.epoch).toBe(0)
    const second = registry.endSlot(but(registry, member))
    registry.until(at(second).deadline + 4 * at(second).unit - 1)
    expect(registry.roster.epoch).toBe(0)
    registry.until(at(second).deadline + 4 * at(second).unit)
    expect(registry.roster.epoch).toBe(1)
    expect(registry.isAbsent(member)).toBe(true)
    expect(registry.of('changes').at(-1)).toMatchObject({ absent: [member.id], left: [], delta: true })
    slots(registry, 3, member)
    // Nobody asks for one that is known to be away, and no roster is made without a change.
    expect(registry.of('probe')).toHaveLength(2)
    expect(registry.roster.epoch).toBe(1)
    member.answers = true
    registry.join(member)
    expect([...registry.restart().returning]).toEqual([member.id])
    slots(registry, 1, member)
    expect(registry.isAbsent(member)).toBe(false)
    expect(placementOf(registry, member)).toBe(place)
    expect(registry.of('changes').at(-1)).toMatchObject({ present: [member.id], joined: [] })
  })

  it('is not while it answers, and once it was there the count begins again', () => {
    const registry = new Registry({ members: 8 })
    const [silent, flapping] = registry.members as [Member, Member]
    const pass = (answers: boolean, ...missing: Member[]): void => {
      flapping.answers = answers
      registry.over(registry.endSlot(but(registry, ...missing)))
    }
    for (let times = 0; times < 2; times++) {
      pass(false, silent, flapping)
      pass(true, silent, flapping)
      pass(false, silent, flapping)
      // Whoever is not witnessed for a fourth slot of sixteen is marked although it answers.
      for (let i = 0; i < 14; i++) pass(false)
    }
    expect(registry.roster.epoch).toBe(0)
    expect(registry.of('probe')).toHaveLength(6 + 6)
    pass(false, silent, flapping)
    pass(false, silent, flapping)
    expect(registry.isAbsent(flapping)).toBe(true)
    expect(registry.isAbsent(silent)).toBe(false)
  })

  it('is so although it answers where it was not witnessed in four of sixteen slots, and is back once it has asked', () => {
    const registry = new Registry({ members: 8 })
    const member = registry.members[1] as Member
    const unwitnessed = (count: number): void => {
      for (let i = 0; i < count; i++) {
        expect(registry.isAbsent(member)).toBe(false)
        registry.over(registry.endSlot(but(registry, member)))
        registry.over(registry.endSlot(registry.members))
      }
    }
    const back = (): void => {
      expect(registry.join(member).refused).toBe('')
      slots(registry, 1, member)
      expect(registry.isAbsent(member)).toBe(false)
    }
    unwitnessed(4)
    expect(registry.isAbsent(member)).toBe(true)
    slots(registry, 2, member)
    expect(registry.isAbsent(member)).toBe(true)
    back()
    for (const length of [16, 96]) {
      unwitnessed(4)
      expect(registry.isAbsent(member)).toBe(true)
      const until = registry.of('barred').at(-1)?.until as Slot
      expect(registry.of('barred').at(-1)).toMatchObject({ meterId: member.id, why: 'unwitnessed' })
      expect(until - (registry.of('barred').at(-1)?.slot as Slot)).toBe(length)
      const keptOut = registry.join(member)
      expect(keptOut.refused).toContain(`left out until slot ${until}`)
      // It is a member all the same, which must not miss a roster.
      expect(decodeEnvelope(keptOut.roster).epoch).toBe(registry.roster.epoch)
      while (registry.slot < until) registry.endSlot(but(registry, member))
      back()
    }
    expect(registry.of('fault')).toEqual([])
  })

  it('is so whatever others send in its name', () => {
    const registry = new Registry({ members: 8 })
    const [member, forger] = registry.members as [Member, Member]
    member.answers = false
    for (let i = 0; i < 3; i++) {
      const slot = registry.endSlot(but(registry, member))
      for (let forgery = 0; forgery < 6; forgery++) {
        const bytes = registry.submission({ ...forger, id: member.id }, slot, forgery)
        bytes.set(Buffer.from(member.id, 'hex'), 2)
        registry.hear('readings', bytes, forger.id)
      }
    }
    expect(registry.isAbsent(member)).toBe(true)
    // Beyond the first few each is looked at, and held against who brought it.
    const dropped = registry.of('dropped').filter(output => output.reason === 'bad-signature' && output.from === forger.id)
    expect(dropped).toHaveLength(3 * 2)
    // Nor does an answer count that is another's, of another slot or for another network.
    const slot = (registry.slot - 1) as Slot
    const answers = [
      sealEnvelope(forger.identity, MessageType.PresenceReply, registry.networkId, 0 as Epoch, slot, new Uint8Array(0)),
      sealEnvelope(member.identity, MessageType.PresenceReply, registry.networkId, 0 as Epoch, (slot - 90) as Slot, new Uint8Array(0)),
      sealEnvelope(member.identity, MessageType.PresenceReply, new Uint8Array(32), 0 as Epoch, (slot - 1) as Slot, new Uint8Array(0)),
      sealEnvelope(member.identity, MessageType.PresenceRequest, registry.networkId, 0 as Epoch, (slot - 1) as Slot, new Uint8Array(0)),
      rng.bytes(20)
    ]
    const reasons = answers.map(
      bytes => registry.step({ type: 'probed', meterId: member.id, bytes }).find(output => output.type === 'dropped')?.reason
    )
    expect(reasons).toEqual(['unknown-sender', 'slot-over', 'bad-signature', 'unexpected-type', 'malformed'])
  })

  it('is not where its own submission comes after forged ones', () => {
    const registry = new Registry({ members: 8 })
    const [member, forger] = registry.members as [Member, Member]
    member.answers = false
    for (let i = 0; i < 3; i++) {
      const slot = registry.endSlot(but(registry, member))
      for (let forgery = 0; forgery < 6; forgery++) {
        const bytes = registry.submission({ ...forger, id: member.id }, slot, forgery)
        bytes.set(Buffer.from(member.id, 'hex'), 2)
        registry.hear('readings', bytes, forger.id)
      }
      registry.submit(member, slot)
    }
    expect(registry.roster.epoch).toBe(0)
    expect(registry.of('probe')).toEqual([])
  })

  it('stays present where the others would be too few without it', () => {
    const registry = new Registry({ members: 6, minMembers: 6 })
    const member = registry.members[0] as Member
    member.answers = false
    slots(registry, 4, member)
    expect(registry.roster.epoch).toBe(0)
    expect(registry.of('cannot-form')).toHaveLength(1)
    registry.join(registry.newMember())
    slots(registry, 1, member)
    expect(registry.isAbsent(member)).toBe(true)
    expect(registry.roster.presentCount).toBe(6)
  })

  it('is barred for nothing while the others would be too few without it: it counts once, until it is back', () => {
    const registry = new Registry({ members: 6, minMembers: 6 })
    const member = registry.members[0] as Member
    member.answers = false
    slots(registry, 14, member)
    expect(registry.roster.epoch).toBe(0)
    registry.join(registry.newMember())
    slots(registry, 1, member)
    expect(registry.isAbsent(member)).toBe(true)
    expect(registry.of('barred')).toEqual([])
    expect(registry.join(member).refused).toBe('')
    slots(registry, 1)
    expect(registry.isAbsent(member)).toBe(false)
  })

  it('costs no signature check where everybody is counted, and nobody is asked', () => {
    const registry = new Registry({ members: 12 })
    const before = registry.verified
    for (let i = 0; i < 3; i++) {
      const slot = registry.endSlot(registry.members)
      registry.hear('control', registry.total(registry.members, slot))
      registry.over(slot)
    }
    // The three totals.
    expect(registry.verified - before).toBe(3)
    expect(registry.of('probe')).toEqual([])
  })

  it('is not judged by slots that a restarted registrar has not heard', () => {
    const registry = new Registry({ members: 8 })
    slots(registry, 2)
    const slot = registry.endSlot([])
    registry.state = registry.restart()
    for (const member of registry.members) member.answers = false
    registry.over(slot)
    expect(registry.of('probe')).toEqual([])
    expect(registry.roster.epoch).toBe(0)
  })
})

describe('the rosters of the past', () => {
  it('are whole ones, of the last twelve epochs, and the journal has every one', () => {
    const registry = new Registry({ members: 6 })
    for (let i = 0; i < 18; i++) {
      registry.join(registry.newMember())
      slots(registry, 1)
    }
    expect([...registry.state.rosters.keys()]).toEqual(Array.from({ length: 12 }, (_, i) => i + 7))
    for (const [epoch, bytes] of registry.state.rosters) {
      const envelope = decodeEnvelope(bytes)
      expect([envelope.type, envelope.epoch]).toEqual([MessageType.Roster, epoch])
    }
    const journalled = registry.journal.flatMap(record => (record.kind === 'roster' ? [decodeEnvelope(record.bytes)] : []))
    expect(journalled.map(({ type, epoch }) => [type, epoch])).toEqual(Array.from({ length: 19 }, (_, i) => [MessageType.Roster, i]))
    expect(registry.state.book.latest?.bytes).toBe(registry.state.rosters.get(18 as Epoch))
    const restarted = registry.restart()
    expect([...restarted.rosters.keys()]).toEqual([...registry.state.rosters.keys()])
    expect(registry.book.latest?.roster.epoch).toBe(18)
  })
})

describe('after a restart at any record of its journal the registrar', () => {
  const wishes = (state: RegistrarState) => ({
    enrolled: [...state.enrolled].sort(),
    waiting: [...state.waiting].sort(),
    leaving: [...state.leaving].sort(),
    returning: [...state.returning].sort(),
    moved: [...state.moved].sort(),
    faults: [...state.faults].map(([id, slots]) => [id, [...slots]]),
    roster: toHex(state.book.latest?.roster.hash ?? new Uint8Array(0)),
    from: state.book.latest?.from,
    rosters: [...state.rosters.keys()],
    aggregator: state.aggregator?.address,
    behind: state.behind
  })

  /** A registrar through which everything passes, and the state that it was in after each record. */
  function history() {
    const registry = new Registry({ members: 8 })
    const [leaver, mover, away, liar, undecided] = registry.members as [Member, Member, Member, Member, Member]
    const seen: { records: number; wishes: ReturnType<typeof wishes> }[] = []
    const look = (): void => void seen.push({ records: registry.journal.length, wishes: structuredClone(wishes(registry.state)) })
    const newcomer = registry.newMember()
    look()
    registry.join(newcomer)
    look()
    registry.leave(leaver)
    registry.leave(undecided)
    look()
    registry.join(undecided)
    look()
    mover.address = '/ip4/10.3.3.3/tcp/3'
    registry.join(mover)
    look()
    slots(registry, 1)
    look()
    away.answers = false
    slots(registry, 3, away, leaver)
    look()
    const slot = registry.endSlot(but(registry, away, leaver))
    registry.hear('control', registry.dispute(liar, slot, new Uint8Array(32)))
    registry.submit(liar, slot, 7)
    registry.over(slot)
    look()
    registry.join(away)
    look()
    registry.join(leaver)
    look()
    registry.leave(leaver)
    look()
    slots(registry, 1, away, leaver)
    look()
    expect(registry.roster.epoch).toBe(3)
    expect(registry.state.faults.size).toBe(1)
    return { registry, seen }
  }

  it('is as it was', () => {
    const { registry, seen } = history()
    for (const { records, wishes: expected } of seen) expect(wishes(registry.restart(registry.journal.slice(0, records)))).toEqual(expected)
  })

  it('signs no second roster for an epoch, wherever it stopped', () => {
    const { registry } = history()
    const hashes = new Map<number, string>()
    for (const record of registry.journal) if (record.kind === 'roster') hashes.set(decodeEnvelope(record.bytes).epoch, toHex(record.bytes))
    for (let records = 1; records <= registry.journal.length; records++) {
      const journal = registry.journal.slice(0, records)
      const again = new Registry({ members: 8 })
      again.now = registry.now
      again.members.splice(0, again.members.length, ...registry.members)
      again.journal.splice(0, again.journal.length, ...journal)
      again.state = registry.restart(journal)
      const before = again.state.book.latest?.roster.epoch ?? -1
      again.until(again.now + SLOT_SECONDS * 2000)
      const made = again.journal.slice(records).flatMap(record => (record.kind === 'roster' ? [decodeEnvelope(record.bytes).epoch] : []))
      for (const epoch of made) expect(epoch).toBeGreaterThan(before)
    }
    expect(hashes.size).toBe(4)
  })

  it('does not take a key for the next season for a wish to be in', () => {
    const registry = new Registry({ members: 8 })
    const [gone, going] = registry.members as [Member, Member]
    registry.leave(gone)
    slots(registry, 6, gone)
    registry.leave(going)
    const before = registry.journal.length
    for (const member of [gone, going]) {
      const next = { ...member, blinding: BlindingKey.generate(rng) }
      expect(registry.enrol(next, 1).refused).toBe('')
    }
    expect(registry.journal.slice(before).map(record => record.kind)).toEqual(['enrolled', 'enrolled'])
    const restarted = registry.restart()
    expect([...restarted.waiting]).toEqual([])
    expect([...restarted.leaving.keys()]).toEqual([going.id])
  })

  it('leaves an absent member absent where only its credential was renewed, also where the journal has that record alone', () => {
    const registry = new Registry({ members: 8, credentialSeconds: 8 * SLOT_SECONDS })
    const member = registry.members[0] as Member
    member.answers = false
    slots(registry, 9, member)
    registry.join(registry.newMember())
    slots(registry, 1, member)
    expect(registry.isAbsent(member)).toBe(true)
    const last = registry.journal.findLastIndex(record => record.kind === 'enrolled' && record.meter.credential.meterId === member.id)
    expect(last).toBeGreaterThan(16)
    const short = registry.journal.filter(
      (record, i) => record.kind !== 'enrolled' || record.meter.credential.meterId !== member.id || i === last
    )
    for (const journal of [registry.journal, short]) expect([...registry.restart(journal).returning]).toEqual([])
    // A wish to be present again is known from its record alone as well.
    registry.join(member)
    const wish = registry.journal.filter(
      (record, i) => record.kind !== 'enrolled' || record.meter.credential.meterId !== member.id || i === registry.journal.length - 1
    )
    expect([...registry.restart(wish).returning]).toEqual([member.id])
  })

  it('is not held up by a delta of long ago that somebody brings up again', () => {
    const registry = new Registry({ members: 8 })
    for (let i = 0; i < 4; i++) {
      registry.join(registry.newMember())
      slots(registry, 1)
    }
    slots(registry, 6)
    const [, old] = registry.published as [Uint8Array, Uint8Array]
    expect(registry.state.book.ofEpoch(1 as Epoch)).toBeUndefined()
    expect(registry.hear('control', old)[0]).toMatchObject({ type: 'dropped', reason: 'duplicate' })
    expect(registry.state.behind).toBe(false)
  })

  it('does not come up with a roster that it would not take, nor sign one without its members', () => {
    const { registry } = history()
    const gap = registry.journal.filter(record => record.kind !== 'roster' || decodeEnvelope(record.bytes).epoch !== 1)
    expect(() => registry.restart(gap)).toThrow(/journal: expected to take the roster of epoch 2/)
    const without: RegistrarRecord[] = registry.journal.filter(record => record.kind !== 'enrolled')
    const state = createRegistrar(registry.config, without, registry.now)
    expect(state.behind).toBe(true)
  })

  it('signs nothing where a roster of its own is about that its journal does not know', () => {
    const { registry } = history()
    const latest = registry.journal.findLastIndex(record => record.kind === 'roster')
    for (const [bytes, outputs] of [
      [registry.published.at(-1), ['dropped', 'verdict']],
      [registry.state.book.latest?.bytes, ['journal', 'roster', 'verdict']]
    ] as [Uint8Array, string[]][]) {
      const again = new Registry({ members: 8 })
      again.now = registry.now
      again.members.splice(0, again.members.length, ...registry.members)
      again.state = registry.restart(registry.journal.slice(0, latest))
      again.published.splice(0)
      expect(again.hear('control', bytes).map(output => output.type)).toEqual(outputs)
      again.join(again.newMember())
      again.until(millis(again.now + SLOT_SECONDS * 3000))
      expect(again.published).toEqual([])
      expect(again.of('cannot-form').filter(output => output.detail.includes('journal'))).toHaveLength(1)
    }
  })
})
