// What a meter does in the robust scheme of Dimitriou and Awad.
import type { PrivateKey } from '@hushgrid/paillier'
import { concatBytes, type LaneVector, type MeterId, signedLanes } from '@hushgrid/primitives'
import { ELEMENT_BYTES, scalar } from '@hushgrid/primitives/group'
import { decodeModulus, SquareRing } from '../../arithmetic/square-ring.ts'
import { decodeMembers, encodeMembers } from '../../bodies/members.ts'
import type { Inbox, Made, Turn } from '../../scheme.ts'
import { neighboursOf, reachable } from '../../shared/neighbours.ts'
import { aggregatorOf } from '../../shared/parties.ts'
import { commitmentTo, decodeSealed, drawOpening, encodeOpening, type Opening, sealOpening } from './openings.ts'
import { type Complaint, LANE_BITS, makeSubmission, type Taken, take } from './submission.ts'

export interface RobustRules {
  readonly bits: number
  readonly degree: number | undefined
  readonly minMembers: number
  readonly trusting: boolean
}

/** A party with a Paillier key, and the rings of those whose keys it knows. */
export interface Keyed {
  key: PrivateKey | undefined
  readonly rings: Map<MeterId, SquareRing>
}

export interface RobustMeter extends Keyed {
  /** The slot's reading, until it is submitted. */
  reading: LaneVector | undefined
  given: ReadonlyMap<MeterId, Opening>
  taken: ReadonlyMap<MeterId, Taken>
  submitted: boolean
  /** Members that the utility asks to leave out. */
  asked: readonly MeterId[]
  /** True where neighbours were asked about others. */
  toldApart: boolean
}

export function newMeter(): RobustMeter {
  return {
    key: undefined,
    rings: new Map(),
    reading: undefined,
    given: new Map(),
    taken: new Map(),
    submitted: false,
    asked: [],
    toldApart: false
  }
}

/** Makes a party's key and sends its modulus to all. */
export function publishKey(party: Keyed, key: PrivateKey, { self, work }: Turn): Made {
  work.count('paillier-keygen')
  const own = new SquareRing(key.publicKey.n, key.publicKey.bits)
  party.key = key
  party.rings.clear()
  party.rings.set(self, own)
  return { send: [{ to: 'meters', body: own.encodeModulus() }] }
}

export function takeKeys(party: Keyed, { from }: Inbox, bits: number): Made {
  const rings = [...from].map(([id, body]) => [id, decodeModulus(body, bits, id)] as const)
  for (const [id, ring] of rings) party.rings.set(id, ring)
  return {}
}

/**
 * Sends each neighbour the opening of a blinding, and the utility all commitments in the order of the neighbours; zeros
 * stand for a neighbour whose key never came.
 */
export function blind(meter: RobustMeter, reading: LaneVector, to: readonly MeterId[], turn: Turn): Made {
  const aggregator = aggregatorOf(turn.group)
  Object.assign(meter, { ...newMeter(), key: meter.key, rings: meter.rings })
  if (!meter.rings.has(aggregator) || !to.some(id => meter.rings.has(id))) return {}
  const given = new Map<MeterId, Opening>()
  const bodies: { readonly to: MeterId; readonly body: Uint8Array }[] = []
  const commitments = to.map(id => {
    const ring = meter.rings.get(id)
    if (!ring) return new Uint8Array(ELEMENT_BYTES)
    const opening = drawOpening(turn.rng)
    const commitment = commitmentTo(opening, turn.work)
    given.set(id, opening)
    bodies.push({ to: id, body: sealOpening(opening, commitment, ring, turn) })
    return commitment.encode()
  })
  meter.reading = reading
  meter.given = given
  return { send: [...bodies, { to: aggregator, body: concatBytes(...commitments) }] }
}

/** Opens what came and submits; what does not open is complained about. */
export function submit(meter: RobustMeter, { from, missing }: Inbox, turn: Turn): Made {
  const { key, reading, given, rings } = meter
  const [own, utility] = [rings.get(turn.self), rings.get(aggregatorOf(turn.group))]
  if (!key || !own || !utility || !reading) return {}
  const sealed = [...from].map(([id, body]) => [id, decodeSealed(body, own, id)] as const)
  meter.reading = undefined
  // Leaves by silence where nothing could be proved.
  if (signedLanes(reading).some(value => value < 0n || value >> BigInt(LANE_BITS) !== 0n)) return {}
  const taken = new Map<MeterId, Taken>()
  const untaken = new Map<MeterId, Complaint | undefined>(missing.map(id => [id, undefined]))
  for (const [id, each] of sealed) {
    const got = take(key, each, turn.work)
    if ('opening' in got) taken.set(id, got)
    else untaken.set(id, got)
  }
  const ascending = new Map([...untaken].sort(([a], [b]) => (a < b ? -1 : 1)))
  meter.taken = taken
  meter.submitted = true
  const body = makeSubmission({ reading, given: given.values(), taken: [...taken.values()], untaken: ascending }, { own, utility }, turn)
  const accused = [...ascending].flatMap(([member, complaint]) =>
    complaint ? [{ member, what: 'sent an opening that does not fit its commitment' }] : []
  )
  return { send: [{ to: aggregatorOf(turn.group), body }], accused }
}

/** Passes on to the neighbours whom the utility asks to leave out: it may have told some and not others. */
export function passOn(meter: RobustMeter, { from }: Inbox, { group }: Turn, neighbours: readonly MeterId[]): Made {
  for (const [sender, body] of from) {
    meter.asked = decodeMembers(body, group, sender)
    return { send: neighbours.map(to => ({ to, body })) }
  }
  return {}
}

/** Disputes any request about a meter that did submit, to its neighbours and the utility. */
export function dispute(meter: RobustMeter, { from }: Inbox, { group, self }: Turn, neighbours: readonly MeterId[]): Made {
  const lists = [meter.asked, ...[...from].map(([id, body]) => decodeMembers(body, group, id))]
  const own = String(meter.asked)
  meter.toldApart = lists.some(list => String(list) !== own)
  if (!meter.submitted || !lists.some(list => list.includes(self))) return {}
  const body = encodeMembers([self], group)
  return { send: [...neighbours, aggregatorOf(group)].map(to => ({ to, body })) }
}

const NOTHING: Opening = { r: scalar(0n), s: scalar(0n) }

/**
 * Opens the blindings shared with those that are left out: given ‖ taken for each, zeros for one that there is not. Opens none
 * where anybody disputes or was asked about others, or where too few would stay connected: then a reading would be open, or
 * a sum over too few.
 */
export function release(meter: RobustMeter, { from }: Inbox, { group, self }: Turn, { degree, minMembers }: RobustRules): Made {
  const { asked, submitted, given, taken, toldApart } = meter
  // Opens once a slot: nothing is kept that could be asked for again.
  Object.assign(meter, { ...newMeter(), key: meter.key, rings: meter.rings })
  const shared = neighboursOf(group, self, degree).filter(id => asked.includes(id))
  // Takes any message as a dispute, readable or not: whoever sends one is there.
  const refused = from.size > 0 || toldApart || asked.includes(self) || !submitted
  if (shared.length === 0 || refused || reachable(group, self, new Set(asked), degree).size < minMembers) return {}
  const openings = shared.flatMap(id => [given.get(id) ?? NOTHING, taken.get(id)?.opening ?? NOTHING])
  return { send: [{ to: aggregatorOf(group), body: concatBytes(...openings.map(encodeOpening)) }] }
}
