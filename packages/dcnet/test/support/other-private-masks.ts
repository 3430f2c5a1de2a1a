// Private masks of PROTOCOL.md section 7 worked out another way, to compare with: Node's HKDF and AES, and GF(2^8) by
// tables of powers and logarithms. Nothing here is shared with what is tested but the roster.
import { createCipheriv, createHmac, hkdfSync } from 'node:crypto'
import { BlindingKey, type Epoch, type MeterId, type ObisCode, SeededRng, type Slot } from '@hushgrid/primitives'
import { SharedSecrets } from '../../src/masks/edge-keys.ts'
import { Roster } from '../../src/roster/roster.ts'

const powers: number[] = []
const logarithms = new Map<number, number>()
for (let power = 1, exponent = 0; exponent < 255; exponent++) {
  powers.push(power)
  logarithms.set(power, exponent)
  // Times x + 1, a generator.
  const twice = 2 * power
  power ^= twice > 255 ? twice ^ 0x11b : twice
}

function product(a: number, b: number): number {
  const [x, y] = [logarithms.get(a), logarithms.get(b)]
  return x === undefined || y === undefined ? 0 : (powers[(x + y) % 255] as number)
}

function quotient(a: number, b: number): number {
  const [x, y] = [logarithms.get(a), logarithms.get(b) as number]
  return x === undefined ? 0 : (powers[(x - y + 255) % 255] as number)
}

/** At a point, the polynomial of least degree through what 1, 2, 3 … have; byte by byte. */
function interpolated(values: readonly Uint8Array[], at: number): Uint8Array {
  const sum = new Uint8Array(16)
  values.forEach((value, i) => {
    let coefficient = 1
    values.forEach((_, j) => {
      if (j !== i) coefficient = product(coefficient, quotient(at ^ (j + 1), (i + 1) ^ (j + 1)))
    })
    for (let byte = 0; byte < 16; byte++) sum[byte] = (sum[byte] as number) ^ product(coefficient, value[byte] as number)
  })
  return sum
}

function hkdf(secret: Uint8Array, salt: Uint8Array, info: readonly Uint8Array[], length: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, Buffer.concat(info), length))
}

function stream(key: Uint8Array, firstBlock: bigint, length: number): Uint8Array {
  const counter = Buffer.from(firstBlock.toString(16).padStart(32, '0'), 'hex')
  return createCipheriv('aes-256-ctr', key, counter).update(new Uint8Array(length))
}

const hex = (id: MeterId): Uint8Array => Buffer.from(id, 'hex')

/** r: what a holder has of an owner's private mask. */
export function otherShare(shared: Uint8Array, roster: Roster, owner: MeterId, holder: MeterId, slot: Slot): Uint8Array {
  return stream(hkdf(shared, roster.hash, [Buffer.from('hushgrid/v2/share'), hex(owner), hex(holder)], 32), BigInt(slot), 16)
}

/** Tag of a share. */
function otherTag(share: Uint8Array, roster: Roster, owner: MeterId, holder: MeterId, slot: Slot): Uint8Array {
  const slotBytes = Buffer.alloc(8)
  slotBytes.writeBigUInt64LE(BigInt(slot))
  const hmac = createHmac('sha256', share)
  for (const part of [Buffer.from('hushgrid/v2/share-tag'), roster.hash, hex(owner), hex(holder), slotBytes]) hmac.update(part)
  return hmac.digest().subarray(0, 8)
}

export interface OtherMask {
  readonly lanes: bigint[]
  readonly corrections: Uint8Array
  readonly tags: Uint8Array
  readonly check: Uint8Array
  /** r by x − 1. */
  readonly shares: readonly Uint8Array[]
}

