// An evaluation of one parameter and one figure, from a command line instead of a file.
import { HushgridError, InvalidArgumentError, printable } from '@hushgrid/primitives'
import type { ExhibitName } from '../exhibits/names.ts'
import { SWEPT, type Swept } from './defaults.ts'
import { type EvaluationFields, evaluationFields, expectedOf, isValueOf, type SeriesFields } from './evaluation-schema.ts'
import { isRange, rangeMistake, readValues, type Values, valuesOf } from './values.ts'

/** What a command line says of a sweep. */
export interface SweepWish {
  readonly parameter: Swept
  /** Values as they were typed. */
  readonly values: string
  readonly figure: ExhibitName
  /** Other parameters, as they were typed or read. */
  readonly others: Readonly<Partial<Record<Swept, string>>> &
    Pick<SeriesFields, 'contenders' | 'drive' | 'slots' | 'warmUp' | 'repeats' | 'changes' | 'churn'>
}

/** Gives the fields that a file of the same sweep has. @throws HushgridError where values do not fit their parameter */
export function sweepFields({ parameter, values, figure, others }: SweepWish): EvaluationFields {
  const fields = Object.fromEntries(
    Object.entries(others).flatMap(([key, value]) => {
      if (value === undefined) return []
      return [[key, isSwept(key) && typeof value === 'string' ? typedValues(key, `--${optionOf(key)}`, value) : value]]
    })
  )
  const whole = {
    name: `sweep-${parameter.toLowerCase()}`,
    about: `${figure} against ${parameter}.`,
    exhibits: figure,
    ...fields,
    [parameter]: typedValues(parameter, parameter, values)
  }
  const result = evaluationFields.safeParse(whole)
  if (result.success) return result.data
  const key = String(result.error.issues[0]?.path[0] ?? parameter) as keyof EvaluationFields
  throw new HushgridError(`--${optionOf(key)}: expected ${expectedOf(key)}`)
}

const isSwept = (key: string): key is Swept => (SWEPT as readonly string[]).includes(key)

/** Writes a key of a file as an option. */
function optionOf(key: string): string {
  return key.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}

function typedValues(key: Swept, called: string, text: string): Values<string> {
  const values = readValues(text)
  const expected = `${expectedOf(key)}; or several, 10,20,50; or a range, 4..40:4 by steps of 4, 10..640*2 by factors of 2`
  if (values === undefined) throw new InvalidArgumentError(called, expected, `'${printable(text)}'`)
  const mistake = isRange(values) ? rangeMistake(values) : undefined
  if (mistake) throw new InvalidArgumentError(called, `${mistake.key} to be ${mistake.expected}`, `'${printable(text)}'`)
  const wrong = valuesOf<string>(values).find(value => !isValueOf(key, value))
  if (wrong !== undefined) throw new InvalidArgumentError(called, expected, `'${printable(String(wrong))}'`)
  return values
}
