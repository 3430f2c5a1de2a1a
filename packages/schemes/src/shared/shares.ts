// Shares of a reading for all members, each under its receiver's Paillier key, multiplied on the way: what garcia-jacobs and
// klenze have in common.
import type { PrivateKey } from '@hushgrid/paillier'
import { concatBytes, type LaneVector, type MeterId, subtractLanes } from '@hushgrid/primitives'
import { pack } from '../arithmetic/packing.ts'
import { randomLanes } from '../arithmetic/random.ts'
import { decodeModulus, SquareRing } from '../arithmetic/square-ring.ts'
import { parts } from '../bodies/parts.ts'
import { MalformedBodyError } from '../errors.ts'
import type { SchemeOptions } from '../options.ts'
import type { Inbox, Made, Outcome, Round, Turn } from '../scheme.ts'
import { aggregatorOf, fromAggregator } from './parties.ts'

/** Moduli by member. */
export type Rings = Map<MeterId, SquareRing>

/** A meter with its own key, once it is made, and everybody's moduli. */
interface Keyed {
  key: PrivateKey | undefined
  readonly rings: Rings
}

/** Makes a meter's rounds of a setup: sends its modulus, and takes everybody's from the aggregator. */
export function meterSetup(bits: number, keyFor: NonNullable<SchemeOptions['keyFor']>): (Round<Keyed> | undefined)[] {
  return [
    {
      run: (meter, _, turn) => {
        meter.key = keyFor(turn.self, bits)
        return publishKey(meter.rings, meter.key, turn)
      }
    },
    undefined,
    { awaits: fromAggregator, run: ({ rings }, inbox, turn) => takeKeys(rings, bits, inbox, turn) }
  ]
}

/** Forgets the keys of groups before, and sends a meter's modulus to the aggregator. */
function publishKey(rings: Rings, { publicKey }: PrivateKey, { group, self, work }: Turn): Made {
  work.count('paillier-keygen')
  const ring = new SquareRing(publicKey.n, publicKey.bits)
  rings.clear()
  rings.set(self, ring)
  return { send: [{ to: aggregatorOf(group), body: ring.encodeModulus() }] }
}

/** Hands all moduli to all meters; none while one is missing, since nobody could use the others. */
export function handOut(rings: Rings, bits: number, { from, missing }: Inbox): Made {
  const decoded = [...from].map(([id, body]) => [id, decodeModulus(body, bits, id)] as const)
  rings.clear()
  if (missing.length > 0) return {}
  for (const [id, ring] of decoded) rings.set(id, ring)
  return { send: [{ to: 'meters', body: concatBytes(...from.values()) }] }
}

/** Takes what the aggregator hands out. @throws MalformedBodyError also where a meter's own key is another there */
export function takeKeys(rings: Rings, bits: number, { from }: Inbox, { group, self }: Turn): Made {
  for (const [sender, body] of from) {
    const taken = parts(body, group.members.length, bits / 8, sender).map(bytes => decodeModulus(bytes, bits, sender))
    const moduli = new Map(group.members.map((id, i) => [id, taken[i] as SquareRing]))
    const own = rings.get(self)
    if (own && own.n !== moduli.get(self)?.n) throw new MalformedBodyError(sender, 'expected the receiver’s modulus, got another one')
    rings.clear()
    for (const [id, ring] of moduli) rings.set(id, ring)
  }
  return {}
}

/** Splits a member's reading modulo 2^64: one share stays, the others go out encrypted, in the order of their receivers. */
export function split(
  reading: LaneVector,
  rings: Rings,
  member: MeterId,
  { group, rng, work }: Pick<Turn, 'group' | 'rng' | 'work'>
): { own: LaneVector; row: Uint8Array } {
  const own = reading.slice() as LaneVector
  const ciphertexts: Uint8Array[] = []
  for (const id of group.members) {
    const ring = rings.get(id)
    if (id === member || !ring) continue
    const share = randomLanes(rng, group.lanes)
    subtractLanes(own, share)
    ciphertexts.push(ring.encode(ring.encrypt(pack(share), rng, work)))
  }
  return { own, row: concatBytes(...ciphertexts) }
}

/** A member's ciphertexts, and who brought them. */
export interface Row {
  readonly member: MeterId
  readonly sender: MeterId
  readonly body: Uint8Array
}

/** Multiplies, for each member, the ciphertexts that are for it. @throws MalformedBodyError */
export function multiplyColumns(rows: readonly Row[], rings: Rings, members: readonly MeterId[]): Map<MeterId, Uint8Array> {
  const columns = new Map<MeterId, bigint[]>(members.map(id => [id, []]))
  for (const { member, sender, body } of rows) {
    const receivers = members.filter(id => id !== member).map(id => [id, rings.get(id) as SquareRing] as const)
    const width = receivers[0]?.[1].elementBytes ?? 0
    parts(body, receivers.length, width, sender).forEach((bytes, i) => {
      const [id, ring] = receivers[i] as readonly [MeterId, SquareRing]
      columns.get(id)?.push(ring.decode(bytes, sender))
    })
  }
  return new Map(
    [...columns].map(([id, values]) => {
      const ring = rings.get(id) as SquareRing
      return [id, ring.encode(ring.product(values))]
    })
  )
}

/** Finds out whether a slot is lost already, since members are missing or the setup never ended. */
export function lostBefore(missing: readonly MeterId[], rings: Rings, members: readonly MeterId[]): Outcome | undefined {
  const lost = missing.length > 0 ? missing : members.filter(id => !rings.has(id))
  return lost.length > 0 ? { type: 'lost', reason: 'missing', members: lost } : undefined
}