/** The private mask of one member, from the secrets that it shares with its neighbours. */
export function otherPrivateMask(roster: Roster, index: number, slot: Slot, sharedWith: (index: number) => Uint8Array): OtherMask {
  const owner = roster.meterId(index)
  const shares = roster.neighbours(index).map(other => otherShare(sharedWith(other), roster, owner, roster.meterId(other), slot))
  const threshold = Math.floor((2 * shares.length) / 3) + 1
  const first = shares.slice(0, threshold)
  const seed = interpolated(first, 0)
  const slotBytes = Buffer.alloc(8)
  slotBytes.writeBigUInt64LE(BigInt(slot))
  const mask = stream(
    hkdf(seed, roster.hash, [Buffer.from('hushgrid/v2/private-mask'), hex(owner), slotBytes], 32),
    0n,
    8 * roster.lanes.length
  )
  const corrections = shares
    .slice(threshold)
    .map((share, i) => interpolated(first, threshold + 1 + i).map((byte, at) => byte ^ (share[at] as number)))
  return {
    lanes: roster.lanes.map((_, lane) => Buffer.from(mask).readBigUInt64LE(8 * lane)),
    corrections: Buffer.concat(corrections),
    tags: Buffer.concat(
      roster.neighbours(index).map((other, i) => otherTag(shares[i] as Uint8Array, roster, owner, roster.meterId(other), slot))
    ),
    check: hkdf(seed, roster.hash, [Buffer.from('hushgrid/v2/private-check'), hex(owner), slotBytes], 16),
    shares
  }
}

export interface SyntheticOptions {
  readonly members: number
  /** Even; a complete graph where the members are fewer. */
  readonly degree: number
  readonly lanes?: number
  readonly absent?: readonly number[]
  /** Pairs of positions, the lower one first. */
  readonly cuts?: readonly (readonly [number, number])[]
  readonly seed?: string
}

/** A roster of double mask with everybody's keys, and no registrar behind it. */
export class SyntheticRoster {
  readonly roster: Roster
  readonly #keys = new Map<string, BlindingKey>()

  constructor({ members, degree, lanes = 2, absent = [], cuts = [], seed = 'synthetic' }: SyntheticOptions) {
    const rng = new SeededRng(seed)
    const id = (): MeterId => Buffer.from(rng.bytes(32)).toString('hex') as MeterId
    const laneMask = Uint8Array.of(2 ** lanes - 1)
    const list = Array.from({ length: members }, () => {
      const key = BlindingKey.generate(rng)
      const meterId = id()
      this.#keys.set(meterId, key)
      return { meterId, blindingKey: key.publicKey, placement: rng.bytes(16), absent: false, laneMask }
    })
    const order = list.map(({ meterId }) => meterId).sort()
    const [registrarKey, aggregatorKey] = [id(), id()]
    this.roster = Roster.create(
      {
        networkId: rng.bytes(32),
        epoch: 0 as Epoch,
        season: 0,
        seasonFirstSlot: 0 as Slot,
        seasonEndSlot: 672 as Slot,
        previousRosterHash: new Uint8Array(32),
        firstSlot: 0 as Slot,
        slotSeconds: 900,
        lanes: Array.from({ length: lanes }, (_, i) => ({ obis: `1-0:${i + 1}.29.0` as ObisCode, maxReading: 11_000, support: 3 })),
        degree,
        minMembers: 3,
        recovery: 2,
        committed: false,
        ringSeed: rng.bytes(32),
        registrarKey,
        aggregatorKey,
        cuts: cuts.map(([lower, higher]) => [order[lower] as MeterId, order[higher] as MeterId] as const)
      },
      list.map(member => ({ ...member, absent: absent.includes(order.indexOf(member.meterId)) }))
    )
  }

  keyOf(index: number): BlindingKey {
    return this.#keys.get(this.roster.meterId(index)) as BlindingKey
  }

  secretsOf(index: number): SharedSecrets {
    return new SharedSecrets(this.keyOf(index))
  }

  /** The secret that two members share. */
  shared(a: number, b: number): Uint8Array {
    return this.keyOf(a).agree(this.roster.blindingKey(b))
  }
}
