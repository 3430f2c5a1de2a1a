// Writing the JSON file of a benchmark, and reading that of an earlier run.
import { readFileSync } from 'node:fs'
import { machine } from '@hushgrid/lab'
import { decodeText, HushgridError } from '@hushgrid/primitives'
import { writeResult } from '@hushgrid/runtime'
import { z } from 'zod'
import type { Figure } from './measure.ts'

/** File that is no benchmark's, or that cannot be understood. */
export class BenchFileError extends HushgridError {
  override name = 'BenchFileError'
}

/** Format 2 keeps quartiles, the seed and each figure's part; format 1 has none of them and is still read. */
const FORMAT = 'hushgrid-bench/2'
const FORMAT_1 = 'hushgrid-bench/1'

/** Machine that a run was measured on. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly platform: string
  readonly node: string
  readonly openssl: string
}

/** Figure with its part of the benchmark, which format 1 does not name. */
export interface PartFigure extends Figure {
  readonly part?: string
}

export interface BenchRun {
  readonly format: typeof FORMAT | typeof FORMAT_1
  /** Start of the run, ISO 8601. */
  readonly time: string
  /** Seed of the run; missing in format 1. */
  readonly seed?: string
  readonly machine: Machine
  /** True for the smallest sizes, whose figures mean nothing. */
  readonly tiny: boolean
  /** Load average over a minute, at the start and when the last part was over; missing in older files. */
  readonly loadAverage?: { readonly start: number; readonly end: number }
  readonly figures: readonly PartFigure[]
}

/** Makes the record of a run on this machine. */
export function benchRun(run: Pick<BenchRun, 'time' | 'tiny' | 'figures' | 'loadAverage'> & { readonly seed: string }): BenchRun {
  const { figures, loadAverage, ...named } = run
  return { format: FORMAT, ...named, machine: machineSchema.parse(machine()), ...(loadAverage && { loadAverage }), figures }
}

/** @throws OutputError where it cannot be written */
export function writeBenchRun(file: string, run: BenchRun): void {
  writeResult(file, `${JSON.stringify(run, undefined, 2)}\n`)
}

const machineSchema = z.strictObject({
  cpu: z.string(),
  cores: z.int().positive(),
  memoryBytes: z.number().positive(),
  platform: z.string(),
  node: z.string(),
  openssl: z.string()
})

const middleHalf = z.strictObject({ q1: z.number(), q3: z.number() })

const figureOf1 = {
  name: z.string().min(1),
  unit: z.string(),
  value: z.number(),
  floor: z.string().exactOptional(),
  ratio: z.number().exactOptional(),
  goal: z.number().exactOptional(),
  runs: z.int().positive(),
  note: z.string().exactOptional()
}

const between = (value: number | undefined, half: { q1: number; q3: number } | undefined): boolean =>
  half === undefined || (value !== undefined && half.q1 <= value && value <= half.q3)

const figureOf2 = z
  .strictObject({
    ...figureOf1,
    part: z.string().min(1),
    spread: middleHalf.exactOptional(),
    counted: z.boolean().exactOptional(),
    floorValue: z.number().exactOptional(),
    ratioSpread: middleHalf.exactOptional(),
    gain: z.number().exactOptional(),
    disturbed: z.string().min(1).exactOptional()
  })
  .refine(({ value, spread }) => between(value, spread), 'expected a value between its quartiles')
  .refine(({ ratio, ratioSpread }) => between(ratio, ratioSpread), 'expected a ratio between its quartiles')

const named = <T extends { readonly name: string }>(each: z.ZodType<T>): z.ZodType<readonly T[]> =>
  z
    .array(each)
    .min(1)
    .refine(figures => new Set(figures.map(({ name }) => name)).size === figures.length, 'expected each name once, got one twice')

const loadAverage = z.strictObject({ start: z.number().nonnegative(), end: z.number().nonnegative() })

const common = { time: z.iso.datetime(), machine: machineSchema, tiny: z.boolean() }

const schema: z.ZodType<BenchRun> = z.discriminatedUnion('format', [
  z.strictObject({
    format: z.literal(FORMAT),
    ...common,
    seed: z.string().min(1),
    loadAverage: loadAverage.exactOptional(),
    figures: named(figureOf2)
  }),
  z.strictObject({ format: z.literal(FORMAT_1), ...common, figures: named(z.strictObject(figureOf1)) })
])

/**
 * Reads the file of an earlier run, of this format or the one before.
 *
 * @param option - option that named the file, for messages
 * @throws BenchFileError where it is missing, no JSON, of another format, or does not follow its format
 */
export function readBenchRun(option: string, file: string): BenchRun {
  const wrong = (text: string): BenchFileError => new BenchFileError(`${option} ${file}: ${text}`)
  let content: unknown
  try {
    content = JSON.parse(decodeText(readFileSync(file)))
  } catch (cause) {
    const got = cause instanceof SyntaxError ? 'no JSON' : ((cause as NodeJS.ErrnoException).code ?? String(cause))
    throw wrong(`expected the JSON of a pnpm bench, got ${got}`)
  }
  const { format } = z.looseObject({ format: z.unknown() }).catch({ format: undefined }).parse(content)
  if (format !== FORMAT && format !== FORMAT_1)
    throw wrong(`expected format ${FORMAT} or ${FORMAT_1}, got ${format === undefined ? 'none' : JSON.stringify(format)}`)
  const parsed = schema.safeParse(content)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = issue?.path.map(String).join('.')
  throw wrong(`${place ? `${place}: ` : ''}${issue?.message ?? 'expected a benchmark, got something else'}`)
}
