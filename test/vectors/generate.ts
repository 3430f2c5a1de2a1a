/**
 * Computes the known answers in this folder from PROTOCOL.md and the @noble libraries alone: it imports nothing of ours,
 * so that a mistake in packages/ cannot be in the answers too. What it writes is the same every time.
 *
 *   node test/vectors/generate.ts [folder]
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ctr } from '@noble/ciphers/aes.js'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

const MODULUS = 1n << 64n
const mod = (value: bigint): bigint => ((value % MODULUS) + MODULUS) % MODULUS

function littleEndian(value: number | bigint, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn))
}

/** Bytes that depend on their name alone. */
function drawn(name: string, length: number): Uint8Array {
  return hkdf(sha256, utf8ToBytes('hushgrid test vectors'), undefined, utf8ToBytes(name), length)
}

interface Spec {
  readonly name: string
  readonly n: number
  readonly degree: number
  readonly lanes: readonly string[]
  readonly recovery?: 0 | 1 | 2
  readonly epoch?: number
  readonly season?: number
  readonly previous?: string
  readonly firstSlot?: number
  readonly slot: number
  readonly slotSeconds?: number
  readonly minMembers?: number
  /** Positions on the ring. */
  readonly missing?: readonly number[]
  readonly absent?: readonly number[]
  readonly silent?: readonly number[]
  /** Reading of the member that was drawn as the i-th. */
  readonly reading?: (i: number, lane: number) => bigint
}

interface Member {
  meterId: string
  readonly blindingSecret: string
  blindingKey: string
  readonly placement: string
  absent: boolean
  neighbours: string[]
  reading: string[] | null
  submission: string[] | null
  /** Of double mask only, as the two after it. */
  corrections?: string[] | null
  check?: string | null
  /** r by owner. */
  shareRelease?: { [owner: string]: string } | null
  release: string[] | null
}

interface Roster {
  readonly networkName: string
  readonly epoch: number
  readonly season: number
  readonly previous: string
  readonly firstSlot: number
  slotSeconds: number
  lanes: string[]
  degree: number
  minMembers: number
  readonly recovery: number
  readonly ringSeed: string
  registrarKey: string
  aggregatorKey: string
}

interface Case {
  readonly name: string
  refused?: string
  slot: number
  rosterHash: string
  readonly roster: Roster
  ring: string[]
  members: Member[]
  missing: string[]
  silent: string[]
  total: string[]
  totalWithoutMissing: string[]
}

const byHex = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function identity(name: string): string {
  return bytesToHex(ed25519.getPublicKey(drawn(name, 32)))
}

/** Section 4. */
function rosterHash(roster: Roster, members: readonly Member[]): string {
  const ascending = [...members].sort((a, b) => byHex(a.meterId, b.meterId))
  return bytesToHex(
    sha256(
      concatBytes(
        utf8ToBytes('hushgrid/v1/roster'),
        sha256(concatBytes(utf8ToBytes('hushgrid/v1/network'), utf8ToBytes(roster.networkName))),
        littleEndian(roster.epoch, 8),
        littleEndian(roster.season, 4),
        hexToBytes(roster.previous),
        littleEndian(roster.firstSlot, 8),
        littleEndian(roster.slotSeconds, 4),
        littleEndian(roster.lanes.length, 2),
        ...roster.lanes.flatMap(lane => [littleEndian(utf8ToBytes(lane).length, 1), utf8ToBytes(lane)]),
        littleEndian(roster.degree, 2),
        littleEndian(roster.minMembers, 2),
        littleEndian(roster.recovery, 1),
        hexToBytes(roster.ringSeed),
        hexToBytes(roster.registrarKey),
        hexToBytes(roster.aggregatorKey),
        littleEndian(members.length, 4),
        ...ascending.flatMap(member => [
          hexToBytes(member.meterId),
          hexToBytes(member.blindingKey),
          hexToBytes(member.placement),
          littleEndian(member.absent ? 1 : 0, 1)
        ])
      )
    )
  )
}

/** Section 5. */
function ringOf(roster: Roster, members: readonly Member[]): string[] {
  const place = ({ meterId, placement }: Member) =>
    bytesToHex(
      sha256(concatBytes(utf8ToBytes('hushgrid/v1/ring'), hexToBytes(roster.ringSeed), hexToBytes(meterId), hexToBytes(placement)))
    )
  return [...members].sort((a, b) => byHex(place(a), place(b))).map(member => member.meterId)
}

