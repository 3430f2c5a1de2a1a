// A roster's changes as a delta: what it leads to, what is refused and by which name, what it costs.
import {
  decodeEnvelope,
  type Envelope,
  MAX_CHANGES,
  MessageType,
  RosterDeltaPayload,
  RosterPayload,
  sealEnvelope
} from '@hushgrid/messages'
import {
  BlindingKey,
  concatBytes,
  type Epoch,
  equalBytes,
  fromHex,
  IdentityKey,
  type MeterId,
  millis,
  SeededRng,
  type Slot,
  slotTimes
} from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { RosterBook } from '../../src/roster/book.ts'
import { CredentialCache } from '../../src/roster/cache.ts'
import { checkRoster } from '../../src/roster/check.ts'
import type { CheckedRoster } from '../../src/roster/checked-roster.ts'
import { issueCredential } from '../../src/roster/credential.ts'
import { applyDelta, deltaBetween } from '../../src/roster/delta.ts'
import type { RosterFields, RosterMember } from '../../src/roster/fields.ts'
import type { RosterPolicy } from '../../src/roster/policy.ts'
import { type RosterFault, RosterRefusedError } from '../../src/roster/refused.ts'
import { Roster, rosterSignedBytes } from '../../src/roster/roster.ts'
import { SnapshotError } from '../../src/roster/snapshot.ts'
import { type Member, Registry, SLOT_SECONDS } from '../support/registry.ts'

const rng = new SeededRng('delta tests')
type Delta = RosterDeltaPayload

function fullOf(registry: Registry, epoch: number): Uint8Array {
  const bytes = registry.state.rosters.get(epoch as Epoch)
  if (!bytes) throw new Error(`a roster of epoch ${epoch}`)
  return bytes
}

const receive = (book: RosterBook, bytes: Uint8Array, now: number) => book.receive(decodeEnvelope(bytes), bytes, millis(now))

/** Lets the next roster be made, by the slot's end; gives what was published for it. */
function nextRoster(registry: Registry, submitting: readonly Member[] = registry.members): Uint8Array {
  const count = registry.published.length
  registry.endSlot(submitting)
  expect(registry.published).toHaveLength(count + 1)
  return registry.published.at(-1) as Uint8Array
}

function expectSame(one: CheckedRoster | undefined, other: CheckedRoster | undefined): void {
  const beside = (of: CheckedRoster | undefined) =>
    of && [of.roster.encode(), of.signature, of.addresses, of.aggregatorAddress, of.credentialDigests, of.notBefore, of.notAfter]
  expect(one).toBeDefined()
  expect(beside(one)).toEqual(beside(other))
}

