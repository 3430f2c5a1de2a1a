// Points of a series: the cross product of its values, without parameters that a contender does not have, and without points
// that it cannot have.
import { labNetwork } from '@hushgrid/lab'
import { HushgridError } from '@hushgrid/primitives'
import { changeNetwork, DEFAULT_FRACTION, resolveDegree } from '@hushgrid/topology'
import type { RunPoint } from '../record/run.ts'
import { type ContenderTraits, GROUPS, traitsOf } from './contender-traits.ts'
import type { Series } from './series.ts'

export type SeriesPoint = Omit<RunPoint, 'repeat'>

/** What a file asks for and is not run: points that a contender cannot have, or changes. */
export interface LeftOut {
  /** Contender's name, or what it is. */
  readonly what: string
  readonly why: string
}

/** Lanes that synthetic homes measure. */
const SYNTHETIC_LANES = 2

/** Gives the points of a series, and those that are left out, each reason once. */
export function seriesPoints(
  series: Series,
  hasData: boolean
): { readonly points: readonly SeriesPoint[]; readonly left: readonly LeftOut[] } {
  const points: SeriesPoint[] = []
  const left = new Map<string, LeftOut>()
  for (const wish of wishesOf(series)) {
    const found = pointOf(wish, hasData)
    if (typeof found !== 'string') points.push(found)
    else left.set(`${wish.traits.name} ${found}`, { what: wish.traits.name, why: found })
  }
  return { points, left: [...left.values()] }
}

/** A point as a file asks for it. */
interface Wish extends Pick<RunPoint, 'drive' | 'n' | 'dropout' | 'churn' | 'lanes' | 'delayMs' | 'loss'> {
  readonly traits: ContenderTraits
  readonly degree: number | 'auto'
  readonly gamma: number
  readonly bits: number
}

/** Lists the cross product; contenders are innermost, so that rivals run beside each other. */
function wishesOf(series: Series): Wish[] {
  const named = series.contenders.flatMap(name => (name in GROUPS ? GROUPS[name as keyof typeof GROUPS] : [name]))
  const traits = [...new Set(named)].flatMap(name => traitsOf(name) ?? [])
  const product = <T extends object, K extends string, V>(wishes: readonly T[], key: K, values: readonly V[]) =>
    wishes.flatMap(wish => values.map(value => ({ ...wish, [key]: value }) as T & Record<K, V>))
  const drives = product([{}], 'drive', series.drive)
  const sizes = product(drives, 'n', series.n)
  const absent = product(product(sizes, 'dropout', series.dropout), 'churn', series.churn)
  const networks = product(product(absent, 'delayMs', series.delayMs), 'loss', series.loss)
  const shapes = product(product(networks, 'lanes', series.lanes), 'bits', series.bits)
  const degrees = product(product(shapes, 'degree', series.degree), 'gamma', series.gamma)
  return product(degrees, 'traits', traits).map(wish => (wish.degree === 'auto' ? wish : { ...wish, gamma: series.gamma[0] as number }))
}

/** Gives the point of a wish, or the reason why there is none. */
function pointOf(wish: Wish, hasData: boolean): SeriesPoint | string {
  const { traits, drive, n, dropout, churn, lanes, bits, gamma } = wish
  const why = whyNot(wish, hasData)
  if (why !== undefined) return why
  const degree = traits.degreeIn.includes(drive) ? degreeOf(wish) : null
  if (typeof degree === 'string') return degree
  const network = drive === 'live' ? { delayMs: 0, loss: 0 } : { delayMs: wish.delayMs, loss: wish.loss }
  return {
    ...{ contender: traits.name, drive, n, degree },
    bits: traits.hasModulus ? bits : null,
    ...{ lanes, dropout, churn },
    gamma: degree === null ? null : gamma,
    ...network
  }
}

function whyNot({ traits, drive, n, dropout, lanes, bits }: Wish, hasData: boolean): string | undefined {
  const most = traits.mostMeters.get(drive)
  if (most === undefined) return drive === 'live' ? 'it has no live nodes' : 'it does not run in virtual time'
  if (n > most) return `it has at most ${most} live meters`
  if (drive === 'live' && dropout > 0) return 'live meters miss no single slots: churn takes them away'
  if (lanes > SYNTHETIC_LANES && !hasData) return `synthetic homes measure ${SYNTHETIC_LANES} lanes; data may have more`
  const mostLanes = traits.mostLanes(bits)
  return lanes > mostLanes ? `it has at most ${mostLanes} lanes` : undefined
}

/** Gives the degree that a network gets; for `auto` it bears the dropout of the point, where that is more than usual. */
function degreeOf({ traits, n, degree, gamma, dropout }: Wish): number | string {
  const network = changeNetwork(labNetwork(n), {
    degree,
    collusion: gamma,
    dropout: Math.max(DEFAULT_FRACTION, dropout),
    recovery: traits.recovery
  })
  try {
    return resolveDegree(network, n).degree
  } catch (cause) {
    if (!(cause instanceof HushgridError)) throw cause
    return `n = ${n}: ${cause.message}`
  }
}
