// After Klenze 2014: the shares of Garcia and Jacobs, with a device of the household's own that contributes to the meter's
// randomness and checks all that the meter sends.
import { timingSafeEqual } from 'node:crypto'
import { fromBytes, type PrivateKey, toBytes } from '@hushgrid/paillier'
import { addLanes, concatBytes, type LaneVector, lanesToBytes, type MeterId, type Rng, type Slot, sha256, u64 } from '@hushgrid/primitives'
import { fieldsModulo64, lanesIn } from '../arithmetic/packing.ts'
import { domain, shake256 } from '../arithmetic/random.ts'
import type { SquareRing } from '../arithmetic/square-ring.ts'
import { decodeLanes, totalOfLanes } from '../bodies/lanes.ts'
import { parts } from '../bodies/parts.ts'
import { MalformedBodyError } from '../errors.ts'
import { MOST_READING } from '../facts.ts'
import { DEFAULT_BITS, freshKey, type SchemeOptions, strengthOf } from '../options.ts'
import { type Inbox, type Made, type Outcome, role, type Scheme, type Turn } from '../scheme.ts'
import { aggregatorOf, fromAggregator, members } from '../shared/parties.ts'
import { handOut, lostBefore, meterSetup, multiplyColumns, type Rings, split, takeKeys } from '../shared/shares.ts'

const NAME = 'klenze'
const SEED_BYTES = 32
/** Bytes of a lane's field in a packed plaintext. */
const FIELD_BYTES = 10

/** What a slot leaves with a meter. */
interface MeterSlot {
  readonly reading: LaneVector
  readonly opening: Uint8Array
  ownShare?: LaneVector
}

interface Meter {
  key: PrivateKey | undefined
  readonly rings: Rings
  current: MeterSlot | undefined
}

/** What a slot leaves with a device. */
interface DeviceSlot {
  readonly commitment: Uint8Array
  readonly contribution: Uint8Array
  ownShare?: LaneVector
  product?: bigint
}

interface Device {
  readonly rings: Rings
  current: DeviceSlot | undefined
}

/** The scheme of shares whose meters are not trusted with their own randomness. */
export function klenze({ bits = DEFAULT_BITS, keyFor = freshKey, trusting }: SchemeOptions = {}): Scheme {
  return {
    name: NAME,
    facts: {
      title: 'Klenze',
      citation: 'Klenze 2014, as a survey has it (IoTSec deliverable D2.1.1); the paper itself was not found.',
      family: 'interactive',
      dealer: 'none',
      missing: 'lost, unnoticed',
      sees: 'the household’s own device sees its reading; else nobody, if the concentrator adds up as agreed',
      collusion: 'all other meters with the concentrator; a concentrator that turns one reading’s sign and knows the total otherwise',
      strength: strengthOf(bits),
      maxReading: MOST_READING,
      mostLanes: lanesIn(bits - 1),
      noisy: false,
      rounds: 8,
      messages: n => 8 * n,
      how: [
        'The maker of a meter could have it leak readings through numbers that only look random. So each household has a device of its own between meter and network. For each slot the meter commits to a seed, the device adds one of its own, and from both follow all random numbers of the slot. The meter then shows its seed, its reading and its encrypted shares to the device, which computes them again and only then passes them on. The rest is the scheme garcia-jacobs, with the meter’s last answer checked too: the meter shows the root of the obfuscator, which proves what it decrypted.',
        'A newcomer’s key goes to all; a leaver is taken off the list. A meter or a device that is silent in any round loses the slot, which only the count of senders shows. A meter that its device catches is named by the device, and its slot is lost as well.',
        'Every power is computed twice, by meter and device, and five of the eight rounds run in the house. A concentrator can still weight what it multiplies. Large weights do not fit into the plaintext that a meter shows, so the meter does not answer; a weight of minus one does fit, and gives the total with one reading’s sign turned: whoever knows the true total otherwise has the reading.'
      ],
      uncertain: [
        'Only two sentences of a survey were to be had: the user contributes randomness and checks the execution. All the rest is ours, the device as the user among it.',
        'That the devices hear the concentrator’s list of keys, as meters do, is ours; without it they could check nothing.',
        'The modulus 2^64 of the shares is ours, as in garcia-jacobs.'
      ]
    },
    roles: {
      meter: role<Meter>({
        create: () => ({ key: undefined, rings: new Map(), current: undefined }),
        rounds: {
          setup: meterSetup(bits, keyFor),
          slot: [
            { run: commit },
            undefined,
            { awaits: fromDevice, run: share },
            undefined,
            undefined,
            undefined,
            { awaits: fromDevice, run: addUp }
          ]
        }
      }),
      device: role<Device>({
        create: () => ({ rings: new Map(), current: undefined }),
        rounds: {
          setup: [undefined, undefined, { awaits: fromAggregator, run: ({ rings }, inbox, turn) => takeKeys(rings, bits, inbox, turn) }],
          slot: [
            undefined,
            { awaits: fromMeter, run: contribute },
            undefined,
            { awaits: fromMeter, run: checkShares },
            undefined,
            { awaits: fromAggregator, run: passOn },
            undefined,
            { awaits: fromMeter, run: checkSum }
          ]
        }
      }),
      aggregator: role<Rings>({
        create: () => new Map(),
        rounds: {
          setup: [undefined, { awaits: members, run: (rings, inbox) => handOut(rings, bits, inbox) }],
          slot: [
            undefined,
            undefined,
            undefined,
            undefined,
            { awaits: fromDevices, run: multiply },
            undefined,
            undefined,
            undefined,
            {
              awaits: fromDevices,
              run: (_, inbox, { group }) => ({ outcome: ofMeters(totalOfLanes(inbox, group.lanes, { trusting }), group) })
            }
          ]
        }
      })
    }
  }
}

