// What the signed messages beside a report bear out, found by its contender; the report is then held against it.
import { isDeepStrictEqual } from 'node:util'
import { HushgridError, type MeterId, meterId } from '@hushgrid/primitives'
import type { ChangeKind } from '@hushgrid/scenarios'
import type { RunDocument } from '../schema/run.ts'
import type { RunSlot } from '../schema/slots.ts'

/** Fields of a slot that its messages decide. */
export type DerivedSlot = Partial<RunSlot>

/** A roster, with its changes from the one before. */
export interface RosterFacts {
  readonly epoch: number
  readonly firstSlot: number
  readonly members: number
  readonly degree: number
  readonly changes: readonly {
    readonly change: Exclude<ChangeKind, 'crash'>
    readonly meter: number
    /** True of an absent member that a new season leaves out without a word. */
    readonly silent: boolean
  }[]
}

/** Outcome of a replay. */
export interface Replayed {
  /** Lines for a person. */
  readonly lines: readonly string[]
  readonly problems: readonly string[]
  /** Fields by slot; a slot without messages has those of a slot without a result. */
  readonly slots: ReadonlyMap<number, DerivedSlot>
  /** Rosters in order; none on a path without. */
  readonly rosters: readonly RosterFacts[]
  /** Claims that the messages do not decide, a line each. */
  readonly unchecked: readonly string[]
}

/** Lists the fields of a report's slots that its messages contradict. */
export function differences(run: RunDocument, { slots }: Pick<Replayed, 'slots'>): string[] {
  return run.slots.flatMap(row => {
    const derived = slots.get(row.slot) ?? {}
    return (Object.keys(derived) as (keyof DerivedSlot)[]).flatMap(field => {
      const [says, is] = [row[field], derived[field]]
      if (isDeepStrictEqual(says, is)) return []
      return [`slot ${row.slot}: run.json says ${field} ${inWords(says)}, the messages ${inWords(is)}`]
    })
  })
}

/** Field of run.json, what it says there, and what it is. */
export type Claim = readonly [field: string, says: unknown, is: unknown]

/** @param source - whoever knows better, with a verb */
export function contradicted(claims: readonly Claim[], source: string): string[] {
  return claims.flatMap(([field, says, is]) =>
    isDeepStrictEqual(says, is) ? [] : [`run.json: ${field} is ${inWords(says)}, ${source} ${inWords(is)}`]
  )
}

/** Reads a key that run.json names. @throws HushgridError naming the field where it holds none */
export function keyIn({ keys }: Pick<RunDocument, 'keys'>, name: string): MeterId {
  return keyNamed(`run.json: keys.${name}`, keys[name])
}

/**
 * Reads a public key.
 *
 * @param where - option, or file and field, that it stands in
 * @throws HushgridError naming that where it is none
 */
export function keyNamed(where: string, text: string | undefined): MeterId {
  if (text !== undefined && /^[0-9a-f]{64}$/.test(text)) return meterId(text)
  const got = text === undefined ? 'none' : text.length === 64 ? 'others' : `${text.length} characters`
  throw new HushgridError(`${where}: expected a key of 64 lower-case hexadecimal digits, got ${got}`)
}

/** Writes a value for a person. */
export function inWords(value: unknown): string {
  if (value === undefined || value === null) return 'none'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
