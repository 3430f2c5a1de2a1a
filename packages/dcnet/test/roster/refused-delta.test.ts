// Deltas that break a rule: each is refused, and the rule named.
import { RosterDeltaPayload } from '@hushgrid/messages'
import { BlindingKey, concatBytes, type Epoch, fromHex, IdentityKey, SeededRng, type Slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { RosterBook } from '../../src/roster/book.ts'
import { issueCredential, packCredential } from '../../src/roster/credential.ts'
import { applyDelta } from '../../src/roster/delta.ts'
import { rosterSignedBytes } from '../../src/roster/roster.ts'
import { type Change, type Delta, faultOf, fullOf, receive, signer } from '../support/deltas.ts'
import { ALL_LANES, Registry, SLOT_SECONDS } from '../support/registry.ts'

const rng = new SeededRng('delta tests')
/** A credential of the right form that nobody has signed: for no time and no lane. */
const NO_CREDENTIAL = new Uint8Array(8 + 8 + 1 + 64)
describe('a delta is refused by the rule that it breaks:', () => {
  const registry = new Registry({ members: 8, seed: 'hostile deltas' })
  const { checked, named, delta, sealed } = signer(registry)
  const { roster } = checked
  const fault = (change: Change, name = named) => faultOf(() => applyDelta(checked, name, delta(change), registry.policy()))
  const marked = (positions: readonly number[]): Change => ({
    members: members => members.map((member, i) => (positions.includes(i) ? { ...member, absent: true } : member))
  })
  /** A credential that holds for a thousand seconds. */
  const renewal = (position: number, notBefore: number, by = registry.identity, lanes = ALL_LANES): Delta['renewed'][number] => {
    const terms = { season: 0, notBefore, notAfter: notBefore + 1000, lanes }
    const of = { meterId: roster.meterId(position), blindingKey: roster.blindingKey(position), ...terms }
    return { position, credential: packCredential(issueCredential(by, registry.networkId, of)) as Uint8Array<ArrayBuffer> }
  }
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
        value.renewed = [{ position: 9, credential: NO_CREDENTIAL }]
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
    const entryOf = (id: Uint8Array, key: Uint8Array) => concatBytes(id, key, rng.bytes(16)) as Uint8Array<ArrayBuffer>
    const joinAs = (...entries: Uint8Array<ArrayBuffer>[]): Change => ({
      meddle: value => {
        value.joined = entries.map(entry => ({ entry, credential: NO_CREDENTIAL, address: '' }))
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
          value.joined = [{ entry: entryOf(fromHex(roster.meterId(3)), key()), credential: NO_CREDENTIAL, address: '' }]
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
    const redate = (change: (credential: DataView) => void): Change => ({
      joined: [{}],
      meddle: ({ joined: [joined] }) => {
        if (joined) change(new DataView(joined.credential.buffer, joined.credential.byteOffset))
      }
    })
    expect(fault(redate(credential => credential.setBigUint64(8, credential.getBigUint64(8, true) + 1n, true)))).toBe('credential')
    expect(fault(redate(credential => credential.setBigUint64(0, BigInt(start + 1), true)))).toBe('credential')
    expect(fault(redate(credential => credential.setBigUint64(8, BigInt(Number.MAX_SAFE_INTEGER), true)))).toBe('credential')
    expect(fault(redate(credential => credential.setBigUint64(8, 2n ** 53n, true)))).toBe('form')
    // The consent to the first lane, the last byte of the signature.
    expect(fault(redate(credential => credential.setUint8(28, 1)))).toBe('credential')
    const last = ({ byteLength }: DataView): number => byteLength - 1
    expect(fault(redate(credential => credential.setUint8(last(credential), credential.getUint8(last(credential)) ^ 1)))).toBe('credential')
    expect(fault({ joined: [{ season: 1 }] })).toBe('credential')
    const renew = (notBefore: number, by = registry.identity): Change => ({
      meddle: value => {
        value.renewed = [renewal(2, notBefore, by)]
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
    const renewed = Array.from({ length: roster.n }, (_, position) => renewal(position, notBefore))
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