describe('a delta', () => {
  it('leads to the very roster that the registrar signed, with all that travels beside it', () => {
    const registry = new Registry({ members: 8 })
    const [first, second, third] = registry.members as [Member, Member, Member]
    const newcomer = registry.newMember()
    registry.join(newcomer)
    registry.leave(first)
    second.address = '/ip4/10.9.9.9/tcp/1'
    registry.join(second)
    third.answers = false
    const others = registry.members.filter(member => member !== third)
    expect(decodeEnvelope(nextRoster(registry, others)).type).toBe(MessageType.RosterDelta)
    for (let slots = 0; slots < 2; slots++) registry.endSlot(others)
    expect(registry.isAbsent(third)).toBe(true)
    third.answers = true
    registry.join(third)
    nextRoster(registry)
    expect(registry.roster.epoch).toBe(3)
    const types = registry.published.map(bytes => decodeEnvelope(bytes).type)
    expect(types).toEqual([MessageType.Roster, ...types.slice(1).map(() => MessageType.RosterDelta)])

    const byDelta = new RosterBook(registry.policy())
    const byFull = new RosterBook(registry.policy())
    for (const [epoch, bytes] of registry.published.entries()) {
      expect(receive(byDelta, bytes, registry.now).kind).toBe('taken')
      expect(receive(byFull, fullOf(registry, epoch), registry.now).kind).toBe('taken')
      expectSame(byDelta.latest, byFull.latest)
    }
    expect(byDelta.latest?.bytes).toBeUndefined()
    expect(byFull.latest?.bytes).toBeDefined()
    // A join costs one check, and nothing else any.
    expect(byDelta.credentialChecks).toBe(9)
    const changes = registry.of('changes')
    expect(changes.some(change => change.joined.includes(newcomer.id))).toBe(true)
    expect(changes.some(change => change.left.includes(first.id))).toBe(true)
    expect(changes.some(change => change.absent.includes(third.id))).toBe(true)
    expect(changes.some(change => change.present.includes(third.id))).toBe(true)
  })

  it('has at most 200 bytes, 10 for each leave, absence and return and 190 for each join with a short address', () => {
    const registry = new Registry({ members: 60, degree: 14 })
    const { checked, sealed } = signer(registry)
    const size = (change: Change): number => sealed(change).byteLength
    const base = checked.roster.members()
    const only = (change: Change): number => size({ fields: { firstSlot: (checked.roster.firstSlot + 100) as Slot }, ...change })
    expect(only({})).toBeLessThanOrEqual(200)
    for (const count of [1, 10]) {
      const some = new Set(base.slice(20, 20 + count).map(member => member.meterId))
      const leaves = only({ members: members => members.filter(member => !some.has(member.meterId)) })
      const absences = only({
        members: members => members.map(member => (some.has(member.meterId) ? { ...member, absent: true } : member))
      })
      for (const bytes of [leaves, absences]) expect(bytes).toBeLessThanOrEqual(200 + 10 * count)
      const joins = only({ joined: Array.from({ length: count }, () => ({ address: '/ip4/10.0.0.17/tcp/4001' })) })
      expect(joins).toBeLessThanOrEqual(200 + 190 * count)
      // Id, key, placement and signature of a member are 144 bytes that nothing makes less of.
      expect(joins).toBeGreaterThan(144 * count)
    }
    const registryWithAbsent = new Registry({ members: 8 })
    const away = registryWithAbsent.members[3] as Member
    away.answers = false
    for (let slots = 0; slots < 3; slots++) registryWithAbsent.endSlot(registryWithAbsent.members.filter(member => member !== away))
    expect(registryWithAbsent.isAbsent(away)).toBe(true)
    away.answers = true
    registryWithAbsent.join(away)
    expect(nextRoster(registryWithAbsent).byteLength).toBeLessThanOrEqual(200 + 10)
  })

  it('cannot say that the season, ringSeed, aggregator, lanes, recovery or minMembers change, and none leads to epoch 0', () => {
    const registry = new Registry({ members: 8 })
    const { checked, full } = signer(registry)
    const between = (change: Change) => {
      const payload = full(change)
      const next = checkRoster(payload, { ...registry.policy(), aggregatorKey: undefined })
      return deltaBetween(checked, next, RosterPayload.decode(payload).credentials)
    }
    expect(between({})).toBeDefined()
    const fields: Partial<RosterFields>[] = [
      { season: 1 },
      { ringSeed: rng.bytes(32) },
      { aggregatorKey: IdentityKey.generate(rng).id },
      { lanes: [...checked.roster.lanes].reverse() },
      { recovery: 0 },
      { minMembers: 4 },
      { epoch: 0 as Epoch },
      { epoch: 2 as Epoch },
      { previousRosterHash: new Uint8Array(32) }
    ]
    for (const change of fields) expect(between({ fields: change })).toBeUndefined()
    const meddle = (change: Partial<RosterMember>) =>
      between({ members: members => members.map((member, i) => (i === 2 ? { ...member, ...change } : member)) })
    expect(meddle({ placement: new Uint8Array(16) })).toBeUndefined()
    expect(between({ fields: { degree: 6 } })?.degree).toBe(6)
    expect(MAX_CHANGES).toBeGreaterThan(1000)
  })
})

interface Change {
  readonly fields?: Partial<RosterFields>
  readonly members?: (members: RosterMember[]) => RosterMember[]
  readonly joined?: readonly {
    readonly address?: string
    readonly identity?: IdentityKey
    readonly blindingKey?: Uint8Array
    readonly notAfter?: number
    readonly signer?: IdentityKey
  }[]
  readonly meddle?: (delta: Delta) => void
  /** Signs the roster that a full copy of these changes would be, whatever the delta says. */
  readonly signature?: (hash: Uint8Array) => Uint8Array
}

