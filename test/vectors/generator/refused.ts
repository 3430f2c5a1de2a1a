// The cases that must not go through.
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { BOUND, obis } from './answered.ts'
import { draft } from './answers.ts'
import { byHex, type Case, identity, type Lane, littleEndian, type Member, MODULUS } from './format.ts'
import { sealed } from './roster.ts'

const P = 2n ** 255n - 19n
function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, base]
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left % 2n === 1n) result = (result * square) % P
    square = (square * square) % P
  }
  return result
}

/** The least u > 9 that is no point's: u³ + 486662 u² + u has no square root. */
const ON_TWIST = Array.from({ length: 99 }, (_, i) => BigInt(i + 10)).find(
  u => power(u * u * u + 486_662n * u * u + u, (P - 1n) / 2n) !== 1n
) as bigint

const field = (u: bigint): string => bytesToHex(littleEndian(u, 32))
const lane = (code: string): Lane => ({ obis: code, maxReading: '11000', support: 3 })
const first = (of: Case): Member => of.members[0] as Member
const second = (of: Case): Member => of.members[1] as Member
const pairOf = (of: Case): [string, string] => [first(of).meterId, second(of).meterId].sort(byHex) as [string, string]
const last = <T>(list: readonly T[]): T => list.at(-1) as T

