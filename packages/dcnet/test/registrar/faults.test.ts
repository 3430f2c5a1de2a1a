// The registrar's judgement of slots with edge release: who was at fault, and what it passes on.
import { decodeEnvelope, LossReason, MessageType, SlotTotalPayload } from '@hushgrid/messages'
import { ed25519Verifier, IdentityKey, SeededRng, type Slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { provenFaults } from '../../src/protocol/proven-faults.ts'
import { at, but, type Member, Registry, slots } from '../support/registry.ts'

const rng = new SeededRng('fault tests')

describe('the registrar says who is at fault:', () => {
  /** A slot in which some do not submit and the aggregator asks for releases. */
  function asked(missing: (registry: Registry) => Member[], hidden: (registry: Registry) => Member[] = () => []) {
    const registry = new Registry({ members: 10 })
    const [absent, suppressed] = [missing(registry), hidden(registry)]
    const slot = registry.endSlot(but(registry, ...absent))
    const request = registry.request([...absent, ...suppressed], slot)
    registry.until(at(slot).deadline + 2 * at(slot).unit)
    const verdict = registry.hear('control', request.bytes).at(-1)
    expect(verdict).toEqual({ type: 'verdict', verdict: 'accept' })
    return { registry, slot, request }
  }
  const faults = (registry: Registry) => registry.of('fault').map(({ meterId, what, times }) => ({ meterId, what, times }))
  const first = (registry: Registry): Member[] => registry.members.slice(0, 1)

  it('a member that disputes and has not submitted', () => {
    const { registry, slot, request } = asked(first)
    const member = registry.members[0] as Member
    const dispute = registry.dispute(member, slot, request.hash)
    expect(registry.hear('control', dispute).at(-1)).toEqual({ type: 'verdict', verdict: 'accept' })
    expect(registry.hear('control', dispute)[0]).toMatchObject({ type: 'dropped', reason: 'duplicate' })
    registry.hear('control', registry.lost(LossReason.Disputed, [member], slot))
    expect(registry.of('fault')).toEqual([])
    registry.over(slot)
    expect(faults(registry)).toEqual([{ meterId: member.id, what: 'false-dispute', times: 1 }])
    expect(registry.of('aggregator-fault')).toEqual([])
    expect(registry.journal.at(-1)).toEqual({ kind: 'fault', meterId: member.id, slot, what: 'false-dispute' })
  })

  it('nobody for a dispute where the line was down between the end and the deadline, if only for a moment', () => {
    for (const [down, up] of [
      [-1, 9],
      [1, 2],
      [3.9, 20]
    ] as const) {
      const registry = new Registry({ members: 10 })
      const member = registry.members[0] as Member
      const { slot } = registry
      const { end, unit } = at(slot)
      const toggles = [
        [end + down * unit, false],
        [end + up * unit, true]
      ] as const
      const until = (time: number): void => {
        for (const [when, isUp] of toggles) {
          if (when <= registry.now || when > time) continue
          registry.until(when)
          registry.line(member, isUp)
        }
        registry.until(time)
      }
      until(end + 10)
      for (const each of but(registry, member)) registry.submit(each, slot)
      until(at(slot).deadline + 2 * unit)
      const request = registry.request([member], slot)
      registry.hear('control', request.bytes)
      registry.hear('control', registry.dispute(member, slot, request.hash))
      until(at(slot).over + 10)
      expect(faults(registry), `down from ${down} to ${up} units`).toEqual([])
      expect(registry.of('aggregator-fault')).toEqual([])
    }
  })

  it('nobody for a dispute that a lost journal excuses: that slot’s and the next one’s, once in 96 slots', () => {
    const registry = new Registry({ members: 10 })
    const member = registry.members[0] as Member
    const disputes = (journalLost: boolean): void => {
      const slot = registry.endSlot(but(registry, member))
      registry.hear('control', registry.request([member], slot).bytes)
      registry.hear('control', registry.dispute(member, slot, new Uint8Array(32), journalLost))
      registry.over(slot)
    }
    disputes(true)
    disputes(false)
    expect(faults(registry)).toEqual([])
    disputes(true)
    expect(faults(registry)).toEqual([{ meterId: member.id, what: 'false-dispute', times: 1 }])
  })

  it('a member that disputes in four of sixteen slots without a witnessed submission is barred for 96, and not at fault', () => {
    const registry = new Registry({ members: 10 })
    const member = registry.members[0] as Member
    registry.line(member, false)
    for (let i = 0; i < 4; i++) {
      expect(registry.isAbsent(member)).toBe(false)
      const slot = registry.endSlot(but(registry, member))
      registry.hear('control', registry.dispute(member, slot, new Uint8Array(32)))
      registry.over(slot)
      registry.endSlot(registry.members)
    }
    expect(faults(registry)).toEqual([])
    expect(registry.isAbsent(member)).toBe(true)
    expect(registry.of('barred')).toMatchObject([{ meterId: member.id, why: 'disputes' }])
    expect(registry.join(member).refused).toContain('disputed again and again')
  })

  it('nobody for a dispute that has not kept the total from coming', () => {
    const registry = new Registry({ members: 8 })
    const slot = registry.endSlot(registry.members)
    registry.hear('control', registry.dispute(registry.members[0] as Member, slot, new Uint8Array(32)))
    registry.hear('control', registry.total(registry.members, slot))
    registry.over(slot)
    expect([...faults(registry), ...registry.of('aggregator-fault')]).toEqual([])
  })

  it('whoever was handed a request and answers with a dispute of another slot, not its own, or broken: it is silent', () => {
    const { registry, slot, request } = asked(first)
    const { roster } = registry
    const owing = roster
      .neighbours(roster.indexOf((registry.members[0] as Member).id) as number)
      .map(index => registry.member(roster.meterId(index)))
    const [other, forged, broken, named] = owing as [Member, Member, Member, Member]
    const forgery = registry.dispute(named, slot, request.hash)
    forgery[forgery.length - 1] = (forgery.at(-1) as number) ^ 1
    forgery.set(Buffer.from(forged.id, 'hex'), 2)
    other.says = [registry.dispute(other, (slot + 1) as Slot, request.hash)]
    forged.says = [forgery]
    broken.says = [registry.sealed(broken.identity, MessageType.Dispute, slot, rng.bytes(9))]
    registry.over(slot)
    expect(faults(registry).map(({ meterId, what }) => [meterId, what])).toEqual([
      [other.id, 'silent'],
      [forged.id, 'silent'],
      [broken.id, 'silent']
    ])
    expect(registry.of('dropped').map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['wrong-epoch', 'bad-signature', 'malformed'])
    )
  })

  it('a member that has not submitted and answers with what is no dispute, and goes on itself', () => {
    const registry = new Registry({ members: 10 })
    const absent = registry.members[0] as Member
    const { roster } = registry
    const owing = registry.member(roster.meterId(roster.neighbours(roster.indexOf(absent.id) as number)[0] as number))
    const slot = registry.endSlot(but(registry, absent, owing))
    registry.hear('control', registry.request([absent], slot).bytes)
    owing.says = [registry.sealed(owing.identity, MessageType.Dispute, slot, new Uint8Array(3).fill(9))]
    registry.over(slot)
    // It is handed the request twice.
    expect(registry.of('dropped').map(({ reason }) => reason)).toEqual(['malformed', 'malformed'])
    expect(faults(registry)).toEqual([{ meterId: owing.id, what: 'silent', times: 1 }])
  })

  it('at once, a member that disputes a request that does not name it, whether it has submitted or not', () => {
    for (const submits of [true, false]) {
      const registry = new Registry({ members: 10 })
      const [absent, liar] = [registry.members[0] as Member, registry.members[5] as Member]
      const slot = registry.endSlot(submits ? but(registry, absent) : but(registry, absent, liar))
      const request = registry.request(submits ? [absent] : [absent, registry.members[6] as Member], slot)
      const dispute = registry.dispute(liar, slot, request.hash)
      registry.hear('control', dispute)
      registry.hear('control', request.bytes)
      registry.hear('control', registry.lost(LossReason.Disputed, [liar], slot))
      registry.over(slot)
      expect(faults(registry)).toEqual([{ meterId: liar.id, what: 'false-dispute', times: 1 }])
      expect(registry.of('barred')).toMatchObject([{ meterId: liar.id, why: 'proven', until: undefined }])
      expect(registry.journal.filter(({ kind }) => kind === 'barred')).toMatchObject([{ proofs: [request.bytes, dispute] }])
      registry.endSlot(but(registry, liar))
      expect(registry.isAbsent(liar)).toBe(true)
      expect(registry.join(liar).refused).toContain('until an operator lifts it')
    }
  })

  it('whose proof meters check themselves: it is no fault where the request names its sender, or is another’s or another slot’s', () => {
    const registry = new Registry({ members: 10 })
    const [absent, liar] = [registry.members[0] as Member, registry.members[5] as Member]
    const slot = registry.endSlot(but(registry, absent))
    const { roster } = registry
    const request = registry.request([absent], slot)
    const dispute = registry.dispute(liar, slot, request.hash)
    const found = (...proofs: Uint8Array[]) => provenFaults(proofs, () => roster, ed25519Verifier).map(({ meterId }) => meterId)
    expect(found(request.bytes, dispute)).toEqual([liar.id])
    // Proofs travel one after the other.
    const other = registry.dispute(registry.members[6] as Member, slot, request.hash)
    expect(found(request.bytes, dispute, request.bytes, other)).toEqual([liar.id, (registry.members[6] as Member).id])
    expect(found(request.bytes, registry.dispute(absent, slot, request.hash))).toEqual([])
    expect(found(request.bytes, registry.dispute(liar, slot, new Uint8Array(32)))).toEqual([])
    const forged = registry.sealed(liar.identity, MessageType.RecoveryRequest, slot, decodeEnvelope(request.bytes).payload)
    expect(found(forged, dispute)).toEqual([])
    const later = registry.endSlot(but(registry, absent))
    expect(found(request.bytes, registry.dispute(liar, later, request.hash))).toEqual([])
    expect(found(request.bytes)).toEqual([])
  })

  it('a member that disputes in four of sixteen slots a request that nobody shows is barred for 96, and not at fault', () => {
    const registry = new Registry({ members: 10 })
    const liar = registry.members[5] as Member
    for (let i = 0; i < 4; i++) {
      expect(registry.isAbsent(liar)).toBe(false)
      const absent = registry.members[6 + (i % 3)] as Member
      const slot = registry.endSlot(but(registry, absent))
      registry.hear('control', registry.request([absent], slot).bytes)
      registry.hear('control', registry.dispute(liar, slot, new Uint8Array(32).fill(i)))
      registry.hear('control', registry.lost(LossReason.Disputed, [liar], slot))
      registry.over(slot)
    }
    registry.endSlot(registry.members)
    expect([...faults(registry), ...registry.of('aggregator-fault')]).toEqual([])
    expect(registry.isAbsent(liar)).toBe(true)
    expect(registry.of('barred')).toMatchObject([{ meterId: liar.id, why: 'disputes' }])
  })

  it('and bars nobody for disputes where an aggregator asks twice, or nobody knows what it asked', () => {
    const registry = new Registry({ members: 10 })
    const [victim, absent] = [registry.members[5] as Member, registry.members[0] as Member]
    for (let i = 0; i < 8; i++) {
      const slot = registry.endSlot(but(registry, absent))
      if (i % 2 === 0)
        for (const missing of [[absent], [absent, registry.members[1] as Member]])
          registry.hear('control', registry.request(missing, slot).bytes)
      registry.hear('control', registry.dispute(victim, slot, new Uint8Array(32).fill(i)))
      registry.hear('control', registry.lost(LossReason.Disputed, [victim], slot))
      registry.over(slot)
    }
    expect(faults(registry)).toEqual([])
    expect(registry.isAbsent(victim)).toBe(false)
  })

  it('the aggregator, where it names a member whose submission was witnessed, disputed or not', () => {
    for (const disputes of [true, false]) {
      const { registry, slot, request } = asked(() => [], first)
      const member = registry.members[0] as Member
      if (disputes) registry.hear('control', registry.dispute(member, slot, request.hash))
      registry.hear('control', registry.lost(disputes ? LossReason.Disputed : LossReason.Unanswered, [member], slot))
      registry.over(slot)
      expect(faults(registry)).toEqual([])
      expect(registry.of('aggregator-fault')).toMatchObject([{ slot, members: [member.id] }])
    }
  })

  it('the aggregator, where its result leaves out a submission that was witnessed', () => {
    const registry = new Registry({ members: 10 })
    const member = registry.members[3] as Member
    let slot = registry.endSlot(registry.members)
    registry.hear('control', registry.total(but(registry, member), slot))
    registry.over(slot)
    slot = registry.endSlot(registry.members)
    registry.hear('control', registry.lost(LossReason.MembersMissing, [member], slot))
    registry.over(slot)
    expect(registry.of('aggregator-fault').map(({ members }) => members)).toEqual([[member.id], [member.id]])
    // It is none where the submission came too late, or was another's.
    slot = registry.endSlot(but(registry, member))
    registry.until(at(slot).deadline)
    registry.submit(member, slot)
    registry.hear('control', registry.total(but(registry, member), slot))
    registry.over(slot)
    slot = registry.endSlot(but(registry, member))
    const forged = registry.submission({ ...(registry.members[0] as Member) }, slot, 9)
    forged.set(Buffer.from(member.id, 'hex'), 2)
    registry.hear('readings', forged)
    registry.hear('control', registry.total(but(registry, member), slot))
    registry.over(slot)
    expect(registry.of('aggregator-fault')).toHaveLength(2)
  })

  it('not the aggregator, where it came up again while submissions were due, and did not hear them', () => {
    const registry = new Registry({ members: 10 })
    const member = registry.members[3] as Member
    const slot = registry.endSlot([])
    const meterId = registry.aggregator.id
    registry.step({ type: 'line', meterId, up: false })
    registry.step({ type: 'line', meterId, up: true })
    for (const each of registry.members) registry.submit(each, slot)
    registry.hear('control', registry.total(but(registry, member), slot))
    registry.over(slot)
    expect([...faults(registry), ...registry.of('aggregator-fault')]).toEqual([])
  })

  it('a member that owes a release, was handed the request and stays silent; not one that has crashed or refuses', () => {
    const { registry, slot, request } = asked(first)
    const { roster } = registry
    const owing = roster
      .neighbours(roster.indexOf((registry.members[0] as Member).id) as number)
      .map(index => registry.member(roster.meterId(index)))
    const [silent, crashed, refusing, ...others] = owing as [Member, Member, Member, ...Member[]]
    expect(others).toHaveLength(1)
    for (const member of [silent, crashed]) member.silent = true
    expect(refusing.silent).toBe(false)
    for (const member of others) registry.hear('readings', registry.release(member, slot, request.hash), member.id)
    crashed.answers = false
    registry.hear('control', registry.lost(LossReason.Unanswered, owing, slot))
    registry.over(slot)
    expect(faults(registry)).toEqual([{ meterId: silent.id, what: 'silent', times: 1 }])
  })

  it('nobody who had to refuse: too few of its neighbours, or of all members, are outside the request', () => {
    const registry = new Registry({ members: 10 })
    const { roster } = registry
    const refusing = registry.members[0] as Member
    const around = roster.neighbours(roster.indexOf(refusing.id) as number).map(index => registry.member(roster.meterId(index)))
    const slot = registry.endSlot(but(registry, ...around.slice(1)))
    registry.hear('control', registry.request(around.slice(1), slot).bytes)
    registry.hear('control', registry.lost(LossReason.Unanswered, [refusing], slot))
    registry.over(slot)
    expect(faults(registry)).toEqual([])
    const few = new Registry({ members: 10, minMembers: 9 })
    const ended = few.endSlot(few.members.slice(2))
    few.hear('control', few.request(few.members.slice(0, 2), ended).bytes)
    few.hear('control', few.lost(LossReason.Unanswered, few.members.slice(2), ended))
    few.over(ended)
    expect(faults(few)).toEqual([])
  })

  it('nobody, where releases stay out for a dispute, a second request or another reason', () => {
    const { registry, slot } = asked(first)
    const second = registry.request(registry.members.slice(0, 2), slot)
    // Passed on, so that nobody answers either, and kept as evidence.
    expect(registry.hear('control', second.bytes).map(output => output.type)).toEqual(['evidence', 'verdict'])
    registry.hear('control', registry.lost(LossReason.Unanswered, registry.members.slice(2), slot))
    registry.over(slot)
    expect(faults(registry)).toEqual([])
    const refused = asked(first)
    refused.registry.hear('control', refused.registry.lost(LossReason.Refused, refused.registry.members.slice(2), refused.slot))
    refused.registry.over(refused.slot)
    expect(faults(refused.registry)).toEqual([])
  })

  it('a member that submits twice, with the evidence; a forged second one is nobody’s', () => {
    const registry = new Registry({ members: 8 })
    const [twice, victim] = registry.members as [Member, Member]
    const slot = registry.endSlot(registry.members)
    registry.submit(twice, slot, 2)
    const forged = registry.submission({ ...twice }, slot, 3)
    forged.set(Buffer.from(victim.id, 'hex'), 2)
    registry.hear('readings', forged)
    registry.hear('control', registry.total(but(registry, twice), slot))
    registry.over(slot)
    expect(faults(registry)).toEqual([{ meterId: twice.id, what: 'two-submissions', times: 1 }])
    const [evidence] = registry.of('evidence')
    expect(evidence?.against).toBe(twice.id)
    expect(evidence?.envelopes).toEqual([registry.submission(twice, slot), registry.submission(twice, slot, 2)])
    // It counts as missing, and rightly.
    expect(registry.of('aggregator-fault')).toEqual([])
  })

  it('and leaves out for 96 slots who was at fault twice within so many, once a slot', () => {
    const registry = new Registry({ members: 8 })
    const member = registry.members[1] as Member
    let barred = 0
    for (let i = 0; i < 2; i++) {
      const slot = registry.endSlot(registry.members)
      barred = slot
      expect(registry.isAbsent(member)).toBe(false)
      registry.submit(member, slot, 2)
      registry.hear('control', registry.dispute(member, slot, new Uint8Array(32)))
      registry.over(slot)
    }
    expect(faults(registry).map(fault => fault.times)).toEqual([1, 2])
    expect(registry.isAbsent(member)).toBe(true)
    expect(registry.join(member).refused).toBe(`left out until slot ${barred + 96}: at fault twice`)
    slots(registry, 1, member)
    expect(registry.isAbsent(member)).toBe(true)
    // Not by leaving and coming back either, nor by a restart of the registrar.
    registry.leave(member)
    slots(registry, 1, member)
    expect(registry.roster.indexOf(member.id)).toBeUndefined()
    registry.state = registry.restart()
    registry.enrol(member)
    expect(registry.join(member).refused).toContain('at fault twice')
    expect(registry.state.waiting.size).toBe(0)
    slots(registry, 96, member)
    expect(registry.slot).toBeGreaterThanOrEqual(barred + 96)
    expect(registry.join(member).refused).toBe('')
    slots(registry, 1, member)
    expect(registry.isAbsent(member)).toBe(false)
  })

  it('and passes on no request or dispute in a network without recovery, nor what is forged', () => {
    const registry = new Registry({ members: 8, recovery: 0 })
    const member = registry.members[0] as Member
    const slot = registry.endSlot(but(registry, member))
    const reasons = (bytes: Uint8Array) =>
      registry.hear('control', bytes).flatMap(output => (output.type === 'dropped' ? [output.reason] : []))
    const { bytes, hash } = registry.request([member], slot)
    expect(reasons(bytes)).toEqual(['unexpected-type'])
    expect(reasons(registry.dispute(member, slot, hash))).toEqual(['unexpected-type'])
    const stranger = { ...member, identity: IdentityKey.generate(rng) }
    const other = new Registry({ members: 8 })
    const ended = other.endSlot(other.members)
    const strange = other.dispute(stranger, ended, hash)
    expect(other.hear('control', strange)[0]).toMatchObject({ reason: 'unknown-sender' })
    strange.set(Buffer.from((other.members[0] as Member).id, 'hex'), 2)
    expect(other.hear('control', strange)[0]).toMatchObject({ reason: 'bad-signature' })
    expect(other.hear('control', other.request([], ended).bytes)[0]).toMatchObject({ reason: 'wrong-shape' })
    expect(other.hear('control', other.sealed(other.aggregator, MessageType.SlotTotal, ended, rng.bytes(9)))[0]).toMatchObject({
      type: 'dropped'
    })
    const total = decodeEnvelope(other.total(other.members, ended))
    expect(SlotTotalPayload.decode(total.payload).transcriptHash).toHaveLength(32)
    other.over(ended)
    expect(other.hear('control', other.total(other.members, ended))[0]).toMatchObject({ reason: 'slot-over' })
  })
})
