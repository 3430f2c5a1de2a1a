// What a member, or the aggregator with one, may say to the registrar to bring it down or to make it keep ever more.
import {
  DisputePayload,
  DisputeReply,
  decodeEnvelope,
  EnrolRequest,
  MessageType,
  RosterDeltaPayload,
  sealEnvelope
} from '@hushgrid/messages'
import { BlindingKey, type Epoch, millis, obisCode, type Slot, sha256 } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { encodeLanes } from '../../src/roster/credential.ts'
import { at, but, type Member, Registry } from '../support/registry.ts'

/** A member owes a release, is handed the request, and answers with what it likes. */
function handed(answer: (registry: Registry, member: Member, slot: Registry['slot']) => Uint8Array): {
  registry: Registry
  member: Member
} {
  const registry = new Registry({ members: 10 })
  const [absent, member] = registry.members as [Member, Member]
  // It sends its submission to the aggregator alone.
  const slot = registry.endSlot(but(registry, absent, member))
  const request = registry.request([absent], slot)
  member.answers = false
  registry.until(at(slot).deadline + 2 * at(slot).unit)
  registry.hear('control', request.bytes)
  registry.until(at(slot).deadline + 6 * at(slot).unit)
  const reply = DisputeReply.encode({ acknowledged: sha256(request.bytes), envelopes: [answer(registry, member, slot)] })
  registry.step({ type: 'handed', meterId: member.id, request: request.bytes, reply })
  registry.over(slot)
  return { registry, member }
}

it('an answer that is a dispute in name only neither stops it nor excuses a silent member', () => {
  const { registry, member } = handed((each, { identity }, slot) =>
    each.sealed(identity, MessageType.Dispute, slot, Uint8Array.of(1, 2, 3))
  )
  expect(registry.of('fault')).toMatchObject([{ meterId: member.id, what: 'silent' }])
})

it('an answer of another slot, or that its sender has not signed, is none', () => {
  const of = (change: number, sign: boolean) =>
    handed((each, { identity }, slot) => {
      const { hash, epoch } = each.rosterOf(slot)
      const payload = DisputePayload.encode({ requestHash: new Uint8Array(32), journalLost: true })
      const context = sign ? hash : new Uint8Array(32)
      return sealEnvelope(identity, MessageType.Dispute, context, epoch, (slot + change) as typeof slot, payload)
    }).registry.of('fault').length
  expect([of(-1, true), of(0, false), of(0, true)]).toEqual([1, 1, 0])
})

it('keys that a member enrols for the next season one after the other leave nothing behind but the last', () => {
  const registry = new Registry({ members: 6 })
  const [member, other] = registry.members as [Member, Member]
  const before = registry.state.byBlindingKey.size
  for (let i = 0; i < 20; i++) registry.enrol({ ...member, blinding: BlindingKey.generate(registry.rng) }, 1)
  expect(registry.state.byBlindingKey.size).toBe(before + 1)
  // The key of the season under way stays taken.
  expect(registry.enrol({ ...other, blinding: member.blinding }, 1).refused).toContain('in use by another meter')
})

it('a list of lanes that no roster could carry is not enrolled', () => {
  const registry = new Registry({ members: 6 })
  const lanes = Array.from({ length: 130 }, (_, i) => ({ obis: obisCode(`0-${Math.floor(i / 10)}:${i % 10}.1.0`), consent: false }))
  lanes.sort((a, b) => (a.obis < b.obis ? -1 : 1))
  const outputs = registry.outputs.length
  const member = { ...(registry.members[0] as Member), blinding: BlindingKey.generate(registry.rng) }
  const payload = EnrolRequest.encode({ blindingKey: member.blinding.publicKey, season: 1, lanes: encodeLanes(lanes) })
  const bytes = sealEnvelope(member.identity, MessageType.EnrolRequest, registry.networkId, 0 as Epoch, registry.slot, payload)
  registry.step({ type: 'enrol', from: member.id, bytes, token: 1 })
  expect(registry.outputs.slice(outputs).map(({ type }) => type)).toEqual(['dropped', 'reply'])
})

