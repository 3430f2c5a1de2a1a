// The book of rosters: the order in which deltas come, and what it keeps.
import { decodeEnvelope, MessageType, RosterPayload, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, equalBytes, millis, type Slot, slotTimes } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { RosterBook } from '../../src/roster/book.ts'
import { CredentialCache } from '../../src/roster/cache.ts'
import { applyDelta } from '../../src/roster/delta.ts'
import type { RosterPolicy } from '../../src/roster/policy.ts'
import { Roster, rosterSignedBytes } from '../../src/roster/roster.ts'
import { SnapshotError } from '../../src/roster/snapshot.ts'
import { type Change, expectSame, faultOf, fullOf, nextRoster, receive, signer } from '../support/deltas.ts'
import { altered } from '../support/hostile.ts'
import { type Member, ownEntry, Registry, SLOT_SECONDS } from '../support/registry.ts'

describe('a book', () => {
  /** A registry five epochs on, each by a delta. */
  function chain() {
    const registry = new Registry({ members: 8, seed: 'chain' })
    for (let i = 0; i < 4; i++) {
      registry.join(registry.newMember())
      nextRoster(registry)
    }
    const [zero, ...deltas] = registry.published as [Uint8Array, ...Uint8Array[]]
    return { registry, zero, deltas }
  }
  /** A relay's doing: the signature is the old one. */
  const renamed = (bytes: Uint8Array, epoch: number): Uint8Array => altered(bytes, { epoch: epoch as Epoch })
  /** A registrar's doing, which signs what it names. */
  const misnamed = ({ identity, networkId }: Registry, bytes: Uint8Array, epoch: number): Uint8Array => {
    const { payload, slot, type } = decodeEnvelope(bytes)
    return sealEnvelope(identity, type, networkId, epoch as Epoch, slot, payload)
  }

  it('lets deltas wait for what is before them, and takes them in whatever order they come', () => {
    const { registry, zero, deltas } = chain()
    const book = new RosterBook(registry.policy())
    const [one, two, three, four] = deltas as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
    expect(receive(book, two, registry.now).kind).toBe('waiting')
    expect(receive(book, zero, registry.now).kind).toBe('taken')
    expect(book.resume(registry.now)).toBeUndefined()
    for (const bytes of [four, three]) expect(receive(book, bytes, registry.now)).toEqual({ kind: 'waiting', epoch: 1 })
    expect(receive(book, four, registry.now).kind).toBe('known')
    expect(receive(book, one, registry.now).kind).toBe('taken')
    for (const epoch of [2, 3, 4]) {
      const outcome = book.resume(registry.now)
      expect(outcome?.kind === 'taken' && outcome.held.roster.epoch).toBe(epoch)
    }
    expect(book.resume(registry.now)).toBeUndefined()
    expect(equalBytes(book.latest?.roster.hash as Uint8Array, registry.roster.hash)).toBe(true)
  })

  it('goes from a full roster to a waiting delta and back', () => {
    const { registry, zero, deltas } = chain()
    const book = new RosterBook(registry.policy())
    receive(book, zero, registry.now)
    expect(receive(book, fullOf(registry, 3), registry.now)).toEqual({ kind: 'waiting', epoch: 1 })
    expect(receive(book, deltas[1] as Uint8Array, registry.now).kind).toBe('waiting')
    expect(receive(book, deltas[3] as Uint8Array, registry.now).kind).toBe('waiting')
    expect(receive(book, fullOf(registry, 1), registry.now).kind).toBe('taken')
    const kinds = [1, 2, 3].map(() => book.resume(registry.now)?.kind)
    expect(kinds).toEqual(['taken', 'taken', 'taken'])
    expect(book.latest?.roster.epoch).toBe(4)
  })

  it('takes nothing from a relay that renames a roster or a delta', () => {
    const { registry, zero, deltas } = chain()
    const book = new RosterBook(registry.policy())
    expect(receive(book, renamed(zero, 5), registry.now).kind).toBe('bad-signature')
    receive(book, zero, registry.now)
    for (const bytes of deltas) {
      const { epoch } = decodeEnvelope(bytes)
      for (let other = 0; other < 40; other++)
        if (other !== epoch) expect(receive(book, renamed(bytes, other), registry.now).kind).toBe('bad-signature')
    }
    for (const bytes of deltas) expect(receive(book, bytes, registry.now).kind).toBe('taken')
    expect(book.resume(registry.now)).toBeUndefined()
  })

  it('is not led astray by a registrar that signs deltas under other epochs', () => {
    const { registry, zero, deltas } = chain()
    const book = new RosterBook(registry.policy())
    receive(book, zero, registry.now)
    const [one, two, three, four] = deltas as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
    const refused = { kind: 'refused', error: { fault: 'signature' } }
    expect(receive(book, misnamed(registry, four, 1), registry.now)).toMatchObject(refused)
    expect(receive(book, misnamed(registry, three, 0), registry.now).kind).toBe('old')
    expect(receive(book, misnamed(registry, four, 3), registry.now).kind).toBe('waiting')
    for (const bytes of [one, two]) expect(receive(book, bytes, registry.now).kind).toBe('taken')
    expect(book.resume(registry.now)).toMatchObject(refused)
    for (const bytes of [three, four]) expect(receive(book, bytes, registry.now).kind).toBe('taken')
    expect(equalBytes(book.latest?.roster.hash as Uint8Array, registry.roster.hash)).toBe(true)
    expect(receive(book, misnamed(registry, three, 2), registry.now)).toMatchObject(refused)
  })

  it('knows a roster that it holds by delta when the full one comes, and the other way round', () => {
    const { registry, zero, deltas } = chain()
    const byDelta = new RosterBook(registry.policy())
    const byFull = new RosterBook(registry.policy())
    for (const book of [byDelta, byFull]) receive(book, zero, registry.now)
    receive(byDelta, deltas[0] as Uint8Array, registry.now)
    receive(byFull, fullOf(registry, 1), registry.now)
    for (const book of [byDelta, byFull]) {
      expect(receive(book, deltas[0] as Uint8Array, registry.now).kind).toBe('known')
      expect(receive(book, fullOf(registry, 1), registry.now).kind).toBe('known')
    }
    // One that is long gone is nothing to compare with.
    byFull.prune(millis(registry.now + 10 ** 9))
    receive(byFull, deltas[1] as Uint8Array, registry.now)
    byFull.prune(millis(registry.now + 10 ** 9))
    expect(receive(byFull, deltas[0] as Uint8Array, registry.now).kind).toBe('old')
  })

  it.each(['delta and full', 'full and delta', 'delta and delta'])('keeps two rosters for one epoch as evidence, by %s', how => {
    const registry = new Registry({ members: 8, seed: how })
    const { sealed, full, named } = signer(registry)
    const [one, two]: [Change, Change] = [{}, { members: members => members.slice(1) }]
    const whole = (change: Change): Uint8Array =>
      sealEnvelope(registry.identity, MessageType.Roster, registry.networkId, named.epoch, named.slot, full(change))
    const [first, second] =
      how === 'delta and full'
        ? [sealed(one), whole(two)]
        : how === 'full and delta'
          ? [whole(one), sealed(two)]
          : [sealed(one), sealed(two)]
    const book = new RosterBook(registry.policy())
    receive(book, fullOf(registry, 0), registry.now)
    expect(receive(book, first, registry.now).kind).toBe('taken')
    const held = book.latest
    const outcome = receive(book, second, registry.now)
    expect(outcome.kind).toBe('forked')
    const proofs = outcome.kind === 'forked' ? outcome.evidence.map(bytes => RosterPayload.decode(bytes)) : []
    const hashes = proofs.map(({ roster, signature }) => {
      const { hash, epoch } = Roster.decode(roster)
      expect(epoch).toBe(1)
      expect(equalBytes(signature, registry.identity.sign(rosterSignedBytes(hash)))).toBe(true)
      return Buffer.from(hash).toString('hex')
    })
    expect(new Set(hashes).size).toBe(2)
    expect(book.latest).toBe(held)
  })

  it('has a delta that comes late count from the next slot', () => {
    const { registry, zero, deltas } = chain()
    const one = decodeEnvelope(deltas[0] as Uint8Array)
    const fromOf = (policy: RosterPolicy): number | undefined => {
      const book = new RosterBook(policy)
      receive(book, zero, 0)
      receive(book, deltas[0] as Uint8Array, slotTimes(one.slot, SLOT_SECONDS).start)
      return book.latest?.from
    }
    expect(fromOf({ ...registry.policy(), own: ownEntry(registry.members[0] as Member) })).toBe(one.slot + 1)
    // Who only collects loses no slot by it.
    expect(fromOf(registry.policy())).toBe(one.slot)
  })

  it('goes on from a snapshot, with a delta or a full roster, and keeps the dates', () => {
    const { registry, zero, deltas } = chain()
    for (const next of [deltas[2] as Uint8Array, fullOf(registry, 3)]) {
      const book = new RosterBook(registry.policy())
      for (const bytes of [zero, ...deltas.slice(0, 2)]) receive(book, bytes, registry.now)
      const snapshots = book.held.map(held => ({ from: held.from, bytes: book.snapshot(held) }))
      const again = new RosterBook(registry.policy())
      for (const { bytes, from } of snapshots) again.restore(bytes, from)
      expect(again.held.map(held => held.from)).toEqual(book.held.map(held => held.from))
      expectSame(again.latest, book.latest)
      expect(again.credentialChecks).toBe(0)
      expect(receive(again, deltas[1] as Uint8Array, registry.now).kind).toBe('known')
      expect(receive(again, fullOf(registry, 2), registry.now).kind).toBe('known')
      expect(receive(again, next, registry.now).kind).toBe('taken')
      expect(again.credentialChecks).toBe(1)
      // A record twice is no other roster, and an older one none to go on from.
      expect(() => again.restore((snapshots[0] as { bytes: Uint8Array }).bytes, 0 as Slot)).not.toThrow()
      expect(again.latest?.roster.epoch).toBe(3)
    }
  })

  it('takes no snapshot that is none', () => {
    const { registry, zero } = chain()
    const book = new RosterBook(registry.policy())
    receive(book, zero, registry.now)
    const bytes = book.snapshot(book.latest as NonNullable<typeof book.latest>)
    for (const wrong of [new Uint8Array(0), zero, bytes.subarray(0, bytes.byteLength - 20), bytes.subarray(0, 40)]) {
      expect(() => new RosterBook(registry.policy()).restore(wrong, 0 as Slot)).toThrow(SnapshotError)
    }
  })

  it('shares rosters, addresses and snapshots with the others of its process', () => {
    const { registry, zero, deltas } = chain()
    const cache = new CredentialCache()
    const policies = registry.members.slice(0, 3).map(member => ({ ...registry.policy(cache), own: ownEntry(member) }))
    const books = policies.map(policy => new RosterBook(policy))
    for (const book of books) for (const bytes of [zero, ...deltas]) expect(receive(book, bytes, registry.now).kind).toBe('taken')
    const restored = policies.map((policy, i) => {
      const book = new RosterBook(policy)
      const held = (books[i] as RosterBook).latest as NonNullable<RosterBook['latest']>
      // Bytes of its own, as a file gives them.
      book.restore(Uint8Array.from((books[i] as RosterBook).snapshot(held)), held.from)
      return book
    })
    const [first] = books as [RosterBook]
    const held = first.latest as NonNullable<RosterBook['latest']>
    for (const book of [...books, ...restored]) {
      expect(book.latest?.roster).toBe(held.roster)
      expect(book.latest?.bytes).toBeUndefined()
      expect(book.latest?.addresses).toHaveLength(12)
    }
    for (const of of [books, restored]) {
      const [one] = of as [RosterBook]
      for (const book of of) {
        expect(book.latest?.addresses).toBe(one.latest?.addresses)
        expect(book.latest?.credentialDigests).toBe(one.latest?.credentialDigests)
        expect(book.snapshot(book.latest as typeof held)).toBe(one.snapshot(one.latest as typeof held))
      }
    }
    expect(books.map(book => book.credentialChecks)).toEqual([12, 0, 0])
    const full = new RosterBook(registry.policy(cache))
    receive(full, fullOf(registry, 4), registry.now)
    expect(full.latest?.roster).toBe(held.roster)
  })

  it('does not take another’s word for a delta that it would refuse itself', () => {
    const registry = new Registry({ members: 8, seed: 'sharing' })
    const cache = new CredentialCache()
    const { checked, named, delta } = signer(registry)
    const payload = delta({ joined: [{}] })
    applyDelta(checked, named, payload, registry.policy(cache))
    // The same roster with credentials beside it that end sooner: its hash says nothing of them.
    const expired = { ...checked, credentialDigests: Uint8Array.from(checked.credentialDigests), notAfter: checked.notAfter.map(() => 1) }
    expect(faultOf(() => applyDelta(expired, named, payload, registry.policy(cache)))).toBe('credential')
    expect(applyDelta(checked, named, payload, registry.policy(cache)).credentialChecks).toBe(0)
  })
})