/** Section 5. */
function neighboursOf(meterId: string, ring: readonly string[], degree: number): string[] {
  const n = ring.length
  const p = ring.indexOf(meterId)
  const near = ring.filter((_, q) => {
    const steps = Math.min((q - p + n) % n, (p - q + n) % n)
    return steps > 0 && (degree >= n - 1 || steps <= degree / 2)
  })
  return near.sort(byHex)
}

function agreed(own: Member, other: Member): Uint8Array {
  return x25519.getSharedSecret(hexToBytes(own.blindingSecret), hexToBytes(other.blindingKey))
}

function words(stream: Uint8Array, lanes: number): bigint[] {
  return Array.from({ length: lanes }, (_, l) =>
    stream.subarray(8 * l, 8 * l + 8).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  )
}

/** Section 6: the mask that the lower of two neighbours adds and the higher one subtracts. */
function edgeMask(own: Member, other: Member, rosterHash: string, slot: number, lanes: number): bigint[] {
  const [lower, higher] = [own.meterId, other.meterId].sort(byHex) as [string, string]
  const info = concatBytes(utf8ToBytes('hushgrid/v1/edge'), hexToBytes(lower), hexToBytes(higher))
  const key = hkdf(sha256, agreed(own, other), hexToBytes(rosterHash), info, 32)
  const blocks = Math.ceil(lanes / 2)
  const counter = littleEndian(BigInt(slot) * BigInt(blocks), 16).reverse()
  return words(ctr(key, counter).encrypt(new Uint8Array(16 * blocks)), lanes)
}

/** In GF(2^8): the product of two polynomials over GF(2), less the multiple of x^8 + x^4 + x^3 + x + 1 that makes it an octet. */
function product(a: number, b: number): number {
  let sum = 0
  for (let bit = 0; bit < 8; bit++) if ((b >> bit) % 2 === 1) sum ^= a << bit
  for (let bit = 14; bit >= 8; bit--) if ((sum >> bit) % 2 === 1) sum ^= 0x11b << (bit - 8)
  return sum
}

const INVERSES = new Map<number, number>()
for (let a = 1; a < 256; a++) for (let b = 1; b < 256; b++) if (product(a, b) === 1) INVERSES.set(a, b)

/** Bytewise, the polynomial of least degree through the values, at another point (Lagrange). */
function interpolated(values: readonly (readonly [x: number, value: Uint8Array])[], at: number): Uint8Array {
  const result = new Uint8Array(16)
  for (const [x, value] of values) {
    let weight = 1
    for (const [other] of values) if (other !== x) weight = product(weight, product(at ^ other, INVERSES.get(x ^ other) as number))
    for (let i = 0; i < 16; i++) result[i] = (result[i] as number) ^ product(weight, value[i] as number)
  }
  return result
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ (b[i] as number))
}

/** Section 7, recovery 2: r of the holder. */
function shareOf(owner: Member, holder: Member, rosterHash: string, slot: number): Uint8Array {
  const info = concatBytes(utf8ToBytes('hushgrid/v1/share'), hexToBytes(owner.meterId), hexToBytes(holder.meterId))
  const key = hkdf(sha256, agreed(owner, holder), hexToBytes(rosterHash), info, 32)
  return ctr(key, littleEndian(slot, 16).reverse()).encrypt(new Uint8Array(16))
}

const thresholdOf = (neighbours: number): number => Math.floor((2 * neighbours) / 3) + 1

/** Section 7, recovery 2: what follows from a seed. */
function fromSeed(seed: Uint8Array, owner: string, rosterHash: string, slot: number, lanes: number): { mask: bigint[]; check: string } {
  const derived = (label: string, length: number) =>
    hkdf(sha256, seed, hexToBytes(rosterHash), concatBytes(utf8ToBytes(label), hexToBytes(owner), littleEndian(slot, 8)), length)
  const stream = ctr(derived('hushgrid/v1/private-mask', 32), new Uint8Array(16)).encrypt(new Uint8Array(8 * lanes))
  return { mask: words(stream, lanes), check: bytesToHex(derived('hushgrid/v1/private-check', 16)) }
}

/** Section 7, recovery 2: the private mask of an owner, given r of its neighbours in their order. */
function privateMask(owner: string, r: readonly Uint8Array[], rosterHash: string, slot: number, lanes: number) {
  const given = r.slice(0, thresholdOf(r.length)).map((value, i) => [i + 1, value] as const)
  const corrections = r.slice(given.length).map((value, i) => bytesToHex(xor(interpolated(given, given.length + 1 + i), value)))
  return { ...fromSeed(interpolated(given, 0), owner, rosterHash, slot, lanes), corrections }
}

