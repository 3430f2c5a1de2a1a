// The schemes of the literature as contenders, each made from its facts and from nothing else.
import { SCHEMES, type SchemeName } from '@hushgrid/schemes'
import { RoleNeighbourhood } from '../../roles/neighbourhood.ts'
import { ROLES, type RoleName } from '../../roles/role.ts'
import type { RoleProcesses } from '../../roles/runner.ts'
import { type Contender, type ContenderFacts, checkMembers } from '../contender.ts'
import { ELLIPTIC_STRENGTH } from '../strength.ts'
import { starMarks } from './marks.ts'

type Facts = ReturnType<(typeof SCHEMES)[SchemeName]>['facts']

const DEFAULT_BITS = 2048
/** Lengths of a modulus that a comparison takes. */
const LENGTHS = 3
/** Most meters on live nodes where each has a message for each other: every pair dials, and all of them share a machine. */
const MOST_IN_PAIRS = 50
/** Sizes between which messages that grow with n double, and those that grow with its square fourfold. */
const SIZE = 100
const GROWS_FASTER = 3

function schemeContender(name: SchemeName, place: number): Contender {
  const facts = factsOf(name, place)
  const processes = processesOf(name, facts)
  return {
    facts,
    live: options => {
      checkMembers({ facts }, options.members)
      return new RoleNeighbourhood(options, processes)
    },
    processes
  }
}

/** Starts registrar and aggregator, then whoever else takes part, and the meters last. */
function processesOf(scheme: SchemeName, { roles }: ContenderFacts): RoleProcesses {
  const others = roles.filter(role => role !== 'meter' && role !== 'device' && role !== 'registrar' && role !== 'aggregator')
  return {
    module: new URL('./roles.ts', import.meta.url).href,
    rounds: SCHEMES[scheme]().facts.rounds,
    form: async ({ start, meters, options }) => {
      const own = { scheme, bits: options.bits ?? DEFAULT_BITS }
      const { address: registrar } = await start('registrar', own)
      const { address: aggregator } = await start('aggregator', { ...own, registrar })
      const party = { ...own, registrar, aggregator }
      await Promise.all(others.map(role => start(role, party)))
      await start('meter', { ...party, ...meters })
    }
  }
}

function factsOf(name: SchemeName, place: number): ContenderFacts {
  const scheme = SCHEMES[name]()
  const { title, missing, sees, collusion, dealer, family, messages } = scheme.facts
  const hasModulus = SCHEMES[name]({ bits: 2048 }).facts.strength !== SCHEMES[name]({ bits: 3072 }).facts.strength
  const parties = new Set<string>([...Object.keys(scheme.roles), 'registrar'])
  return {
    name,
    title,
    family: 'scheme',
    roles: ROLES.filter((role): role is RoleName => parties.has(role)),
    masks: false,
    ...(hasModulus && {
      key: { bits: DEFAULT_BITS, slowWhenLong: true },
      slotMs: (members, bits) => slotMs(POWERS * members * (family === 'interactive' ? members - 1 : 1), bits)
    }),
    ...(messages(2 * SIZE) > GROWS_FASTER * messages(SIZE) && { most: MOST_IN_PAIRS }),
    missing: MISSING[missing],
    strength: {
      cryptography: bits => cryptography(SCHEMES[name](keyed(bits)).facts, bits),
      ofEach: bits => ofEach(SCHEMES[name](keyed(bits)).facts, bits),
      weakest: bits => weakest(SCHEMES[name](keyed(bits)).facts)
    },
    trust: { sees, together: collusion, besides: `${DEALERS[dealer]}; a registrar says who is in` },
    marks: starMarks(place, hasModulus ? LENGTHS : 1)
  }
}

/** Powers modulo N² for each pair of meters, or for each meter of a scheme that has no pairs; the most that any has. */
const POWERS = 4
/** Time of one power by bits of N, with room to spare, ms. */
const POWER_MS: Readonly<Record<number, number>> = { 2048: 30, 3072: 100, 4096: 230 }
/** Part of a slot until its deadline, by which the first round has to be there; others are as long together. */
const UNTIL_DEADLINE = 1 / 4

function slotMs(powers: number, bits: number): number {
  return Math.ceil((powers * (POWER_MS[bits] ?? 0)) / UNTIL_DEADLINE)
}

const keyed = (bits: number | null): { readonly bits: number } => ({ bits: bits ?? DEFAULT_BITS })

const MISSING: Readonly<Record<Facts['missing'], string>> = {
  'lost, unnoticed': 'the slot is lost; the sum alone would not show it, signed messages do',
  'lost, noticed': 'the slot is lost',
  'recovered by a round more': 'a round more, and the sum is over those who are there',
  'recovered at once': 'the sum is over those who are there'
}

const DEALERS: Readonly<Record<Facts['dealer'], string>> = {
  none: 'no dealer',
  parameters: 'a dealer makes the parameters',
  keys: 'a dealer makes the keys'
}

/** Strength of the driver's parts and of what schemes compute in AES, HMAC and X25519. */
const STRONGEST = 128

/** Names the group that a scheme without a modulus computes in: only ristretto255 is a little weaker than the rest. */
function ownParts({ strength }: Facts, bits: number | null): string | undefined {
  if (bits !== null) return `a modulus N of ${bits} bits`
  if (strength === 0 || strength >= STRONGEST) return undefined
  return 'the group ristretto255'
}

function cryptography(facts: Facts, bits: number | null): string {
  const parts = ownParts(facts, bits)
  const harness = 'messages: Ed25519 signatures, X25519 and AES-256-GCM where sealed'
  return parts === undefined ? harness : `readings: ${parts}; ${harness}`
}

function ofEach(facts: Facts, bits: number | null): string {
  const parts = ownParts(facts, bits)
  return parts === undefined ? `${STRONGEST}` : `${parts} ≈ ${facts.strength}, the rest ${ELLIPTIC_STRENGTH}`
}

function weakest({ strength }: Facts): string {
  return strength === 0 ? 'none' : `≈ ${Math.min(strength, STRONGEST)}`
}

/** Schemes that run live: all that yield totals. Readings in the clear are the contender `plain`. */
const LIVE_SCHEMES = (Object.keys(SCHEMES) as SchemeName[]).filter(name => {
  const { facts } = SCHEMES[name]()
  return name !== 'plain' && facts.yields !== 'bills'
})

export const SCHEME_CONTENDERS: readonly Contender[] = LIVE_SCHEMES.map((name, place) => schemeContender(name, place))
