// The registrar: whom it enrols, whom it takes in, and that it signs one roster an epoch whatever happens to it.
import { readFileSync } from 'node:fs'
import {
  AggregatorRequest,
  decodeEnvelope,
  EnrolReply,
  EnrolRequest,
  JoinReply,
  JoinRequest,
  MAX_ADDRESS,
  MAX_ADDRESSES,
  MessageType,
  RefusalPayload,
  RosterRequest,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  BlindingKey,
  type Epoch,
  equalBytes,
  fromHex,
  IdentityKey,
  type MeterId,
  millis,
  SeededRng,
  type SigningKey,
  type Slot,
  signedLanes,
  slotTimes,
  toHex,
  VerifyKey
} from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import type { RegistrarConfig, RegistrarOutput } from '../../src/registrar/contract.ts'
import type { RegistrarRecord } from '../../src/registrar/journal.ts'
import { createRegistrar, stepRegistrar } from '../../src/registrar/machine.ts'
import { type CredentialLane, encodeLanes, networkId, unpackCredential, verifyCredential } from '../../src/roster/credential.ts'
import type { Roster } from '../../src/roster/roster.ts'
import { ALL_LANES } from '../support/registry.ts'
import { randomReadings, sumOf, type VirtualMeter, VirtualNeighbourhood } from '../support/virtual-neighbourhood.ts'

const next = (slot: Slot, by = 1): Slot => (slot + by) as Slot
const rng = new SeededRng('enrolment tests')
const newIdentity = (): IdentityKey => IdentityKey.generate(rng)

interface Asked {
  readonly type: MessageType
  readonly payload: Uint8Array
  readonly outputs: readonly RegistrarOutput[]
}

interface Asking {
  readonly signer: SigningKey
  readonly type: MessageType
  readonly payload: Uint8Array
  readonly from?: MeterId
  readonly slotOff?: number
  readonly network?: Uint8Array
}

/** Asks the registrar over the enrol stream; its answer is its own, properly signed. */
function ask(n: VirtualNeighbourhood, { signer, type, payload, from, slotOff, network }: Asking): Asked {
  const slot = (n.currentSlot + (slotOff ?? 0)) as Slot
  return askBytes(n, from ?? signer.id, sealEnvelope(signer, type, network ?? n.networkId, 0 as Epoch, slot, payload))
}

function askBytes(n: VirtualNeighbourhood, from: MeterId, bytes: Uint8Array): Asked {
  const { state, outputs } = stepRegistrar(n.registrar, { type: 'enrol', from, bytes, token: 7 }, n.now)
  n.registrar = state
  n.carryOutRegistrar(outputs)
  const replies = outputs.filter(output => output.type === 'reply')
  expect(replies).toHaveLength(1)
  const [reply] = replies
  if (reply?.type !== 'reply') throw new Error('expected an answer')
  expect(reply.token).toBe(7)
  const envelope = decodeEnvelope(reply.bytes)
  expect(envelope.sender).toBe(n.registrarIdentity.id)
  const key = new VerifyKey(fromHex(n.registrarIdentity.id))
  if (envelope.type !== MessageType.Roster) expect(verifyEnvelope(envelope, key, n.networkId)).toBe(true)
  return { type: envelope.type, payload: envelope.payload, outputs }
}

interface Enrolling {
  readonly blindingKey?: Uint8Array
  readonly season?: number
  readonly lanes?: readonly CredentialLane[]
}

function enrolRequest({ blindingKey = BlindingKey.generate(rng).publicKey, season = 0, lanes = ALL_LANES }: Enrolling = {}): Uint8Array {
  return EnrolRequest.encode({ blindingKey, season, lanes: encodeLanes(lanes) })
}

function enrol(n: VirtualNeighbourhood, signer: SigningKey, of: Enrolling = {}) {
  const { type, payload } = ask(n, { signer, type: MessageType.EnrolRequest, payload: enrolRequest(of) })
  expect(type).toBe(MessageType.EnrolReply)
  return EnrolReply.decode(payload)
}

