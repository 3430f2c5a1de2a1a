// A leave that is announced stays announced: only a request to join that was made after it undoes it (section 8).
import { decodeEnvelope, MessageType, RefusalPayload } from '@hushgrid/messages'
import type { MeterId } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { but, type Member, Registry, slots } from '../support/registry.ts'

const ids = (registry: Registry): MeterId[] => registry.roster.members().map(({ meterId }) => meterId)

/** A registry whose first member has said that it leaves, and before that, unheard yet, that it joins. */
function leaving(changeSlots = 1): { registry: Registry; member: Member; before: number } {
  const registry = new Registry({ members: 6, changeSlots })
  const [member] = registry.members as [Member]
  const before = registry.made()
  expect(registry.leave(member).refused).toBe('')
  return { registry, member, before }
}

/** Has a member's older request to join come in, which is not served. */
function joinLate(registry: Registry, member: Member, made: number): void {
  registry.join(member, made)
  const reply = registry.outputs.findLast(output => output.type === 'reply')
  const { type, payload } = decodeEnvelope(reply?.type === 'reply' ? reply.bytes : new Uint8Array(0))
  expect(type).toBe(MessageType.Refusal)
  expect(RefusalPayload.decode(payload).reason).toContain('before the leave')
}

describe('a request to join that was made before a leave', () => {
  it('does not undo it, also after a restart of the registrar', () => {
    for (const restart of [false, true]) {
      const { registry, member, before } = leaving()
      if (restart) registry.state = registry.restart()
      const records = registry.journal.length
      joinLate(registry, member, before)
      expect(registry.journal).toHaveLength(records)
      slots(registry, 2, member)
      expect(ids(registry)).not.toContain(member.id)
    }
  })

  it('does not take the member in again, once the roster without it is in force', () => {
    const { registry, member, before } = leaving()
    slots(registry, 1)
    expect(ids(registry)).not.toContain(member.id)
    joinLate(registry, member, before)
    slots(registry, 2, member)
    expect(ids(registry)).not.toContain(member.id)
  })

  it('does not admit a newcomer again that has given up before its first roster', () => {
    const registry = new Registry({ members: 6 })
    const newcomer = registry.newMember()
    expect(registry.join(newcomer).refused).toBe('')
    const before = registry.made()
    registry.leave(newcomer)
    joinLate(registry, newcomer, before)
    slots(registry, 2, newcomer)
    expect(ids(registry)).not.toContain(newcomer.id)
  })
})

describe('a request to join that was made after a leave', () => {
  it('undoes it, also after a restart of the registrar', () => {
    for (const restart of [false, true]) {
      const { registry, member } = leaving(4)
      if (restart) registry.state = registry.restart()
      expect(registry.join(member).refused).toBe('')
      expect(registry.state.leaves).toEqual([])
      slots(registry, 5)
      expect(ids(registry)).toContain(member.id)
      // Told once more from the journal, it is still undone.
      expect(registry.restart().leaving.has(member.id)).toBe(false)
    }
  })

  it('comes before another leave, which stands', () => {
    const { registry, member, before } = leaving()
    registry.join(member)
    const between = registry.made()
    registry.leave(member)
    for (const made of [before, between]) joinLate(registry, member, made)
    slots(registry, 2, member)
    expect(ids(registry)).not.toContain(member.id)
    expect(but(registry, member).every(each => ids(registry).includes(each.id))).toBe(true)
  })
})
