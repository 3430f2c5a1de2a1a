// Traits of contenders on which it depends what parameters they have; all of it follows from their facts.
import { COMPARED } from '@hushgrid/comparison'
import { CONTENDERS } from '@hushgrid/lab'
import { SCHEMES, type SchemeName } from '@hushgrid/schemes'
import type { RecoveryMode } from '@hushgrid/topology'
import type { RunPoint } from '../record/run.ts'
import { SIMULATED_NAMES } from '../run/simulated/registered.ts'
import { VARIANTS } from '../run/simulated/variants.ts'

type Drive = RunPoint['drive']

/** What the plan has to know of a contender. */
export interface ContenderTraits {
  readonly name: string
  /** Drives in which meters have mask neighbours, whose number is a parameter. */
  readonly degreeIn: readonly Drive[]
  /** True where there is a modulus N, whose length is a parameter. */
  readonly hasModulus: boolean
  /** Recovery mode of its network, where it has masks. */
  readonly recovery?: RecoveryMode | undefined
  /** Most lanes of a reading, under a modulus of so many bits. */
  readonly mostLanes: (bits: number) => number
  /** Drives that it has, each with the most meters that it takes. */
  readonly mostMeters: ReadonlyMap<Drive, number>
}

const isScheme = (name: string): name is SchemeName => name in SCHEMES

/** Names of the contenders by group, each in the order of tables. */
export const GROUPS: Readonly<Record<'all' | 'house' | 'schemes', readonly string[]>> = (() => {
  const house = CONTENDERS.map(({ facts }) => facts.name)
  const schemes = Object.keys(SCHEMES).filter(name => !house.includes(name))
  return { all: [...house, ...schemes], house, schemes }
})()

/** Names of all contenders: those of the groups, and variants, which are in none. */
export const KNOWN_NAMES: readonly string[] = [...GROUPS.all, ...Object.keys(VARIANTS)]

/** Most meters of live nodes on one machine. */
const MOST_LIVE = 1000

/** Gives the traits of a contender; undefined where none has that name. */
export function traitsOf(name: string): ContenderTraits | undefined {
  if (!KNOWN_NAMES.includes(name)) return undefined
  const mostMeters = mostMetersOf(name)
  const house = CONTENDERS.find(({ facts }) => facts.name === name)?.facts
  if (house) {
    const degreeIn: readonly Drive[] = house.masks ? ['simulated', 'live'] : []
    const mostLanes = (): number => Number.POSITIVE_INFINITY
    return { name, degreeIn, hasModulus: house.key !== undefined, recovery: house.recoveries?.[0], mostLanes, mostMeters }
  }
  const scheme = VARIANTS[name]?.scheme ?? name
  return isScheme(scheme) ? { name, ...schemeTraits(scheme), mostMeters } : undefined
}

function mostMetersOf(name: string): ReadonlyMap<Drive, number> {
  const live = COMPARED.find(({ facts }) => facts.name === name)
  return new Map<Drive, number>([
    ...(SIMULATED_NAMES.includes(name) ? [['simulated', Number.POSITIVE_INFINITY] as const] : []),
    ...(live ? [['live', live.facts.most ?? MOST_LIVE] as const] : [])
  ])
}

/** Number of meters, of neighbours and of bits at which facts are asked for, to see on what they depend. */
const PROBE = { n: 50, few: 4, more: 8, shorter: 2048, longer: 3072 } as const

function schemeTraits(name: SchemeName): Pick<ContenderTraits, 'degreeIn' | 'hasModulus' | 'recovery' | 'mostLanes'> {
  const make = SCHEMES[name]
  const messages = (degree: number): number => make({ degree }).facts.messages(PROBE.n)
  const strength = (bits: number): number => make({ bits }).facts.strength
  const hasDegree = messages(PROBE.few) !== messages(PROBE.more)
  return {
    // Live meters of a scheme deal with all others.
    degreeIn: hasDegree ? ['simulated'] : [],
    hasModulus: strength(PROBE.shorter) !== strength(PROBE.longer),
    // Neighbours of a scheme hide a reading as mask neighbours do: its degree is planned by the same conditions.
    recovery: hasDegree ? 'edge-release' : undefined,
    mostLanes: bits => make({ bits }).facts.mostLanes ?? Number.POSITIVE_INFINITY
  }
}