/** The request is not even considered: a Refusal comes back, and nothing is journalled. */
function expectRefusal(n: VirtualNeighbourhood, asked: Asked, reason: string): void {
  expect(asked.type).toBe(MessageType.Refusal)
  expect(RefusalPayload.decode(asked.payload).reason).toContain(reason)
  expect(asked.outputs.some(output => output.type === 'journal' || output.type === 'enrolled' || output.type === 'admitted')).toBe(false)
  expect(asked.outputs.find(output => output.type === 'dropped')).toMatchObject({ reason: reason.split(':')[0] })
  expect(Object.values(n.registrar.drops.counts).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
}

/** A neighbourhood that waits for more members than it has, so that no roster is signed yet. */
function forming(): VirtualNeighbourhood {
  const n = new VirtualNeighbourhood({ members: 6, degree: 4 })
  n.registrar = createRegistrar(n.registrarConfig, [{ kind: 'aggregator', key: n.aggregatorIdentity.id, address: '/a' }], n.now)
  n.registrarJournal.splice(0)
  return n
}

describe('the registrar enrols', () => {
  it('a meter with keys of its own, and gives it a credential that holds for just these', () => {
    const n = forming()
    const signer = newIdentity()
    const { publicKey } = BlindingKey.generate(rng)
    const reply = enrol(n, signer, { blindingKey: publicKey })
    expect(reply).toMatchObject({ refused: '', aggregator: '/a', season: 0 })
    const credential = unpackCredential(reply.credential, { meterId: signer.id, blindingKey: publicKey, season: 0 })
    const key = new VerifyKey(fromHex(n.registrarIdentity.id))
    const at = Math.floor(n.now / 1000)
    expect(verifyCredential(key, n.networkId, credential, at)).toBe(true)
    expect(verifyCredential(key, n.networkId, { ...credential, meterId: newIdentity().id }, at)).toBe(false)
    expect(verifyCredential(key, n.networkId, { ...credential, blindingKey: BlindingKey.generate(rng).publicKey }, at)).toBe(false)
    expect(verifyCredential(key, n.networkId, { ...credential, season: 1 }, at)).toBe(false)
    expect(verifyCredential(key, n.networkId, { ...credential, lanes: ALL_LANES.slice(1) }, at)).toBe(false)
    expect(verifyCredential(key, n.networkId, { ...credential, lanes: ALL_LANES.map(lane => ({ ...lane, consent: true })) }, at)).toBe(
      false
    )
    expect(verifyCredential(key, n.networkId, { ...credential, notAfter: credential.notAfter + 1 }, at)).toBe(false)
    expect(verifyCredential(key, networkId('elsewhere'), credential, at)).toBe(false)
  })

  it('the same meter again with the same credential, whenever it asks', () => {
    const n = forming()
    const signer = newIdentity()
    const { publicKey } = BlindingKey.generate(rng)
    const first = enrol(n, signer, { blindingKey: publicKey })
    for (let times = 0; times < 3; times++) {
      n.now = millis(n.now + (n.registrarConfig.credentialSeconds / 3) * 1000)
      expect(enrol(n, signer, { blindingKey: publicKey })).toEqual(first)
    }
    expect(n.registrarJournal.filter(record => record.kind === 'enrolled')).toHaveLength(1)
  })

  it('a later key in the place of an earlier one until a roster of its season is signed, and none from then on', () => {
    const before = forming()
    const signer = newIdentity()
    enrol(before, signer)
    const { publicKey } = BlindingKey.generate(rng)
    expect(enrol(before, signer, { blindingKey: publicKey }).refused).toBe('')
    expect(before.registrar.enrolled.get(signer.id)?.credential.blindingKey).toEqual(publicKey)

    const n = new VirtualNeighbourhood({ members: 6, degree: 4 })
    const { identity, keys } = (n.meters[2] as VirtualMeter).config
    expect(enrol(n, identity).refused).toBe('a meter keeps its blinding key and lanes for the season')
    expect(enrol(n, identity, { blindingKey: keys.publicKey(0) as Uint8Array, lanes: ALL_LANES.slice(1) }).refused).toContain(
      'lanes for the season'
    )
    const other = BlindingKey.generate(rng).publicKey
    expect(enrol(n, identity, { blindingKey: other, season: 1 }).refused).toBe('')
    expect(n.registrar.enrolled.get(identity.id)).toMatchObject({
      credential: { season: 0, blindingKey: keys.publicKey(0) },
      next: { season: 1, blindingKey: other }
    })
  })

  it('for this season and the next, and says which is under way', () => {
    const n = new VirtualNeighbourhood({ members: 6, degree: 4 })
    const meter = n.meters[2] as VirtualMeter
    const { id } = meter.config.identity
    const before = n.registrar.enrolled.get(id)
    const reply = enrol(n, meter.config.identity, { season: 1 })
    expect(reply).toMatchObject({ refused: '', season: 0 })
    const after = n.registrar.enrolled.get(id)
    expect(after?.credential).toEqual(before?.credential)
    expect(after?.placement).toEqual(before?.placement)
    expect(after?.addresses).toEqual(before?.addresses)
    expect(n.registrar.waiting.size).toBe(0)
    for (const season of [2, 7]) {
      const refused = enrol(n, newIdentity(), { season })
      expect(refused).toMatchObject({ season: 0, refused: `expected a key for season 0 or the next, got one for ${season}` })
    }
  })
})

interface RefusedCase {
  readonly name: string
  readonly refused: string
  readonly members: readonly { readonly blindingKey: string }[]
}

/** Keys on the twist of curve25519, and on it with a part of order 8, with what is said of them. */
const NO_PRIME_ORDER = (
  JSON.parse(readFileSync(new URL('../../../../test/vectors/refused.json', import.meta.url), 'utf8')) as RefusedCase[]
)
  .filter(({ name }) => ['blinding key on the twist', 'blinding key with a part of order 8'].includes(name))
  .map(({ refused, members }) => [members[0]?.blindingKey ?? '', refused] as const)

describe('the registrar refuses to enrol', () => {
  it('a meter that is not on the list', () => {
    const n = forming()
    const [listed, other] = [newIdentity(), newIdentity()]
    const config: RegistrarConfig = { ...n.registrarConfig, allowed: new Set([listed.id]) }
    n.registrar = createRegistrar(config, [], n.now)
    expect(enrol(n, other).refused).toContain('not on the list')
    expect(n.registrar.enrolled.size).toBe(0)
    expect(enrol(n, listed).refused).toBe('')
    expect(n.registrar.enrolled.size).toBe(1)
  })

  it('a blinding key of low order, not reduced, or not of prime order', () => {
    const n = forming()
    const low = [
      new Uint8Array(32),
      Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0)),
      fromHex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'),
      fromHex('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'),
      // p − 1, p and p + 1.
      fromHex(`ec${'ff'.repeat(30)}7f`),
      fromHex(`ed${'ff'.repeat(30)}7f`),
      fromHex(`ee${'ff'.repeat(30)}7f`)
    ]
    for (const key of low) expect(enrol(n, newIdentity(), { blindingKey: key }).refused).toContain('blinding key')
    // Of large order, but on the twist, or with a part of low order: no secret has it, and nothing could be proved of it.
    for (const [text, why] of NO_PRIME_ORDER) expect(enrol(n, newIdentity(), { blindingKey: fromHex(text) }).refused).toContain(why)
    // The same key with its top bit set would be another name for it.
    const { publicKey } = BlindingKey.generate(rng)
    const masked = Uint8Array.from(publicKey)
    masked[31] = (masked[31] as number) | 0x80
    expect(enrol(n, newIdentity(), { blindingKey: masked }).refused).toContain('blinding key')
    expect(NO_PRIME_ORDER).toHaveLength(2)
    expect(n.registrar.enrolled.size).toBe(0)
    const short = ask(n, {
      signer: newIdentity(),
      type: MessageType.EnrolRequest,
      payload: enrolRequest({ blindingKey: publicKey.subarray(1) })
    })
    expectRefusal(n, short, 'bad-field')
  })

  it('a blinding key that another meter uses', () => {
    const n = forming()
    const { publicKey } = BlindingKey.generate(rng)
    expect(enrol(n, newIdentity(), { blindingKey: publicKey }).refused).toBe('')
    expect(enrol(n, newIdentity(), { blindingKey: publicKey }).refused).toBe('this blinding key is in use by another meter')
    expect(n.registrar.enrolled.size).toBe(1)
  })

  it('the keys of the registrar and of the aggregator', () => {
    const n = forming()
    for (const identity of [n.registrarIdentity, n.aggregatorIdentity]) {
      expect(enrol(n, identity).refused).toBe('the keys of registrar and aggregator are never meters')
    }
    expect(n.registrar.enrolled.size).toBe(0)
  })
})