/** Rosters and deltas that a registrar would sign after the one in force, and ones that it should not. */
function signer(registry: Registry) {
  const previous = fullOf(registry, 0)
  const checked = checkRoster(decodeEnvelope(previous).payload, registry.policy())
  const { roster } = checked
  const named = { epoch: 1 as Epoch, slot: (roster.firstSlot + 1) as Slot }
  const nextOf = (change: Change) => {
    const start = named.slot * SLOT_SECONDS
    const newcomers = (change.joined ?? []).map(each => {
      const identity = each.identity ?? IdentityKey.generate(rng)
      const blindingKey = each.blindingKey ?? BlindingKey.generate(rng).publicKey
      const of = { meterId: identity.id, blindingKey, notBefore: start - 100, notAfter: each.notAfter ?? start + 86_400 * 30 }
      return {
        credential: issueCredential(each.signer ?? registry.identity, registry.networkId, of),
        address: each.address ?? '',
        placement: rng.bytes(16)
      }
    })
    const members = roster.members()
    const next = Roster.create(
      { ...fieldsOf(roster), epoch: named.epoch, previousRosterHash: roster.hash, firstSlot: named.slot, ...change.fields },
      [
        ...(change.members?.(members) ?? members),
        ...newcomers.map(({ credential, placement }) => ({
          meterId: credential.meterId,
          blindingKey: credential.blindingKey,
          placement,
          absent: false
        }))
      ]
    )
    return { next, newcomers }
  }
  const full = (change: Change): Uint8Array => {
    const { next, newcomers } = nextOf(change)
    const before = RosterPayload.decode(decodeEnvelope(previous).payload)
    const at = (i: number) => {
      const index = roster.indexOf(next.meterId(i))
      const fresh = newcomers.find(each => each.credential.meterId === next.meterId(i))
      if (index !== undefined || !fresh)
        return {
          credential: before.credentials.subarray(80 * (index ?? 0), 80 * (index ?? 0) + 80),
          address: before.addresses[index ?? 0] ?? ''
        }
      const { notBefore, notAfter, signature } = fresh.credential
      const dates = new Uint8Array(16)
      new DataView(dates.buffer).setBigUint64(0, BigInt(notBefore), true)
      new DataView(dates.buffer).setBigUint64(8, BigInt(notAfter), true)
      return { credential: concatBytes(dates, signature), address: fresh.address }
    }
    const each = Array.from({ length: next.n }, (_, i) => at(i))
    return RosterPayload.encode({
      roster: next.encode(),
      signature: registry.identity.sign(rosterSignedBytes(next.hash)),
      credentials: concatBytes(...each.map(one => one.credential)),
      addresses: each.map(one => one.address),
      aggregatorAddress: before.aggregatorAddress
    })
  }
  /** The delta's payload, made by hand so that it can be wrong. */
  const delta = (change: Change): Uint8Array => {
    const { next, newcomers } = nextOf(change)
    const positions = (keep: (position: number) => boolean) => Array.from({ length: roster.n }, (_, i) => i).filter(keep)
    const after = (position: number) => next.indexOf(roster.meterId(position))
    const value: Delta = {
      signature: (change.signature?.(next.hash) ?? registry.identity.sign(rosterSignedBytes(next.hash))) as Uint8Array<ArrayBuffer>,
      joined: newcomers
        .sort((a, b) => (a.credential.meterId < b.credential.meterId ? -1 : 1))
        .map(({ credential, placement, address }) => ({
          entry: concatBytes(
            fromHex(credential.meterId),
            credential.blindingKey,
            placement,
            credential.signature
          ) as Uint8Array<ArrayBuffer>,
          notBefore: credential.notBefore,
          lifetime: credential.notAfter - credential.notBefore,
          address
        })),
      left: positions(position => after(position) === undefined),
      absent: positions(
        position => after(position) !== undefined && next.isAbsent(after(position) as number) && !roster.isAbsent(position)
      ),
      present: positions(
        position => after(position) !== undefined && !next.isAbsent(after(position) as number) && roster.isAbsent(position)
      ),
      renewed: [],
      moved: [],
      degree: next.degree === roster.degree ? 0 : next.degree,
      aggregatorAddress: ''
    }
    change.meddle?.(value)
    return RosterDeltaPayload.encode(value)
  }
  const sealed = (change: Change, as: { epoch?: Epoch; slot?: Slot; signer?: IdentityKey } = {}): Uint8Array =>
    sealEnvelope(
      as.signer ?? registry.identity,
      MessageType.RosterDelta,
      registry.networkId,
      as.epoch ?? named.epoch,
      as.slot ?? change.fields?.firstSlot ?? named.slot,
      delta(change)
    )
  return { checked, named, full, delta, sealed }
}

function fieldsOf(roster: Roster): RosterFields {
  const { networkId, epoch, season, previousRosterHash, firstSlot, slotSeconds, lanes, degree, minMembers, recovery } = roster
  const { ringSeed, registrarKey, aggregatorKey } = roster
  return {
    networkId,
    epoch,
    season,
    previousRosterHash,
    firstSlot,
    slotSeconds,
    lanes,
    degree,
    minMembers,
    recovery,
    ringSeed,
    registrarKey,
    aggregatorKey
  }
}