/** Sections 2 to 5: what must not go through, and what the error has to say; what is forged is changed after it was signed. */
export const REFUSED: readonly (readonly [name: string, refused: string, spoil: (of: Case) => void, forge?: (of: Case) => void])[] = [
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
    'blinding key on the twist',
    'expected a point of curve25519, got one of its twist',
    of => {
      first(of).blindingKey = field(ON_TWIST)
    }
  ],
  [
    'blinding key with a part of order 8',
    'expected a point of prime order, got one with a part of low order',
    of => {
      const torsion = ed25519.Point.fromHex(ED25519_TORSION_SUBGROUP[1] as string)
      const { y } = ed25519.Point.BASE.multiply(7n).add(torsion).toAffine()
      first(of).blindingKey = field(((1n + y) * power(1n + P - y, P - 2n)) % P)
    }
  ],
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
    'degree beyond a complete graph’s',
    'roster degree: expected at most 4 with 5 members, got 6',
    of => {
      of.roster.degree = 6
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
    'expected at least 5 present members in every component, got 4',
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
      of.roster.lanes = [lane('1-0:1.29.0'), lane('1-0:1.29.0')]
    }
  ],
  [
    'lane that is no OBIS code',
    'OBIS code: expected A-B:C.D.E',
    of => {
      of.roster.lanes = [lane('1-0:1.29.0'), lane('1-0:2.290.0')]
    }
  ],
  [
    'no lanes',
    'lanes: expected 1 to 64',
    of => {
      of.roster.lanes = []
      for (const member of of.members) member.laneMask = ''
    }
  ],
  [
    'sixty-five lanes',
    'lanes: expected 1 to 64',
    of => {
      of.roster.lanes = obis(65).map(lane)
      for (const member of of.members) member.laneMask = `${member.laneMask}${'00'.repeat(8)}`
    }
  ],
  [
    'maxReading of 2^47',
    'roster maxReading: expected below 140737488355328',
    of => {
      last(of.roster.lanes).maxReading = String(BOUND + 1n)
    }
  ],
  [
    'support below minMembers without everybody’s consent',
    "expected a support of 3 or everybody's consent, got 2",
    of => {
      last(of.roster.lanes).support = 2
      for (const { credential } of of.members.slice(1)) last(credential.lanes).consent = true
    }
  ],
  [
    'lane that too few can fill',
    'lane 1-0:2.29.0: expected at least 3 members able to fill it in every component',
    of => {
      for (const member of of.members.slice(2)) {
        member.laneMask = '01'
        member.credential.lanes.pop()
        member.reading = ['1', '0']
      }
    }
  ],
  [
    'lane that no absent member’s credential makes up for',
    'lane 1-0:2.29.0: expected at least 5 members able to fill it in every component',
    of => {
      last(of.roster.lanes).support = 5
      first(of).absent = true
      first(of).reading = null
    }
  ],
  [
    'lane mask with a further bit',
    'laneMask: expected bits of 2 lanes, got further ones',
    of => {
      first(of).laneMask = '07'
    }
  ],
  [
    'lane mask with a further byte',
    'laneMask: expected 1 bytes, got 2',
    of => {
      first(of).laneMask = '0300'
    }
  ],
  [
    'lane mask without a lane of the credential',
    'expected the lanes of its credential, got others',
    of => {
      first(of).laneMask = '01'
    }
  ],
  [
    'lane mask with a lane that the credential lacks',
    'expected the lanes of its credential, got others',
    of => {
      first(of).credential.lanes.shift()
    }
  ],
  [
    'credential with a lane twice',
    'each lane once',
    of => {
      first(of).credential.lanes = [1, 1, 2].map(number => ({ obis: `1-0:${number}.29.0`, consent: false }))
    }
  ],
  [
    'credential with lanes in another order',
    'lanes: expected ascending',
    of => {
      first(of).credential.lanes.reverse()
    }
  ],
  [
    'credential of another season',
    "expected the registrar's credential, holding at the start",
    of => {
      first(of).credential.season = 2
    }
  ],
  [
    'credential that begins a second late',
    "expected the registrar's credential, holding at the start",
    of => {
      first(of).credential.notBefore = of.roster.firstSlot * of.roster.slotSeconds + 1
    }
  ],
  [
    'credential that ends with the start',
    "expected the registrar's credential, holding at the start",
    of => {
      first(of).credential.notAfter = of.roster.firstSlot * of.roster.slotSeconds
    }
  ],
  [
    'credential with another consent than was signed',
    "expected the registrar's credential, holding at the start",
    () => {},
    of => {
      last(first(of).credential.lanes).consent = true
    }
  ],
  [
    'credential of another member',
    "expected the registrar's credential, holding at the start",
    () => {},
    of => {
      first(of).credential.signature = second(of).credential.signature
    }
  ],
  [
    'roster signed for another hash',
    'expected one by the registrar over its hash',
    () => {},
    of => {
      of.rosterSignature = bytesToHex(ed25519.sign(hexToBytes(of.rosterHash), hexToBytes(of.registrarSecret)))
    }
  ],
  [
    'cut of a stranger',
    'roster cuts: expected members, got somebody else',
    of => {
      of.roster.cuts = [[first(of).meterId, identity('a stranger')].sort(byHex) as [string, string]]
    }
  ],
  [
    'cut with the higher id first',
    'roster cuts: expected pairs in order, ascending, each once',
    of => {
      of.roster.cuts = [pairOf(of).reverse() as [string, string]]
    }
  ],
  [
    'cut of a member from itself',
    'roster cuts: expected pairs in order, ascending, each once',
    of => {
      of.roster.cuts = [[first(of).meterId, first(of).meterId]]
    }
  ],
  [
    'cut twice',
    'roster cuts: expected pairs in order, ascending, each once',
    of => {
      of.roster.cuts = [pairOf(of), pairOf(of)]
    }
  ],
  [
    'cuts that leave a member alone',
    'expected at least 3 present members in every component, got 1',
    of => {
      of.roster.cuts = of.members.slice(1).map(({ meterId }) => [first(of).meterId, meterId].sort(byHex) as [string, string])
    }
  ],
  [
    'season of more than seven days',
    'expected a season of at most 7 days',
    of => {
      of.roster.seasonEndSlot++
    }
  ],
  [
    'first slot after the season',
    "expected a first slot before the season's end",
    of => {
      of.roster.seasonEndSlot = of.roster.firstSlot
      of.roster.seasonFirstSlot = of.roster.firstSlot - 4
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

export function refusal([name, refused, spoil, forge]: (typeof REFUSED)[number]): Case {
  const of = draft({ name, n: 5, degree: 4, lanes: obis(2), slot: 1_963_584 })
  spoil(of)
  sealed(of)
  forge?.(of)
  return { ...of, refused }
}