function sum(vectors: readonly (readonly bigint[])[], lanes: number): bigint[] {
  return Array.from({ length: lanes }, (_, l) => mod(vectors.reduce((total, vector) => total + (vector[l] as bigint), 0n)))
}

const decimals = (vector: readonly bigint[]): string[] => vector.map(String)
const integers = (vector: readonly string[] | null): bigint[] => (vector ?? []).map(BigInt)

function fewWattHours(name: string): (i: number, lane: number) => bigint {
  return (i, lane) => BigInt.asIntN(18, new DataView(drawn(`${name} reading ${i} ${lane}`, 8).buffer).getBigInt64(0))
}

/** A case with everything but what follows from masks. */
function draft(spec: Spec): Case {
  const reading = spec.reading ?? fewWattHours(spec.name)
  const members = Array.from({ length: spec.n }, (_, i): Member => {
    const secret = drawn(`${spec.name} blinding ${i}`, 32)
    return {
      meterId: identity(`${spec.name} meter ${i}`),
      blindingSecret: bytesToHex(secret),
      blindingKey: bytesToHex(x25519.getPublicKey(secret)),
      placement: bytesToHex(drawn(`${spec.name} placement ${i}`, 16)),
      absent: false,
      neighbours: [],
      reading: decimals(spec.lanes.map((_, lane) => reading(i, lane))),
      submission: null,
      release: null
    }
  })
  const roster: Roster = {
    networkName: `network of ${spec.name}`,
    epoch: spec.epoch ?? 5,
    season: spec.season ?? 1,
    previous: spec.previous ?? bytesToHex(drawn(`${spec.name} previous`, 32)),
    firstSlot: spec.firstSlot ?? spec.slot,
    slotSeconds: spec.slotSeconds ?? 900,
    lanes: [...spec.lanes],
    degree: spec.degree,
    minMembers: spec.minMembers ?? 3,
    recovery: spec.recovery ?? 1,
    ringSeed: bytesToHex(drawn(`${spec.name} ring`, 32)),
    registrarKey: identity(`${spec.name} registrar`),
    aggregatorKey: identity(`${spec.name} aggregator`)
  }
  const rest = { ring: [], missing: [], silent: [], total: [], totalWithoutMissing: [] }
  return { name: spec.name, slot: spec.slot, rosterHash: '00'.repeat(32), roster, members, ...rest }
}

function answer(spec: Spec): Case {
  const of = draft(spec)
  const lanes = spec.lanes.length
  of.ring = ringOf(of.roster, of.members)
  const at = (positions: readonly number[] = []) => positions.map(position => of.ring[position] as string).sort(byHex)
  of.missing = at(spec.missing)
  of.silent = at(spec.silent)
  const absent = at(spec.absent)
  for (const member of of.members) member.absent = absent.includes(member.meterId)
  of.rosterHash = rosterHash(of.roster, of.members)
  const byId = new Map(of.members.map(member => [member.meterId, member]))
  const masks = new Map<string, bigint[]>()
  const maskBetween = (a: Member, b: Member): bigint[] => {
    const pair = [a.meterId, b.meterId].sort(byHex).join()
    const mask = masks.get(pair) ?? edgeMask(a, b, of.rosterHash, of.slot, lanes)
    masks.set(pair, mask)
    return mask
  }
  for (const member of of.members) {
    member.neighbours = neighboursOf(member.meterId, of.ring, of.roster.degree)
    if (member.absent) {
      member.reading = null
      if (of.roster.recovery === 2) Object.assign(member, NO_SHARES)
      continue
    }
    const signed = (among: readonly string[]) =>
      sum(
        among
          .map(id => byId.get(id) as Member)
          .filter(other => !other.absent)
          .map(other => {
            const mask = maskBetween(member, other)
            return member.meterId < other.meterId ? mask : mask.map(word => -word)
          }),
        lanes
      )
    member.submission = decimals(sum([integers(member.reading), signed(member.neighbours)], lanes))
    if (of.roster.recovery === 2) doubleMask(of, member, byId)
    if (!of.missing.includes(member.meterId)) member.release = decimals(signed(member.neighbours.filter(id => of.missing.includes(id))))
  }
  const present = of.members.filter(member => !member.absent)
  const survivors = present.filter(member => !of.missing.includes(member.meterId))
  const opened = (among: readonly Member[]) =>
    of.roster.recovery === 2 ? among.map(owner => recovered(of, owner, among).map(word => -word)) : []
  of.total = decimals(sum([...present.map(member => integers(member.submission)), ...opened(present)], lanes))
  const without = [
    ...survivors.map(member => integers(member.submission)),
    ...survivors.map(member => integers(member.release).map(word => -word)),
    ...opened(survivors)
  ]
  of.totalWithoutMissing = decimals(sum(without, lanes))
  // The masks must be gone: an answer that is not the sum of the readings would be no answer.
  for (const [total, members] of [
    [of.total, present],
    [of.totalWithoutMissing, survivors]
  ] as const) {
    const readings = sum(
      members.map(member => integers(member.reading)),
      lanes
    )
    if (decimals(readings).join() !== total.join()) throw new Error(`${of.name}: the masks do not cancel`)
  }
  return of
}

