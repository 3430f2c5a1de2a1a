// The schema of an evaluation file: its keys, their values, and what an error says is expected of each.
import { KEY_BITS } from '@hushgrid/paillier'
import type { Path } from '@hushgrid/primitives'
import { z } from 'zod'
import { EXHIBIT_NAMES } from '../exhibits/names.ts'
import { EVALUATION_DEFAULTS, LEAST_RUNS, SWEPT, type Swept } from './defaults.ts'
import { MOST_VALUES } from './values.ts'

/** Bounds of the number of meters: a default network has totals of six at least, and more meters than this need days. */
const METERS = { least: 6, most: 10_000 } as const
/** Active and reactive energy both ways, the four quadrants, and apparent energy both ways. */
const MOST_LANES = 10
const MOST_DELAY_MS = 30_000
const DAY_SECONDS = 86_400

const range = z.strictObject({
  from: z.number(),
  to: z.number(),
  step: z.number().optional().describe('Distance of the values; either this or times.'),
  times: z.number().optional().describe('Factor between the values; either this or step.')
})

/** One value, a list, or a range. */
function values<T extends z.ZodType>(value: T, about: string) {
  return z
    .union([value, z.array(value).min(1).max(MOST_VALUES), range])
    .optional()
    .describe(`${about} One value, a list, or a range {from, to, step} or {from, to, times}.`)
}

/** One word, or a list. */
function words<T extends z.ZodType>(word: T, about: string) {
  return z
    .union([word, z.array(word).min(1).max(MOST_VALUES)])
    .optional()
    .describe(`${about} One, or a list.`)
}

const fraction = z.number().min(0).lt(1)
const name = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
const slots = z.int().min(1).max(100_000).optional()
const { n, degree, gamma, dropout, lanes, bits, delayMs, loss, repeats, warmUp, slotSeconds } = EVALUATION_DEFAULTS

/** Keys of a series; those of the file itself hold for all its series. */
const parameters = {
  contenders: words(z.string().min(1), "Names of contenders; 'all', 'house' or 'schemes' for many; all unless set."),
  drive: words(
    z.enum(['simulated', 'live']),
    'Virtual time in one process, or libp2p nodes with a process for each role; simulated unless set.'
  ),
  n: values(z.int().min(METERS.least).max(METERS.most), `Numbers of meters; ${n} unless set.`),
  degree: values(
    z.union([z.literal('auto'), z.int().min(2).max(65_534).multipleOf(2)]),
    `Numbers of a meter's mask neighbours, even, or 'auto' for the smallest that meets the protocol's conditions; ${degree} unless set. Contenders without neighbours have none.`
  ),
  gamma: values(fraction, `γ, fractions of colluding meters for which degree auto plans; ${gamma} unless set.`),
  dropout: values(fraction, `Fractions of the meters that are missing in a slot, drawn anew for each; ${dropout} unless set.`),
  churn: words(z.string().min(1), "Churn scenarios that go on throughout, shipped ones by name, or 'none', which is the default."),
  lanes: values(z.int().min(1).max(MOST_LANES), `Numbers of lanes of a reading; ${lanes} unless set.`),
  bits: values(z.literal(KEY_BITS), `Bits of the modulus N of contenders that have one; ${bits} unless set.`),
  delayMs: values(
    z.int().min(0).max(MOST_DELAY_MS),
    `Mean delay of a message in virtual time, one way, ms; ${delayMs} unless set. Live nodes have what the machine gives them.`
  ),
  loss: values(fraction, `Fractions of messages that virtual time loses; ${loss} unless set.`),
  slots: slots.describe(`Slots that are measured in a run, after those that warm up; ${EVALUATION_DEFAULTS.slots} unless set.`),
  warmUp: z.int().min(0).max(1000).optional().describe(`Slots that warm the compiler up, and are not measured; ${warmUp} unless set.`),
  changes: z
    .boolean()
    .optional()
    .describe(
      'True to have a meter join, one leave and one crash after the measured slots, and to measure what each cost; true unless set.'
    ),
  repeats: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      `Runs of each point, each with a seed of its own; ${repeats} unless set. Fewer than ${LEAST_RUNS} give no 95 % interval of a median.`
    )
}