const fromDevice = (_: unknown, { group, self }: Turn): MeterId[] => [deviceOf(group, self)]
const fromMeter = (_: unknown, { group, self }: Turn): MeterId[] => [meterOf(group, self)]
const fromDevices = (_: unknown, { group }: Turn): MeterId[] => group.members.map(id => deviceOf(group, id))

function deviceOf(group: Turn['group'], meter: MeterId): MeterId {
  return group.deviceOf.get(meter) as MeterId
}

function meterOf({ deviceOf }: Turn['group'], device: MeterId): MeterId {
  for (const [meter, id] of deviceOf) if (id === device) return meter
  return device
}

/** Names meters where the aggregator dealt with their devices. */
function ofMeters(outcome: Outcome, group: Turn['group']): Outcome {
  const meters = (ids: readonly MeterId[]): MeterId[] => ids.map(id => meterOf(group, id))
  if (outcome.type === 'total') return { ...outcome, contributors: meters(outcome.contributors) }
  return outcome.type === 'lost' ? { ...outcome, members: meters(outcome.members) } : outcome
}

function commitmentTo(opening: Uint8Array, slot: Slot): Uint8Array {
  return sha256(domain(`${NAME}/commit`), u64(slot), opening)
}

/** Derives the meter's random numbers of a slot from what both have contributed. */
function streamOf(opening: Uint8Array, contribution: Uint8Array, slot: Slot): Rng {
  const key = sha256(domain(`${NAME}/seed`), u64(slot), opening, contribution)
  let call = 0
  return { bytes: length => shake256(length, key, u64(call++)) }
}

/** Meter, round 1: commits to its part of the seed. */
function commit(meter: Meter, { reading }: Inbox, { group, self, slot, rng }: Turn): Made {
  meter.current = undefined
  if (!reading || meter.rings.size < group.members.length) return {}
  const opening = rng.bytes(SEED_BYTES)
  meter.current = { reading, opening }
  return { send: [{ to: deviceOf(group, self), body: commitmentTo(opening, slot) }] }
}

/** Device, round 2: answers with its own part. */
function contribute(device: Device, { from }: Inbox, { rng }: Turn): Made {
  device.current = undefined
  for (const [meter, body] of from) {
    const [commitment] = parts(body, 1, SEED_BYTES, meter) as [Uint8Array]
    const contribution = rng.bytes(SEED_BYTES)
    device.current = { commitment, contribution }
    return { send: [{ to: meter, body: contribution }] }
  }
  return {}
}

/** Meter, round 3: shows seed, reading and encrypted shares to the device. */
function share(meter: Meter, { from }: Inbox, turn: Turn): Made {
  const { current, rings } = meter
  for (const [device, body] of from) {
    const [contribution] = parts(body, 1, SEED_BYTES, device) as [Uint8Array]
    if (!current) return {}
    const { reading, opening } = current
    const { own, row } = split(reading, rings, turn.self, { ...turn, rng: streamOf(opening, contribution, turn.slot) })
    current.ownShare = own
    return { send: [{ to: device, body: concatBytes(opening, lanesToBytes(reading), row) }] }
  }
  return {}
}