const NO_SHARES = { corrections: null, check: null, shareRelease: null }

/** Adds the private mask to a submission, and what goes with it. */
function doubleMask(of: Case, member: Member, byId: ReadonlyMap<string, Member>): void {
  const neighbours = member.neighbours.map(id => byId.get(id) as Member)
  const r = neighbours.map(holder => shareOf(member, holder, of.rosterHash, of.slot))
  const lanes = of.roster.lanes.length
  const { mask, check, corrections } = privateMask(member.meterId, r, of.rosterHash, of.slot, lanes)
  member.submission = decimals(sum([integers(member.submission), mask], lanes))
  member.corrections = corrections
  member.check = check
  const owners = neighbours.filter(owner => !owner.absent && !of.missing.includes(owner.meterId))
  member.shareRelease = of.missing.includes(member.meterId)
    ? null
    : Object.fromEntries(owners.map(owner => [owner.meterId, bytesToHex(shareOf(owner, member, of.rosterHash, of.slot))]))
}

/** The private mask as the aggregator has it when those `among` survive: from the last t of the shares that are not withheld. */
function recovered(of: Case, owner: Member, among: readonly Member[]): bigint[] {
  const threshold = thresholdOf(owner.neighbours.length)
  const shares = owner.neighbours.flatMap((id, i) => {
    const holder = among.find(({ meterId }) => meterId === id)
    if (!holder || of.silent.includes(id)) return []
    const r = shareOf(owner, holder, of.rosterHash, of.slot)
    const correction = owner.corrections?.[i - threshold]
    return [[i + 1, correction === undefined ? r : xor(r, hexToBytes(correction))] as const]
  })
  if (shares.length < threshold) throw new Error(`${of.name}: ${shares.length} of ${threshold} shares for ${owner.meterId}`)
  const seed = interpolated(shares.slice(-threshold), 0)
  const { mask, check } = fromSeed(seed, owner.meterId, of.rosterHash, of.slot, of.roster.lanes.length)
  if (check !== owner.check) throw new Error(`${of.name}: the shares for ${owner.meterId} do not fit its check value`)
  return mask
}

const obis = (count: number): string[] => Array.from({ length: count }, (_, i) => `1-0:${i + 1}.29.0`)
const BOUND = (1n << 47n) - 1n

