// Traits of contenders on which it depends what parameters they have; all of it follows from their facts.
import { COMPARED_MODES } from '@hushgrid/comparison/options'
import { CONTENDERS } from '@hushgrid/lab'
import { SCHEMES, type SchemeName } from '@hushgrid/schemes'
import type { RecoveryMode } from '@hushgrid/topology'
import type { RunPoint } from '../record/run.ts'
import { SIMULATED_NAMES } from '../run/simulated/registered.ts'

/** What the plan has to know of a contender. */
export interface ContenderTraits {
  readonly name: string
  /** True where meters have mask neighbours, whose number is a parameter. */
  readonly hasDegree: boolean
  /** True where there is a modulus N, whose length is a parameter. */
  readonly hasModulus: boolean
  /** Recovery mode of its network, where it has masks. */
  readonly recovery?: RecoveryMode | undefined
  /** Most lanes of a reading, under a modulus of so many bits. */
  readonly mostLanes: (bits: number) => number
  /** True where messages of a slot grow with the square of n. */
  readonly isQuadratic: (n: number, degree: number | null) => boolean
  /** Drives that it has. */
  readonly drives: readonly RunPoint['drive'][]
}

const isScheme = (name: string): name is SchemeName => name in SCHEMES
/** Contenders of the lab that are no scheme of the literature; its `plain` is the house's floor. */
const HOUSE = CONTENDERS.filter(({ facts }) => facts.name === 'plain' || !isScheme(facts.name))

/** Names of the contenders by group, each in the order of tables. */
export const GROUPS: Readonly<Record<'all' | 'house' | 'schemes', readonly string[]>> = (() => {
  const house = HOUSE.map(({ facts }) => facts.name)
  const schemes = Object.keys(SCHEMES).filter(name => !house.includes(name))
  return { house, schemes, all: [...house, ...schemes] }
})()

/** Names of the contenders that each drive has. */
const NAMES: Readonly<Record<RunPoint['drive'], readonly string[]>> = { simulated: SIMULATED_NAMES, live: COMPARED_MODES }
const DRIVES = ['simulated', 'live'] as const

/** Gives the traits of a contender; undefined where none has that name. */
export function traitsOf(name: string): ContenderTraits | undefined {
  const drives = DRIVES.filter(drive => NAMES[drive].includes(name))
  const house = HOUSE.find(({ facts }) => facts.name === name)?.facts
  if (house) {
    const { masks, key, recoveries } = house
    const mostLanes = (): number => Number.POSITIVE_INFINITY
    return { name, drives, hasDegree: masks, hasModulus: key !== undefined, recovery: recoveries?.[0], mostLanes, isQuadratic: () => false }
  }
  return isScheme(name) ? schemeTraits(name, drives) : undefined
}

/** Numbers of meters and of neighbours at which facts are asked for, to see on what they depend. */
const PROBE = { n: 50, few: 4, more: 8, shorter: 2048, longer: 3072 } as const

function schemeTraits(name: SchemeName, drives: ContenderTraits['drives']): ContenderTraits {
  const make = SCHEMES[name]
  const messages = (degree: number): number => make({ degree }).facts.messages(PROBE.n)
  const strength = (bits: number): number => make({ bits }).facts.strength
  const hasDegree = messages(PROBE.few) !== messages(PROBE.more)
  return {
    name,
    drives,
    hasDegree,
    hasModulus: strength(PROBE.shorter) !== strength(PROBE.longer),
    // Neighbours of a scheme hide a reading as mask neighbours do: its degree is planned by the same conditions.
    recovery: hasDegree ? 'edge-release' : undefined,
    mostLanes: bits => make({ bits }).facts.mostLanes ?? Number.POSITIVE_INFINITY,
    isQuadratic: (n, degree) => make(degree === null ? {} : { degree }).facts.messages(n) > (n * n) / 2
  }
}
