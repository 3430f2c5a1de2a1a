// Form of a file of known answers for schemes. Lanes and small numbers are decimal strings, what is on the wire is hexadecimal.
import { HushgridError } from '@hushgrid/primitives'
import { z } from 'zod'

const lanes = z.array(z.union([z.string(), z.number(), z.null()]))
const cost = z.object({ sent: z.number(), sentBytes: z.number(), delivered: z.number(), deliveredBytes: z.number() })
const message = z.object({ round: z.number(), from: z.number(), to: z.number(), sealed: z.boolean().optional(), bytes: z.string() })
const transcript = z.object({ digest: z.string(), cost, messages: z.array(message).optional() })

/** Keys of a setup: `{n, p, q}` of parties by number, or of all meters in order, of the aggregator or a dealer. */
const primes = z.object({ p: z.string(), q: z.string() })
const setup = z.looseObject({
  transcript: transcript.optional(),
  meters: z.array(primes).optional(),
  parties: z.record(z.string(), primes).optional(),
  modulus: primes.optional(),
  aggregator: primes.optional(),
  keyAggregator: z.number().optional()
})
const slot = z.object({
  slot: z.number(),
  readings: z.array(lanes),
  transcript,
  total: lanes
})

/** Noise of the first slot, a row a meter, with privacy as a fraction and the probability of noise times 2^53. */
const noise = z.object({
  sensitivity: z.number(),
  epsilon: z.tuple([z.number(), z.number()]),
  beta53: z.number(),
  noise: z.array(z.array(z.number())),
  noisyTotal: lanes
})

const ofScheme = z.looseObject({
  scheme: z.string(),
  bits: z.number().optional(),
  setup,
  slots: z.array(slot).min(1),
  negative: z.looseObject({ what: z.string(), result: z.union([lanes, z.null()]), detected: z.boolean().optional() }).optional(),
  noise: noise.optional()
})
export type SchemeCase = z.infer<typeof ofScheme>

/** Case of one meter's bill over a period. */
const ofPeriod = z.looseObject({
  scheme: z.string(),
  bits: z.number(),
  setup: z.looseObject({ aggregator: primes, prices: z.array(z.number()), period: z.number(), slots: z.array(z.number()) }),
  meters: z.array(z.object({ meter: z.number(), ciphertexts: z.array(z.string()), bill: lanes }))
})
export type PeriodCase = z.infer<typeof ofPeriod>

const file = z.object({
  format: z.literal('hushgrid-schemes-aggregation/1'),
  seed: z.string(),
  meters: z.number(),
  lanes: z.array(z.string()),
  cases: z.array(z.union([ofScheme, ofPeriod])).min(1)
})
export type SchemeFile = z.infer<typeof file>

/**
 * Reads a file of known answers for schemes; undefined where it is a file of another kind.
 *
 * @param source - the file's name, for the error
 * @throws HushgridError at the first place that has another form
 */
export function parseSchemeFile(text: string, source: string): SchemeFile | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // Whoever reads the other kinds says what is wrong.
    return undefined
  }
  const format = typeof json === 'object' && json !== null && 'format' in json ? String(json.format) : ''
  if (!format.startsWith('hushgrid-schemes')) return undefined
  const { success, data, error } = file.safeParse(json)
  if (success) return data
  const [issue] = error.issues
  throw new HushgridError(`${source}: ${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'expected cases of schemes'}`)
}