const ANSWERED: readonly Spec[] = [
  { name: 'three-first-epoch', n: 3, degree: 2, lanes: obis(1), recovery: 0, epoch: 0, season: 0, previous: '00'.repeat(32), slot: 0 },
  { name: 'four-complete', n: 4, degree: 4, lanes: obis(2), slot: 1_963_600, firstSlot: 1_963_584, missing: [2] },
  { name: 'eight-ring-both-neighbours-missing', n: 8, degree: 2, lanes: obis(3), slot: 1_963_584, missing: [1, 7] },
  { name: 'eight-degree-beyond-n', n: 8, degree: 14, lanes: obis(2), recovery: 0, slot: 77, slotSeconds: 60 },
  { name: 'eight-mostly-absent', n: 8, degree: 6, lanes: obis(2), slot: 4_711, absent: [0, 2, 3, 5, 6] },
  { name: 'nine-complete', n: 9, degree: 8, lanes: obis(5), slot: 1_963_584, missing: [0, 4, 5], absent: [7], minMembers: 5 },
  {
    name: 'twenty-beyond-32-bits',
    n: 20,
    degree: 6,
    lanes: obis(5),
    season: 0xffff_ffff,
    slot: 2 ** 32 + 4,
    firstSlot: 2 ** 32 - 1,
    slotSeconds: 1800,
    missing: [4, 5, 6],
    absent: [8, 19]
  },
  {
    name: 'twenty-extreme-readings',
    n: 20,
    degree: 20,
    lanes: obis(3),
    recovery: 0,
    slot: 1_963_584,
    reading: (i, lane) => (lane === 0 ? BOUND : lane === 1 ? -BOUND : i % 2 === 0 ? BOUND : -BOUND)
  },
  {
    name: 'twenty-extreme-readings-missing',
    n: 20,
    degree: 6,
    lanes: obis(1),
    slot: 1_963_585,
    missing: [0, 10],
    reading: i => (i % 3 === 0 ? BOUND : -BOUND)
  },
  { name: 'forty', n: 40, degree: 14, lanes: obis(2), slot: 1_963_584, missing: [0, 1, 7, 20, 33], absent: [3, 21, 22], minMembers: 20 },
  { name: 'sixty-four-lanes', n: 3, degree: 2, lanes: obis(64), slot: 1_963_584, missing: [], recovery: 0 },
  {
    name: 'greatest-slot',
    n: 4,
    degree: 2,
    lanes: obis(3),
    epoch: 2 ** 48,
    slot: 2 ** 48,
    firstSlot: 2 ** 48,
    slotSeconds: 1,
    missing: [3]
  },
  {
    name: 'unusual-lanes',
    n: 5,
    degree: 4,
    lanes: ['255-255:255.255.255*255', '0-0:0.0.0', '1-0:1.8.0*1'],
    slot: 12,
    slotSeconds: 86_400,
    reading: (i, lane) => BigInt(-i) * BigInt(lane)
  },
  { name: 'double-ring', n: 7, degree: 2, lanes: obis(5), recovery: 2, slot: 1_963_584 },
  {
    name: 'double-complete',
    n: 8,
    degree: 8,
    lanes: obis(3),
    recovery: 2,
    slot: 1_963_600,
    firstSlot: 1_963_584,
    missing: [2],
    absent: [5]
  },
  { name: 'double-silent', n: 7, degree: 6, lanes: obis(2), recovery: 2, slot: 0, silent: [1] },
  {
    name: 'double-ring-of-six',
    n: 24,
    degree: 6,
    lanes: obis(1),
    recovery: 2,
    slot: 77,
    slotSeconds: 60,
    missing: [8],
    silent: [0],
    absent: [16]
  },
  {
    name: 'double-beyond-32-bits',
    n: 30,
    degree: 12,
    lanes: obis(7),
    recovery: 2,
    season: 0xffff_ffff,
    slot: 2 ** 32 + 5,
    firstSlot: 2 ** 32 - 1,
    slotSeconds: 1800,
    minMembers: 20,
    missing: [0, 1],
    absent: [14],
    silent: [15, 16]
  },
  {
    name: 'double-extreme-readings-greatest-slot',
    n: 6,
    degree: 4,
    lanes: obis(3),
    recovery: 2,
    epoch: 2 ** 48,
    slot: 2 ** 48,
    firstSlot: 2 ** 48,
    slotSeconds: 1,
    missing: [3],
    reading: (i, lane) => (lane === 0 ? BOUND : lane === 1 ? -BOUND : i % 2 === 0 ? BOUND : -BOUND)
  }
]

const P = 2n ** 255n - 19n
const field = (u: bigint): string => bytesToHex(littleEndian(u, 32))
const first = (of: Case): Member => of.members[0] as Member
const second = (of: Case): Member => of.members[1] as Member

