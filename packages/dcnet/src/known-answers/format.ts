// The format of known answers: cases of one slot each, and edge openings.
import { HushgridError } from '@hushgrid/primitives'
import { RECOVERY_MODES } from '@hushgrid/topology'
import { z } from 'zod'
import type { Recovery } from '../roster/fields.ts'

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`), `${bytes} bytes in lower-case hexadecimal`)
const integer = z.string().regex(/^-?\d+$/, 'an integer as a decimal string')
const lanes = z.array(integer).nullable()

/** Fields of double mask only: null of absent members, and left out with other modes. */
const withDoubleMask = <T extends z.ZodType>(of: T) => of.nullable().default(null)

const member = z.object({
  meterId: hex(32),
  blindingSecret: hex(32),
  blindingKey: hex(32),
  placement: hex(16),
  absent: z.boolean(),
  laneMask: z.string().regex(/^([0-9a-f]{2})*$/, 'bytes in lower-case hexadecimal'),
  credential: z.object({
    season: z.int().min(0),
    notBefore: z.int().min(0),
    notAfter: z.int().min(0),
    lanes: z.array(z.object({ obis: z.string(), consent: z.boolean() })),
    signature: hex(64)
  }),
  neighbours: z.array(hex(32)),
  reading: lanes,
  submission: lanes,
  release: lanes,
  corrections: withDoubleMask(z.array(hex(16))),
  tags: withDoubleMask(z.array(hex(8))),
  check: withDoubleMask(hex(16)),
  shareRelease: withDoubleMask(z.record(hex(32), hex(16)))
})

const slotCase = z.object({
  name: z.string(),
  slot: z.int().min(0),
  rosterHash: hex(32),
  registrarSecret: hex(32),
  rosterSignature: hex(64),
  roster: z.object({
    networkName: z.string(),
    epoch: z.int().min(0),
    season: z.int().min(0),
    seasonFirstSlot: z.int().min(0),
    seasonEndSlot: z.int().min(0),
    previous: hex(32),
    firstSlot: z.int().min(0),
    slotSeconds: z.int(),
    lanes: z.array(z.object({ obis: z.string(), maxReading: integer, support: z.int() })),
    degree: z.int(),
    minMembers: z.int(),
    recovery: z
      .int()
      .min(0)
      .max(RECOVERY_MODES.length - 1)
      .transform(code => code as Recovery),
    suite: z.literal(1),
    flags: z.int().min(0).max(1),
    ringSeed: hex(32),
    registrarKey: hex(32),
    aggregatorKey: hex(32),
    cuts: z.array(z.tuple([hex(32), hex(32)]))
  }),
  ring: z.array(hex(32)),
  members: z.array(member),
  missing: z.array(hex(32)),
  silent: z.array(hex(32)),
  lying: z.array(hex(32)),
  conflicts: withDoubleMask(z.array(z.tuple([hex(32), hex(32)]))),
  total: z.array(integer),
  openLanes: z.array(z.string()).nullable(),
  totalWithoutMissing: lanes,
  /** Text in the error with which the case must be refused; our own addition. */
  refused: z.string().optional()
})

const opening = z.object({ ownKey: hex(32), otherKey: hex(32), rosterHash: hex(32), Z: hex(32), e: hex(32), z: hex(32) })

const openings = z.object({
  edgeOpenings: z.array(
    opening.extend({ name: z.string(), ownSecret: hex(32), nonce: hex(32), P: hex(32), Q: hex(32), shared: hex(32), negated: z.boolean() })
  ),
  refused: z.array(opening.extend({ why: z.string() }))
})

/** A roster with one slot under it. */
export type SlotCase = z.output<typeof slotCase>
/** A member's opening of an edge, with the secret that it shows. */
export type OpeningCase = z.output<typeof openings>['edgeOpenings'][number]
/** An opening that must not hold. */
export type RefusedOpening = z.output<typeof openings>['refused'][number]

export type VectorCase =
  | ({ readonly kind: 'slot' } & SlotCase)
  | ({ readonly kind: 'opening' } & OpeningCase)
  | ({ readonly kind: 'refused-opening'; readonly name: string } & RefusedOpening)

/**
 * Reads a file of known answers: an array of cases of one slot each, or an object with edge openings; what else the object
 * has is left out.
 *
 * @throws HushgridError naming the source and the first thing that is not as the format has it
 */
export function parseVectors(text: string, source: string): VectorCase[] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new HushgridError(`${source}: expected JSON, got ${cause instanceof Error ? cause.message : 'something else'}`)
  }
  if (Array.isArray(json)) return parsed(z.array(slotCase), json, source).map(of => ({ kind: 'slot', ...of }))
  const { edgeOpenings, refused } = parsed(openings, json, source)
  return [
    ...edgeOpenings.map(of => ({ kind: 'opening', ...of }) as const),
    ...refused.map(of => ({ kind: 'refused-opening', name: of.why, ...of }) as const)
  ]
}

function parsed<T>(schema: z.ZodType<T>, json: unknown, source: string): T {
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const message = issue?.message ?? 'an array of cases'
  // zod puts the kind of mistake before what it expected; our messages name what is right.
  const expected = message.includes('expected ') ? message.slice(message.indexOf('expected ')) : `expected ${message}`
  throw new HushgridError(`${source}: ${issue?.path.join('.') || 'the file'}: ${expected}`)
}