function faultOf(run: () => unknown): RosterFault | undefined {
  try {
    run()
    return undefined
  } catch (cause) {
    if (cause instanceof RosterRefusedError) return cause.fault
    throw cause
  }
}

describe('a delta is refused by the rule that it breaks:', () => {
  const registry = new Registry({ members: 8, seed: 'hostile deltas' })
  const { checked, named, delta, sealed } = signer(registry)
  const { roster } = checked
  const fault = (change: Change, name = named) => faultOf(() => applyDelta(checked, name, delta(change), registry.policy()))
  const marked = (positions: readonly number[]): Change => ({
    members: members => members.map((member, i) => (positions.includes(i) ? { ...member, absent: true } : member))
  })
  const gone: Change = { members: members => members.filter((_, i) => i !== 3) }

  it('none, where it breaks none', () => {
    for (const change of [{}, gone, marked([1, 4]), { joined: [{}, {}, {}] }, { fields: { degree: 6 } }])
      expect(fault(change)).toBeUndefined()
  })

  it('signature: none, by another key, over another roster, over the roster of another delta', () => {
    const other = IdentityKey.generate(rng)
    expect(fault({ ...gone, signature: () => new Uint8Array(64) })).toBe('signature')
    expect(fault({ ...gone, signature: hash => other.sign(rosterSignedBytes(hash)) })).toBe('signature')
    expect(fault({ ...gone, signature: () => registry.identity.sign(rosterSignedBytes(roster.hash)) })).toBe('signature')
    expect(fault({ ...gone, signature: hash => registry.identity.sign(hash) })).toBe('signature')
    // One change more, less or other than what was signed.
    expect(fault({ ...gone, meddle: value => void value.left.push(5) })).toBe('signature')
    expect(fault({ ...gone, meddle: value => void value.left.splice(0, 1, 4) })).toBe('signature')
    expect(
      fault({
        ...gone,
        meddle: value => {
          value.degree = 6
        }
      })
    ).toBe('signature')
    expect(fault({ ...marked([2]), meddle: value => void value.absent.pop() })).toBe('signature')
    expect(fault({ joined: [{}], meddle: value => void value.joined[0]?.entry.set([7], 64) })).toBe('signature')
    expect(fault(gone, { ...named, slot: (named.slot + 1) as Slot })).toBe('signature')
  })

  it('chain-epoch and chain-first-slot', () => {
    for (const epoch of [0, 2, 7]) expect(fault(gone, { ...named, epoch: epoch as Epoch })).toBe('chain-epoch')
    for (const slot of [0, roster.firstSlot]) expect(fault(gone, { ...named, slot: slot as Slot })).toBe('chain-first-slot')
  })

  it('form: positions out of range, out of order, twice, of somebody who has left', () => {
    const wrong: ((value: Delta) => void)[] = [
      value => void value.left.push(roster.n),
      value => void value.left.push(2 ** 31),
      value => {
        value.left = [3, 3]
      },
      value => {
        value.left = [3, 2]
      },
      value => {
        value.absent = [8]
      },
      value => {
        value.absent = [1, 1]
      },
      value => {
        value.absent = [3]
      },
      // Nobody is absent.
      value => {
        value.present = [1]
      },
      value => {
        value.moved = [{ position: 8, address: '' }]
      },
      value => {
        value.moved = [{ position: 3, address: '' }]
      },
      value => {
        value.moved = [1, 1].map(position => ({ position, address: '/x' }))
      },
      value => {
        value.renewed = [{ position: 9, notBefore: 0, lifetime: 1, signature: new Uint8Array(64) }]
      },
      value => {
        value.degree = roster.degree
      },
      value => {
        value.degree = 3
      },
      value => {
        value.aggregatorAddress = checked.aggregatorAddress
      }
    ]
    for (const meddle of wrong) expect(fault({ ...gone, meddle })).toBe('form')
    // Absent already.
    const absent = applyDelta(checked, named, delta(marked([2])), registry.policy())
    const again = RosterDeltaPayload.encode({ ...RosterDeltaPayload.decode(delta(marked([2]))) })
    const after = { epoch: 2 as Epoch, slot: (named.slot + 1) as Slot }
    expect(faultOf(() => applyDelta(absent, after, again, registry.policy()))).toBe('form')
    for (const bytes of [new Uint8Array(0), rng.bytes(50), delta(gone).subarray(0, 40)])
      expect(faultOf(() => applyDelta(checked, named, bytes, registry.policy()))).toBe('form')
  })

  it('form: everybody gone, a joined member that is one already, twice or out of order, a key twice, a role’s key', () => {
    expect(
      fault({
        meddle: value => {
          value.left = Array.from({ length: roster.n }, (_, i) => i)
        }
      })
    ).toBe('form')
    const entryOf = (id: Uint8Array, key: Uint8Array) => concatBytes(id, key, rng.bytes(16), new Uint8Array(64)) as Uint8Array<ArrayBuffer>
    const joinAs = (...entries: Uint8Array<ArrayBuffer>[]): Change => ({
      meddle: value => {
        value.joined = entries.map(entry => ({ entry, notBefore: 0, lifetime: 2 ** 40, address: '' }))
      }
    })
    const [a, b] = [IdentityKey.generate(rng), IdentityKey.generate(rng)].map(key => fromHex(key.id)).sort(Buffer.compare) as [
      Uint8Array,
      Uint8Array
    ]
    const key = (): Uint8Array => BlindingKey.generate(rng).publicKey
    expect(fault(joinAs(entryOf(fromHex(roster.meterId(2)), key())))).toBe('form')
    expect(
      fault({
        ...gone,
        meddle: value => {
          value.joined = [{ entry: entryOf(fromHex(roster.meterId(3)), key()), notBefore: 0, lifetime: 2 ** 40, address: '' }]
        }
      })
    ).toBe('form')
    expect(fault(joinAs(entryOf(a, key()), entryOf(a, key())))).toBe('form')
    expect(fault(joinAs(entryOf(b, key()), entryOf(a, key())))).toBe('form')
    const one = key()
    expect(fault(joinAs(entryOf(a, one), entryOf(b, one)))).toBe('form')
    expect(fault(joinAs(entryOf(a, roster.blindingKey(0))))).toBe('form')
    expect(fault(joinAs(entryOf(fromHex(roster.aggregatorKey), key())))).toBe('form')
    expect(fault(joinAs(entryOf(fromHex(roster.registrarKey), key())))).toBe('form')
  })

  it('weak-key: a joined member’s keys of low order', () => {
    expect(fault({ joined: [{ blindingKey: new Uint8Array(32) }] })).toBe('weak-key')
    expect(fault({ joined: [{ blindingKey: new Uint8Array(32).fill(0xff) }] })).toBe('weak-key')
    const weak = { id: `01${'00'.repeat(31)}` } as IdentityKey
    expect(fault({ joined: [{ identity: weak }] })).toBe('weak-key')
  })

  it('credential: by another registrar, over, not yet, beyond what can be signed, or with other dates', () => {
    const start = named.slot * SLOT_SECONDS
    expect(fault({ joined: [{ signer: IdentityKey.generate(rng) }] })).toBe('credential')
    expect(fault({ joined: [{ notAfter: start }] })).toBe('credential')
    expect(fault({ joined: [{ notAfter: start + 1 }] })).toBeUndefined()
    const redate = (change: (joined: Delta['joined'][number]) => void): Change => ({
      joined: [{}],
      meddle: value => {
        const [joined] = value.joined
        if (joined) change(joined)
      }
    })
    expect(
      fault(
        redate(joined => {
          joined.lifetime++
        })
      )
    ).toBe('credential')
    expect(
      fault(
        redate(joined => {
          joined.notBefore = start + 1
        })
      )
    ).toBe('credential')
    expect(
      fault(
        redate(joined => {
          joined.lifetime = Number.MAX_SAFE_INTEGER
        })
      )
    ).toBe('credential')
    expect(fault(redate(joined => void joined.entry.set([(joined.entry[100] as number) ^ 1], 100)))).toBe('credential')
    const renew = (notBefore: number, by = registry.identity): Change => ({
      meddle: value => {
        const of = { meterId: roster.meterId(2), blindingKey: roster.blindingKey(2), notBefore, notAfter: notBefore + 1000 }
        value.renewed = [
          {
            position: 2,
            notBefore,
            lifetime: 1000,
            signature: issueCredential(by, registry.networkId, of).signature as Uint8Array<ArrayBuffer>
          }
        ]
      }
    })
    expect(fault(renew(start - 999))).toBeUndefined()
    expect(fault(renew(start - 1000))).toBe('credential')
    expect(fault(renew(start + 1))).toBe('credential')
    expect(fault(renew(start, IdentityKey.generate(rng)))).toBe('credential')
  })

  it('credential: of a member that stays and has expired since; a renewal lets it stay', () => {
    const far = (roster.firstSlot + (86_400 * 31) / SLOT_SECONDS) as Slot
    const change: Change = { fields: { firstSlot: far } }
    expect(fault(change, { ...named, slot: far })).toBe('credential')
    const notBefore = far * SLOT_SECONDS - 1
    const renewed = Array.from({ length: roster.n }, (_, position) => {
      const of = { meterId: roster.meterId(position), blindingKey: roster.blindingKey(position), notBefore, notAfter: notBefore + 1000 }
      return {
        position,
        notBefore,
        lifetime: 1000,
        signature: issueCredential(registry.identity, registry.networkId, of).signature as Uint8Array<ArrayBuffer>
      }
    })
    const payload = delta({
      ...change,
      meddle: value => {
        value.renewed = renewed
      }
    })
    const next = applyDelta(checked, { ...named, slot: far }, payload, registry.policy())
    expect(next.credentialChecks).toBe(roster.n)
    expect([...next.notBefore]).toEqual(renewed.map(() => notBefore))
  })

  it('and a book takes none that is not the registrar’s envelope', () => {
    const book = new RosterBook(registry.policy())
    receive(book, fullOf(registry, 0), registry.now)
    const forger = IdentityKey.generate(rng)
    expect(receive(book, sealed(gone, { signer: forger }), registry.now).kind).toBe('bad-signature')
    const altered = sealed(gone)
    const place = altered.byteLength - 1
    altered[place] = (altered[place] as number) ^ 1
    expect(receive(book, altered, registry.now).kind).toBe('bad-signature')
    expect(receive(book, sealed({ ...gone, meddle: value => void value.left.push(5) }), registry.now)).toMatchObject({
      kind: 'refused',
      error: { fault: 'signature' }
    })
    expect(book.latest?.roster.epoch).toBe(0)
    expect(receive(book, sealed(gone), registry.now).kind).toBe('taken')
  })
})

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
  const renamed = (bytes: Uint8Array, epoch: number): Uint8Array => {
    const { payload, signature, slot, sender, type }: Envelope = decodeEnvelope(bytes)
    // The same signature: it does not cover the epoch.
    const signer = { id: sender, sign: () => signature }
    return sealEnvelope(signer, type, new Uint8Array(32), epoch as Epoch, slot, payload)
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

  it('is not led astray by a relay that renames a delta: the epoch of its envelope is not signed', () => {
    const { registry, zero, deltas } = chain()
    const book = new RosterBook(registry.policy())
    receive(book, zero, registry.now)
    const [one, two, three, four] = deltas as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
    expect(receive(book, renamed(four, 1), registry.now)).toMatchObject({ kind: 'refused', error: { fault: 'signature' } })
    expect(receive(book, renamed(three, 0), registry.now).kind).toBe('old')
    // As if for many later ones: none takes the place of one that really waits, and each is passed on once.
    const kinds = Array.from({ length: 40 }, (_, i) => receive(book, renamed(three, i + 2), registry.now).kind)
    expect(kinds).toEqual(['waiting', ...kinds.slice(1).map(() => 'known')])
    expect(receive(book, two, registry.now).kind).toBe('waiting')
    expect(receive(book, renamed(four, 3), registry.now).kind).toBe('waiting')
    expect(receive(book, one, registry.now).kind).toBe('taken')
    while (book.resume(registry.now)?.kind === 'taken');
    expect(equalBytes(book.latest?.roster.hash as Uint8Array, registry.roster.hash)).toBe(true)
    expect(receive(book, renamed(three, 2), registry.now)).toMatchObject({ kind: 'refused', error: { fault: 'signature' } })
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
    while (byFull.prune(millis(registry.now + 10 ** 9)).length > 0);
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
    const [meterId, blindingKey] = [Roster.decode(RosterPayload.decode(decodeEnvelope(zero).payload).roster)].map(
      roster => [roster.meterId(0), roster.blindingKey(0)] as const
    )[0] as readonly [MeterId, Uint8Array]
    expect(fromOf({ ...registry.policy(), own: { meterId, blindingKey } })).toBe(one.slot + 1)
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
    const policies = registry.members.slice(0, 3).map(({ id, blinding }) => ({
      ...registry.policy(cache),
      own: { meterId: id, blindingKey: blinding.publicKey }
    }))
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