/** Section 4 and 5, and the bound of section 3: what must not go through, and what the error has to say. */
const REFUSED: readonly (readonly [name: string, refused: string, spoil: (of: Case) => void])[] = [
  ...(
    [
      ['of order 2', 0n],
      ['of order 4', 1n],
      ['of order 4 on the twist', P - 1n],
      ['of order 8', 325606250916557431795983626356110631294008115727848805560023387167927233504n],
      ['of order 8, another', 39382357235489614581723060781553021112529911719440698176882885853963445705823n]
    ] as const
  ).map(
    ([what, u]) =>
      [
        `blinding key ${what}`,
        'blinding key: expected a point of large order',
        (of: Case) => {
          first(of).blindingKey = field(u)
        }
      ] as const
  ),
  [
    'blinding key of low order of a member that is absent',
    'blinding key: expected a point of large order',
    of => {
      first(of).blindingKey = field(1n)
      first(of).absent = true
      first(of).reading = null
    }
  ],
  [
    'blinding key that is not reduced',
    'blinding key: expected a reduced u-coordinate',
    of => {
      first(of).blindingKey = field(P + 9n)
    }
  ],
  [
    'blinding key with its top bit set',
    'blinding key: expected a reduced u-coordinate',
    of => {
      first(of).blindingKey = field(BigInt(`0x${bytesToHex(hexToBytes(first(of).blindingKey).reverse())}`) + 2n ** 255n)
    }
  ],
  [
    'blinding key twice',
    'blinding keys: expected each once',
    of => {
      first(of).blindingKey = second(of).blindingKey
    }
  ],
  [
    'member twice',
    'members: expected ascending meter ids, each once',
    of => {
      first(of).meterId = second(of).meterId
    }
  ],
  [
    'registrar as a member',
    "the registrar's or aggregator's key",
    of => {
      first(of).meterId = of.roster.registrarKey
    }
  ],
  [
    'aggregator as a member',
    "the registrar's or aggregator's key",
    of => {
      first(of).meterId = of.roster.aggregatorKey
    }
  ],
  [
    'odd degree',
    'degree: expected an even number',
    of => {
      of.roster.degree = 3
    }
  ],
  [
    'degree 0',
    'degree: expected an even number',
    of => {
      of.roster.degree = 0
    }
  ],
  [
    'one member',
    'members: expected 2 to 65535',
    of => {
      of.members = of.members.slice(0, 1)
    }
  ],
  [
    'fewer members present than minMembers',
    'expected at least 5 present members, got 4',
    of => {
      of.roster.minMembers = 5
      first(of).absent = true
      first(of).reading = null
    }
  ],
  [
    'lane twice',
    'lanes: expected each lane once',
    of => {
      of.roster.lanes = ['1-0:1.29.0', '1-0:1.29.0']
    }
  ],
  [
    'lane that is no OBIS code',
    'OBIS code: expected A-B:C.D.E',
    of => {
      of.roster.lanes = ['1-0:1.29.0', '1-0:2.290.0']
    }
  ],
  [
    'no lanes',
    'lanes: expected 1 to 64',
    of => {
      of.roster.lanes = []
    }
  ],
  [
    'sixty-five lanes',
    'lanes: expected 1 to 64',
    of => {
      of.roster.lanes = obis(65)
    }
  ],
  [
    'slots of no length',
    'slotSeconds: expected whole seconds from 1 to 86400',
    of => {
      of.roster.slotSeconds = 0
    }
  ],
  [
    'slots of more than a day',
    'slotSeconds: expected whole seconds from 1 to 86400',
    of => {
      of.roster.slotSeconds = 86_401
    }
  ],
  [
    'reading of 2^47',
    'reading of lane 1: expected an integer within ±2^47',
    of => {
      second(of).reading = ['0', String(BOUND + 1n)]
    }
  ],
  [
    'reading of -2^47',
    'reading of lane 0: expected an integer within ±2^47',
    of => {
      second(of).reading = [String(-BOUND - 1n), '0']
    }
  ],
  [
    'reading of 2^64, which would wrap to 0',
    'reading of lane 0: expected an integer within ±2^47',
    of => {
      second(of).reading = [String(MODULUS), '0']
    }
  ],
  [
    'reading of one lane where there are two',
    'lanes: expected 2 lanes, got 1',
    of => {
      second(of).reading = ['17']
    }
  ]
]

function refusal([name, refused, spoil]: (typeof REFUSED)[number]): Case {
  const of = draft({ name, n: 5, degree: 4, lanes: obis(2), slot: 1_963_584 })
  spoil(of)
  return { ...of, refused }
}

/** A line for each field, and for each member. */
function json(cases: readonly Case[]): string {
  const line = ([name, value]: [string, unknown]) =>
    name === 'members'
      ? `"members": [\n  ${(value as Member[]).map(member => JSON.stringify(member)).join(',\n  ')}\n ]`
      : `"${name}": ${JSON.stringify(value)}`
  return `[\n${cases.map(of => `{${Object.entries(of).map(line).join(',\n ')}}`).join(',\n')}\n]\n`
}

const folder = process.argv[2] ?? import.meta.dirname
writeFileSync(join(folder, 'dcnet.json'), json(ANSWERED.map(answer)))
writeFileSync(join(folder, 'refused.json'), json(REFUSED.map(refusal)))