/** Device, round 4: computes the shares again, and passes them on where they agree. */
function checkShares({ current, rings }: Device, { from }: Inbox, turn: Turn): Made {
  const { group, slot } = turn
  for (const [meter, body] of from) {
    const [opening, rest] = [body.subarray(0, SEED_BYTES), body.subarray(SEED_BYTES)]
    const reading = decodeLanes(rest.subarray(0, 8 * group.lanes), group.lanes, meter)
    const shown = rest.subarray(8 * group.lanes)
    if (!current || rings.size < group.members.length) return {}
    if (!same(commitmentTo(opening, slot), current.commitment)) return accuse(meter, 'opened another seed than it had committed to')
    const { own, row } = split(reading, rings, meter, { ...turn, rng: streamOf(opening, current.contribution, slot) })
    if (!same(row, shown)) return accuse(meter, 'sent other shares than its seed and reading give')
    current.ownShare = own
    return { send: [{ to: aggregatorOf(group), body: row }] }
  }
  return {}
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}

function accuse(member: MeterId, what: string): Made {
  return { accused: [{ member, what }] }
}

/** Aggregator, round 5: multiplies what is for one meter, for each. */
function multiply(rings: Rings, { from, missing }: Inbox, { group }: Turn): Made {
  const absent = missing.map(id => meterOf(group, id))
  const outcome = lostBefore(absent, rings, group.members)
  if (outcome) return { outcome }
  const rows = [...from].map(([sender, body]) => ({ member: meterOf(group, sender), sender, body }))
  return { send: [...multiplyColumns(rows, rings, group.members)].map(([id, body]) => ({ to: deviceOf(group, id), body })) }
}

/** Device, round 6: hands the product to the meter, and keeps it to check the answer. */
function passOn({ current, rings }: Device, { from }: Inbox, { group, self }: Turn): Made {
  const meter = meterOf(group, self)
  const ring = rings.get(meter)
  for (const [aggregator, body] of from) {
    const product = ring?.decode(body, aggregator)
    if (!current?.ownShare || product === undefined) return {}
    current.product = product
    return { send: [{ to: meter, body }] }
  }
  return {}
}

/** Meter, round 7: sends its partial sum, what it decrypted, and the root that proves it. */
function addUp({ key, rings, current }: Meter, { from }: Inbox, { group, self, work }: Turn): Made {
  const ring = rings.get(self)
  for (const [device, body] of from) {
    if (!key || !current?.ownShare || !ring) return {}
    const ciphertext = key.publicKey.ciphertext(ring.decode(body, device))
    work.count('paillier-decrypt')
    const plain = key.decrypt(ciphertext)
    if (plain < 0n || plain >> BigInt(8 * FIELD_BYTES * group.lanes) !== 0n)
      throw new MalformedBodyError(device, 'expected a product of shares, got another number')
    work.count('modexp', 1, bitsOf(ring), bitsOf(ring))
    const root = toBytes(key.obfuscatorRoot(ciphertext), ring.residueBytes)
    const sum = addLanes(current.ownShare, fieldsModulo64(plain, group.lanes))
    delete current.ownShare
    return { send: [{ to: device, body: concatBytes(lanesToBytes(sum), toBytes(plain, FIELD_BYTES * group.lanes), root) }] }
  }
  return {}
}

const bitsOf = ({ residueBytes }: SquareRing): number => 8 * residueBytes

/** Device, round 8: checks plaintext and sum, and passes the sum on. */
function checkSum(device: Device, { from }: Inbox, { group, self, work }: Turn): Made {
  const { current, rings } = device
  const ring = rings.get(meterOf(group, self))
  for (const [meter, body] of from) {
    if (!ring || !current?.ownShare || current.product === undefined) return {}
    const [sumBytes, plainBytes] = [8 * group.lanes, FIELD_BYTES * group.lanes]
    const [all] = parts(body, 1, sumBytes + plainBytes + ring.residueBytes, meter) as [Uint8Array]
    const sum = all.subarray(0, sumBytes)
    const plain = fromBytes(all.subarray(sumBytes, sumBytes + plainBytes))
    const root = fromBytes(all.subarray(sumBytes + plainBytes))
    device.current = undefined
    const expected = (ring.plain(plain) * ring.power(root % ring.n, ring.n, work)) % ring.squared
    if (expected !== current.product) return accuse(meter, 'showed another plaintext than the one that it was sent')
    const own = addLanes(current.ownShare, fieldsModulo64(plain, group.lanes))
    if (!same(lanesToBytes(own), sum)) return accuse(meter, 'sent another sum than that of its shares')
    return { send: [{ to: aggregatorOf(group), body: sum }] }
  }
  return {}
}
