// A series of an evaluation file with all its parameters: its own, then the file's, then the defaults.
import type { Path } from '@hushgrid/primitives'
import { EVALUATION_DEFAULTS } from '../file/defaults.ts'
import type { EvaluationFields, SeriesFields } from '../file/evaluation-schema.ts'
import { valuesOf } from '../file/values.ts'
import type { RunPoint } from '../record/run.ts'

/** A full cross product of values. */
export interface Series {
  readonly contenders: readonly string[]
  readonly drive: readonly RunPoint['drive'][]
  readonly n: readonly number[]
  readonly degree: readonly (number | 'auto')[]
  readonly gamma: readonly number[]
  readonly dropout: readonly number[]
  readonly churn: readonly (string | null)[]
  readonly lanes: readonly number[]
  readonly bits: readonly number[]
  readonly delayMs: readonly number[]
  readonly loss: readonly number[]
  readonly slots: number
  readonly warmUp: number
  readonly repeats: number
  readonly changes: boolean
  /** True where the file says `changes: true`, instead of leaving it out. */
  readonly asksForChanges: boolean
  /** Place of the series in its file. */
  readonly path: Path
  /** Place of a parameter in the file: the series' own, or the file's. */
  readonly at: (key: keyof SeriesFields) => Path
}

/** Parameters without gaps. */
type Filled = { readonly [Key in keyof SeriesFields]-?: Exclude<SeriesFields[Key], undefined> }

/** Gives the series of a file; a file without any is one itself. */
export function seriesOf(fields: EvaluationFields): readonly Series[] {
  const list = fields.series
  return list === undefined ? [filled(fields, {}, [])] : list.map((own, i) => filled(fields, own, ['series', i]))
}

function filled(file: EvaluationFields, own: SeriesFields, path: Path): Series {
  // `undefined` of a series must not hide the file's value.
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
  const all = { ...EVALUATION_DEFAULTS, ...definedOf(file), ...given } as Filled
  const list = <T>(value: T | readonly T[]): readonly T[] => [...new Set([value].flat() as T[])]
  return {
    contenders: list<string>(all.contenders),
    drive: list<RunPoint['drive']>(all.drive),
    n: numbers(all.n),
    degree: valuesOf<'auto'>(all.degree),
    gamma: numbers(all.gamma),
    dropout: numbers(all.dropout),
    churn: list<string>(all.churn).map(name => (name === EVALUATION_DEFAULTS.churn ? null : name)),
    lanes: numbers(all.lanes),
    bits: numbers(all.bits),
    delayMs: numbers(all.delayMs),
    loss: numbers(all.loss),
    slots: all.slots,
    warmUp: all.warmUp,
    repeats: all.repeats,
    changes: all.changes,
    asksForChanges: own.changes ?? file.changes ?? false,
    path,
    at: key => (key in given ? [...path, key] : [key])
  }
}

function definedOf(fields: EvaluationFields): Partial<SeriesFields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function numbers(written: Parameters<typeof valuesOf<never>>[0]): readonly number[] {
  return valuesOf<never>(written)
}
