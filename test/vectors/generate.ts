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
  readonly recovery?: 0 | 1
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

/** Section 6: the mask that the lower of two neighbours adds and the higher one subtracts. */
function edgeMask(own: Member, other: Member, rosterHash: string, slot: number, lanes: number): bigint[] {
  const shared = x25519.getSharedSecret(hexToBytes(own.blindingSecret), hexToBytes(other.blindingKey))
  const [lower, higher] = [own.meterId, other.meterId].sort(byHex) as [string, string]
  const info = concatBytes(utf8ToBytes('hushgrid/v1/edge'), hexToBytes(lower), hexToBytes(higher))
  const key = hkdf(sha256, shared, hexToBytes(rosterHash), info, 32)
  const blocks = Math.ceil(lanes / 2)
  const counter = littleEndian(BigInt(slot) * BigInt(blocks), 16).reverse()
  const stream = ctr(key, counter).encrypt(new Uint8Array(16 * blocks))
  return Array.from({ length: lanes }, (_, l) =>
    stream.subarray(8 * l, 8 * l + 8).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  )
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
    if (!of.missing.includes(member.meterId)) member.release = decimals(signed(member.neighbours.filter(id => of.missing.includes(id))))
  }
  const present = of.members.filter(member => !member.absent)
  const survivors = present.filter(member => !of.missing.includes(member.meterId))
  of.total = decimals(
    sum(
      present.map(member => integers(member.submission)),
      lanes
    )
  )
  const without = [
    ...survivors.map(member => integers(member.submission)),
    ...survivors.map(member => integers(member.release).map(word => -word))
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