describe('the registrar does not consider', () => {
  const request = (signer: IdentityKey): Asking => ({
    signer,
    type: MessageType.EnrolRequest,
    payload: enrolRequest()
  })

  it('a request of two slots ago, or from two slots ahead', () => {
    const n = forming()
    for (const slotOff of [-2, 2, -1000, 1000]) expectRefusal(n, ask(n, { ...request(newIdentity()), slotOff }), 'slot-over')
    for (const slotOff of [-1, 1]) expect(ask(n, { ...request(newIdentity()), slotOff }).type).toBe(MessageType.EnrolReply)
  })

  it('a request that another peer brings', () => {
    const n = forming()
    expectRefusal(n, ask(n, { ...request(newIdentity()), from: newIdentity().id }), 'unknown-sender')
  })

  it('a forged signature, and one for another network', () => {
    const n = forming()
    const victim = newIdentity()
    const forged = sealEnvelope(newIdentity(), MessageType.EnrolRequest, n.networkId, 0 as Epoch, n.currentSlot, request(victim).payload)
    forged.set(fromHex(victim.id), 2)
    expectRefusal(n, askBytes(n, victim.id, forged), 'bad-signature')
    expectRefusal(n, ask(n, { ...request(newIdentity()), network: networkId('elsewhere') }), 'bad-signature')
  })

  it('a key of small order, under which anybody could sign', () => {
    const n = forming()
    const weak = `01${'00'.repeat(31)}` as MeterId
    const bytes = sealEnvelope(
      newIdentity(),
      MessageType.EnrolRequest,
      n.networkId,
      0 as Epoch,
      n.currentSlot,
      request(newIdentity()).payload
    )
    bytes.set(fromHex(weak), 2)
    // R is the neutral element and S zero: valid for any message where small order is let through.
    bytes.set([1, ...new Uint8Array(63)], bytes.byteLength - 64)
    expectRefusal(n, askBytes(n, weak, bytes), 'bad-field')
  })

  it('its own types of answer, and what is no message', () => {
    const n = forming()
    const payload = EnrolReply.encode({ credential: new Uint8Array(81), refused: '', aggregator: '', season: 0 })
    expectRefusal(n, ask(n, { signer: newIdentity(), type: MessageType.EnrolReply, payload }), 'unexpected-type')
    expectRefusal(n, ask(n, { signer: newIdentity(), type: MessageType.Submission, payload: new Uint8Array(0) }), 'unexpected-type')
    for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3)])
      expect(askBytes(n, newIdentity().id, bytes).type).toBe(MessageType.Refusal)
    const addresses = Array.from({ length: MAX_ADDRESSES + 1 }, () => '/ip4/127.0.0.1/tcp/1')
    expectRefusal(
      n,
      ask(n, { signer: newIdentity(), type: MessageType.JoinRequest, payload: JoinRequest.encode({ addresses, unixMillis: 0 }) }),
      'malformed'
    )
    const long = JoinRequest.encode({ addresses: ['x'.repeat(MAX_ADDRESS + 1)], unixMillis: 0 })
    expectRefusal(n, ask(n, { signer: newIdentity(), type: MessageType.JoinRequest, payload: long }), 'bad-field')
  })

  it('a peer any longer that has sent too much of it', () => {
    const n = forming()
    const { id } = newIdentity()
    for (let i = 0; i < 200; i++) askBytes(n, id, Uint8Array.of(1, 2, 3))
    expect(n.registrar.drops.counts).toEqual({ malformed: 64, flood: 136 })
    expect(ask(n, request(newIdentity())).type).toBe(MessageType.EnrolReply)
  })
})

