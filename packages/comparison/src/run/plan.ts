// Makes a plan of the options of `pnpm compare`: fills in defaults, counts combinations.
import { randomBytes } from 'node:crypto'
import { type Contender, checkMembers } from '@hushgrid/lab'
import type { DataFacts } from '@hushgrid/node-meter'
import { choiceOf, timesOf } from '@hushgrid/runtime'
import type { Network } from '@hushgrid/topology'
import { COMPARED_MODES } from '../contender-names.ts'
import { COMPARED, COMPARED_NAMES } from '../contenders.ts'
import { CHANGE_SLOTS, WARM_UP_SLOTS } from './changes.ts'
import { COMPARISON_DEFAULTS } from './defaults.ts'

/** Least length of a slot by the key's length, ms: partial decryptions, their proofs and checks take most of a second. */
const LONG_KEY_SLOT_MS: Readonly<Record<number, number>> = { 2048: 0, 3072: 2000, 4096: 4000 }

/** A comparison, checked and ready to start. */
export interface ComparisonPlan {
  readonly sizes: readonly number[]
  readonly contenders: readonly Contender[]
  /** Lengths of the key or modulus; each contender that has one is run with each. */
  readonly bits: readonly number[]
  /** Number of slots measured while nothing happens but readings, or the churn's. */
  readonly slots: number
  readonly repeat: number
  /** Most times that a run is repeated because a busy machine disturbed it. */
  readonly repeatDisturbed: number
  /** Number of a meter's mask neighbours; `auto` grows with n. */
  readonly degree: Network['degree']
  readonly seed: string
  /** Real length of a slot, ms; the same for all, so that all have the same time. */
  readonly slotMs: number
  readonly churn?: string | undefined
  readonly data?: string | undefined
  /** What the files of data do not say of themselves. */
  readonly facts: DataFacts
  /** Command as it was typed. */
  readonly command: string
}

/** Wishes of a person for a comparison; each has a default. */
export interface ComparisonWish
  extends Partial<Pick<ComparisonPlan, 'bits' | 'slots' | 'repeat' | 'degree' | 'churn' | 'data' | 'seed' | 'slotMs'>>,
    DataFacts {
  readonly n?: readonly number[]
  /** Times, or true for one. */
  readonly repeatDisturbed?: number | true
  /** Names of contenders, or `all`; those of the house unless given. */
  readonly modes?: readonly string[]
}

/** Word for every contender. */
const ALL = 'all'

/** @throws InvalidArgumentError for a name that no contender has */
function contendersOf(modes: readonly string[]): readonly Contender[] {
  const nameOf = choiceOf('--modes', [...COMPARED_NAMES, ALL])
  const names = new Set(modes.map(nameOf))
  // The order of COMPARED, whatever was typed, puts each contender beside its rivals.
  return COMPARED.filter(({ facts }) => names.has(facts.name) || names.has(ALL))
}

/**
 * @param args - as they were typed, so that the report can tell how to repeat it
 * @throws HushgridError for a mode that there is not, or that does not run with so many meters
 */
export function comparisonPlan(wish: ComparisonWish, args: readonly string[]): ComparisonPlan {
  const { sizes, bits, slots } = COMPARISON_DEFAULTS
  const n = [...(wish.n ?? sizes)].sort((a, b) => a - b)
  const keys = [...(wish.bits ?? [bits])].sort((a, b) => a - b)
  const contenders = contendersOf(wish.modes ?? COMPARED_MODES)
  const most = Math.max(...n)
  for (const contender of contenders) checkMembers(contender, most)
  const seed = wish.seed ?? randomBytes(4).toString('hex')
  const typed = [...args, ...(wish.seed === undefined ? ['--seed', seed] : [])]
  return {
    sizes: n,
    contenders,
    bits: keys,
    slots: wish.slots ?? slots,
    repeat: wish.repeat ?? 1,
    repeatDisturbed: timesOf(wish.repeatDisturbed),
    degree: wish.degree ?? 'auto',
    seed,
    slotMs: wish.slotMs ?? usualSlotMs(contenders, most, keys),
    churn: wish.churn,
    data: wish.data,
    facts: wish,
    command: ['pnpm compare', ...typed.map(quoted)].join(' ')
  }
}

/** Gives the real length of a slot that contenders keep up with, ms: the same for all, so that all have the same time. */
export function usualSlotMs(contenders: readonly Contender[], members: number, keys: readonly number[]): number {
  const { leastSlotMs, slotMsPerMeter } = COMPARISON_DEFAULTS
  const slow = contenders.some(({ facts }) => facts.key?.slowWhenLong)
  const long = slow ? keys.map(bits => LONG_KEY_SLOT_MS[bits] ?? 0) : []
  return Math.max(leastSlotMs, slotMsPerMeter * members, ...long, ...contenders.map(each => computing(each, members, keys)))
}

/** Gives the least length of a slot in which a contender can compute, ms. */
function computing({ facts }: Contender, members: number, keys: readonly number[]): number {
  return Math.max(...keys.map(bits => facts.slotMs?.(members, bits) ?? 0))
}

/** Quotes a word for a shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** One combination. */
export interface Combination {
  readonly contender: Contender
  readonly bits: number
  readonly n: number
  readonly repeat: number
}

/** Lists every combination and repeat; repeats are outermost, so that a change of the machine's speed meets all. */
export function plannedRuns({ sizes, contenders, bits, repeat }: ComparisonPlan): Combination[] {
  return Array.from({ length: repeat }, (_, number) =>
    sizes.flatMap(n =>
      contenders.flatMap(contender => {
        const keys = contender.facts.key ? bits : bits.slice(0, 1)
        return keys.map(key => ({ contender, bits: key, n, repeat: number }))
      })
    )
  ).flat()
}

/** Gives the time that the slots of all combinations take, ms; forming comes on top. */
export function leastTime(plan: ComparisonPlan): number {
  return plannedRuns(plan).length * plan.slotMs * (WARM_UP_SLOTS + plan.slots + (plan.churn === undefined ? 3 * CHANGE_SLOTS : 0))
}