/** An evaluation file before its keys are checked against each other. */
export const evaluationFields = z.strictObject({
  name: name.describe('Name of the evaluation: lower-case letters and digits, joined by hyphens.'),
  about: z.string().min(1).describe('What it is for, in a sentence or two.'),
  seed: z.string().min(1).max(200).optional().describe('Seed of readings, keys, waits and missing meters; the name unless set.'),
  slotSeconds: z
    .int()
    .min(60)
    .max(DAY_SECONDS)
    .optional()
    .describe(`Length of a slot in seconds of the protocol's time; ${slotSeconds} unless set.`),
  data: z
    .string()
    .min(1)
    .optional()
    .describe("File or folder of readings, by its path from this file's folder; synthetic homes unless set."),
  exhibits: words(z.enum(EXHIBIT_NAMES), 'Figures and tables to make; all unless set.'),
  ...parameters,
  series: z
    .array(z.strictObject({ name: name.optional().describe('Name of the series, for messages.'), ...parameters }))
    .min(1)
    .max(100)
    .optional()
    .describe(
      'Blocks of parameters, each over the file’s own; every block is a full cross product, and a point that comes twice runs once.'
    )
})

export type EvaluationFields = z.output<typeof evaluationFields>
export type SeriesFields = NonNullable<EvaluationFields['series']>[number]

/** Expected value of each key, for errors; of a parameter, that of one of its values. */
const EXPECTED: Readonly<Record<keyof EvaluationFields, string>> = {
  name: 'lower-case letters and digits joined by hyphens, at most 63 characters',
  about: 'a text that is not empty',
  seed: 'a text of at most 200 characters',
  slotSeconds: `whole seconds from 60 to ${DAY_SECONDS}`,
  data: 'the path of a file or folder of readings',
  exhibits: `one of ${EXHIBIT_NAMES.join(', ')}`,
  contenders: "the name of a contender, 'all', 'house' or 'schemes'",
  drive: "'simulated' or 'live'",
  n: `a whole number from ${METERS.least} to ${METERS.most}`,
  degree: "'auto' or an even number from 2 to 65534",
  gamma: 'a fraction from 0 to below 1',
  dropout: 'a fraction from 0 to below 1',
  churn: "the name of a churn scenario, or 'none'",
  lanes: `a whole number from 1 to ${MOST_LANES}`,
  bits: `one of ${KEY_BITS.join(', ')}`,
  delayMs: `whole ms from 0 to ${MOST_DELAY_MS}`,
  loss: 'a fraction from 0 to below 1',
  slots: 'a whole number from 1 to 100000',
  warmUp: 'a whole number from 0 to 1000',
  changes: 'true or false',
  repeats: 'a whole number from 1 to 1000',
  series: 'a list of 1 to 100 mappings'
}

const LISTED: readonly string[] = ['contenders', 'drive', 'churn', 'exhibits', ...SWEPT]
const RANGE_KEYS = ['from', 'to', 'step', 'times'] as const

/** Keys that a place of the file may have. */
export function keysAt([key, index, parameter]: Path): readonly string[] {
  if (key === undefined) return Object.keys(EXPECTED)
  if (key !== 'series') return RANGE_KEYS
  return index !== undefined && parameter !== undefined ? RANGE_KEYS : ['name', ...Object.keys(parameters)]
}

/** Expected value at a path of an evaluation file, for errors. */
export function expectedAt(path: Path): string {
  const [key, ...within] = path
  if (key === 'series' && within.length > 0) return within.length === 1 ? 'a mapping of parameters' : expectedAt(within.slice(1))
  const one = EXPECTED[key as keyof EvaluationFields]
  if (within.length > 0) return typeof within[0] === 'number' ? one : 'a number'
  if (!LISTED.includes(String(key))) return one
  const isNumeric = (SWEPT as readonly string[]).includes(String(key))
  return `${one}, ${isNumeric ? 'a list of such, or a range {from, to, step} or {from, to, times}' : 'or a list of such'}`
}

/** Tells whether a value is one of a parameter's; for values that a range gives. */
export function isValueOf(key: Swept, value: number | string): boolean {
  return evaluationFields.shape[key].safeParse(value).success
}

/** Gives what is expected of one value of a parameter. */
export function expectedOf(key: keyof EvaluationFields): string {
  return EXPECTED[key]
}

/**
 * JSON schema (draft 2020-12) of an evaluation file, for editors; kept in `packages/evaluation/evaluations`. It knows each
 * key, but not how keys depend on each other.
 */
export function evaluationJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(evaluationFields, { io: 'input' })
  return { $schema, title: 'Hushgrid evaluation', ...rest }
}