describe('the registrar takes in', () => {
  it('nobody without a credential', () => {
    const n = forming()
    const { type, payload } = ask(n, {
      signer: newIdentity(),
      type: MessageType.JoinRequest,
      payload: JoinRequest.encode({ addresses: [], unixMillis: 0 })
    })
    expect(type).toBe(MessageType.JoinReply)
    expect(JoinReply.decode(payload).refused).toContain('enrol first')
    expect(n.registrar.waiting.size).toBe(0)
  })

  it('a meter once, however often it asks', () => {
    const n = forming()
    const signer = newIdentity()
    enrol(n, signer)
    const join = (): Asked =>
      ask(n, { signer, type: MessageType.JoinRequest, payload: JoinRequest.encode({ addresses: ['/b'], unixMillis: 0 }) })
    for (let i = 0; i < 3; i++) expect(JoinReply.decode(join().payload).refused).toBe('')
    expect(n.registrarOutputs.filter(output => output.type === 'admitted' && output.meterId === signer.id)).toHaveLength(1)
    expect(n.registrar.waiting.size).toBe(1)
    expect(n.registrar.enrolled.get(signer.id)?.placement).toHaveLength(16)
  })
})

describe('the aggregator announces itself', () => {
  const announce = (n: VirtualNeighbourhood, signer: IdentityKey, address = '/x'): string => {
    const { type, payload } = ask(n, {
      signer,
      type: MessageType.AggregatorRequest,
      payload: AggregatorRequest.encode({ addresses: [address] })
    })
    expect(type).toBe(MessageType.JoinReply)
    return JoinReply.decode(payload).refused
  }

  it('and no other can, where the network names one', () => {
    const n = forming()
    n.registrar = createRegistrar(n.registrarConfig, [], n.now)
    expect(announce(n, newIdentity())).toBe('this network has another aggregator')
    expect(n.registrar.aggregator).toBeUndefined()
    expect(announce(n, n.aggregatorIdentity, '/y')).toBe('')
    expect(n.registrar.aggregator).toMatchObject({ key: n.aggregatorIdentity.id, address: '/y' })
  })

  it('and a second one cannot where the first was taken, also after a restart', () => {
    const n = forming()
    const { aggregatorKey: _, ...lab } = n.registrarConfig
    n.registrar = createRegistrar(lab, [], n.now)
    const first = newIdentity()
    expect(announce(n, first, '/y')).toBe('')
    expect(announce(n, newIdentity())).toBe('this network has another aggregator')
    n.registrar = createRegistrar(lab, n.registrarJournal, n.now)
    expect(announce(n, newIdentity())).toBe('this network has another aggregator')
    expect(announce(n, first, '/z')).toBe('')
    expect(n.registrar.aggregator).toMatchObject({ key: first.id, address: '/z' })
    // A key has one role.
    expect(enrol(n, first).refused).toContain('never meters')
  })

  it('and is neither an enrolled meter nor the registrar', () => {
    const n = forming()
    const { aggregatorKey: _, ...lab } = n.registrarConfig
    n.registrar = createRegistrar(lab, [], n.now)
    const meter = newIdentity()
    enrol(n, meter)
    expect(announce(n, meter)).toBe('a key has one role')
    expect(announce(n, n.registrarIdentity)).toBe('a key has one role')
    expect(n.registrar.aggregator).toBeUndefined()
  })
})