it('a member’s second dispute of a slot is heard and not passed on, since every member would drop it', () => {
  const registry = new Registry({ members: 10 })
  const [member, absent] = registry.members as [Member, Member]
  const slot = registry.endSlot(but(registry, absent))
  registry.until(at(slot).deadline + 2 * at(slot).unit)
  const verdicts = [false, true].map(lost => registry.hear('control', registry.dispute(member, slot, new Uint8Array(32), lost)).at(-1))
  expect(verdicts).toEqual([
    { type: 'verdict', verdict: 'accept' },
    { type: 'verdict', verdict: 'ignore' }
  ])
  expect(registry.state.witnessed.get(slot)?.disputes.get(member.id)).toHaveLength(2)
})

it('a member that says another address in every slot brings about no roster but at change slots', () => {
  const registry = new Registry({ members: 8, changeSlots: 4, lab: false })
  const member = registry.members[0] as Member
  const epoch = registry.roster.epoch
  const first: number[] = []
  for (let i = 0; i < 12; i++) {
    registry.join(Object.assign(member, { address: `/ip4/10.1.0.${i}/tcp/4001` }))
    registry.endSlot(registry.members)
    if (registry.roster.epoch > epoch) first.push(registry.roster.firstSlot)
  }
  expect(registry.roster.epoch).toBeGreaterThan(epoch)
  expect(new Set(first.map(slot => slot % 4))).toEqual(new Set([0]))
  expect(decodeEnvelope(registry.published.at(-1) as Uint8Array).slot % 4).toBe(0)
})

it('of a member that has left nothing is kept: its key, its lost journal, its submissions', () => {
  const registry = new Registry({ members: 10 })
  const member = registry.members[0] as Member
  const slot = registry.endSlot(but(registry, member))
  registry.hear('control', registry.request([member], slot).bytes)
  registry.hear('control', registry.dispute(member, slot, new Uint8Array(32), true))
  registry.over(slot)
  expect([registry.state.keys.has(member.id), registry.state.journalsLost.has(member.id)]).toEqual([true, true])
  registry.leave(member)
  const others = but(registry, member)
  for (let i = 0; i < 97; i++) registry.endSlot(others)
  expect([registry.state.keys.has(member.id), registry.state.journalsLost.has(member.id)]).toEqual([false, false])
})

it.each([
  ['a season that nobody has enrolled a key for the next of', 672, 680],
  ['an end of the season that it was away for', 96, 96 + 150]
])('goes on after %s, whatever members wish then', (_, seasonSlots, after) => {
  const registry = new Registry({ members: 8, seasonSlots })
  const { seasonEndSlot, seasonFirstSlot } = registry.roster
  registry.now = millis(at((seasonFirstSlot + after) as Slot).start + 9 * at(seasonEndSlot).unit)
  expect(registry.join(registry.newMember()).refused).toBe('')
  registry.until(at(registry.slot).end + 9 * at(registry.slot).unit)
  expect(registry.roster.firstSlot).toBeLessThan(registry.roster.seasonEndSlot)
  // Where the season may be put off that far it goes on, with the newcomer.
  expect(registry.roster.n).toBe(after < 672 ? 9 : 8)
})

it('sends no more proofs beside a roster than members take, and the rest with the next', () => {
  const registry = new Registry({ members: 8 })
  const groups = Array.from({ length: 30 }, (_, i) => Array.from({ length: 172 }, () => Uint8Array.of(i)))
  registry.state.proofs = groups
  const sent: number[] = []
  for (let i = 0; i < 2; i++) {
    registry.join(registry.newMember())
    registry.endSlot(registry.members)
    const envelope = decodeEnvelope(registry.published.at(-1) as Uint8Array)
    sent.push(RosterDeltaPayload.decode(envelope.payload).proofs.length)
  }
  expect(sent).toEqual([23 * 172, 7 * 172])
  expect(registry.book.latest?.roster.epoch).toBe(registry.roster.epoch)
})