describe('the roster is given', () => {
  it('to whoever asks: the latest, or one of an epoch that is held', () => {
    const n = new VirtualNeighbourhood({ members: 6, degree: 4 })
    const request = (value: { latest: boolean; epoch: number }): Asked =>
      ask(n, { signer: newIdentity(), type: MessageType.RosterRequest, payload: RosterRequest.encode(value) })
    expect(request({ latest: true, epoch: 0 }).type).toBe(MessageType.Roster)
    expect(request({ latest: false, epoch: 0 }).type).toBe(MessageType.Roster)
    expect(request({ latest: false, epoch: 9 }).type).toBe(MessageType.Refusal)
    const none = forming()
    const asked = ask(none, {
      signer: newIdentity(),
      type: MessageType.RosterRequest,
      payload: RosterRequest.encode({ latest: true, epoch: 0 })
    })
    expect(asked.type).toBe(MessageType.Refusal)
  })
})

describe('after a restart from its journal the registrar', () => {
  const rosters = (n: VirtualNeighbourhood): Extract<RegistrarRecord, { kind: 'roster' }>[] =>
    n.registrarJournal.filter(record => record.kind === 'roster')
  const restart = (n: VirtualNeighbourhood, journal: readonly RegistrarRecord[] = n.registrarJournal): void => {
    const aggregator: RegistrarRecord = { kind: 'aggregator', key: n.aggregatorIdentity.id, address: '' }
    // Other random bytes than before: nothing may hang on them.
    n.registrar = createRegistrar(
      { ...n.registrarConfig, rng: new SeededRng(`restart ${journal.length}`) },
      [aggregator, ...journal],
      n.now
    )
  }

  it('goes on with the same chain, ringSeed and placements, and totals stay exact', () => {
    const n = new VirtualNeighbourhood({ members: 6, degree: 4 })
    for (let i = 0; i < 3; i++) {
      const before = n.registrar.book.latest?.roster as Roster
      restart(n)
      expect(equalBytes(n.registrar.ringSeed, before.ringSeed)).toBe(true)
      n.addMeter()
      restart(n)
      const slot = next(n.currentSlot, 2)
      n.runUntil(slotTimes(slot, 900).start)
      const roster = n.registrar.book.latest?.roster as Roster
      expect(roster.epoch).toBe(before.epoch + 1)
      expect(roster.n).toBe(before.n + 1)
      expect(equalBytes(roster.previousRosterHash, before.hash)).toBe(true)
      for (const member of before.members()) {
        expect(roster.member(roster.indexOf(member.meterId) as number).placement).toEqual(member.placement)
      }
      const readings = randomReadings(n.rng, n.meters.length, 2)
      n.runSlot(slot, readings)
      const result = n.resultOf(slot)
      expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(sumOf(readings, 2))
    }
  })

  it('never signs a second roster for an epoch', () => {
    const n = new VirtualNeighbourhood({ members: 6, degree: 4 })
    for (let i = 0; i < 4; i++) {
      n.addMeter()
      restart(n)
      for (let half = 0; half < 3; half++) {
        n.runUntil(n.now + 450_000)
        restart(n)
        n.tick()
      }
    }
    const epochs = rosters(n).map(record => decodeEnvelope(record.bytes).epoch)
    expect(epochs).toEqual([0, 1, 2, 3, 4])
    const published = n.registrarOutputs.filter(output => output.type === 'publish')
    expect(new Set(published.map(output => output.type === 'publish' && toHex(output.bytes))).size).toBe(5)
    for (const meter of n.meters) expect(meter.outputs.some(output => output.type === 'evidence')).toBe(false)
  })

  it('journals a roster before it publishes it, and a meter before it answers it', () => {
    const n = new VirtualNeighbourhood({ members: 6, degree: 4 })
    const order = n.registrarOutputs.map(output => output.type)
    expect(order.indexOf('journal', order.lastIndexOf('admitted'))).toBeLessThan(order.indexOf('publish'))
    const asked = ask(n, {
      signer: newIdentity(),
      type: MessageType.EnrolRequest,
      payload: enrolRequest()
    })
    expect(asked.outputs.map(output => output.type)).toEqual(['journal', 'enrolled', 'reply'])
  })

  it('still has whoever was admitted and not yet in a roster', () => {
    const n = new VirtualNeighbourhood({ members: 6, degree: 4 })
    const newcomer = n.addMeter()
    const { id } = newcomer.config.identity
    const { placement } = n.registrar.enrolled.get(id) ?? {}
    restart(n)
    expect([...n.registrar.waiting]).toEqual([id])
    n.runUntil(slotTimes(next(n.currentSlot, 2), 900).start)
    const roster = n.registrar.book.latest?.roster as Roster
    expect(roster.member(roster.indexOf(id) as number).placement).toEqual(placement)
  })
})
