// The schema of a network file: the keys, and their demands on each other.
import { DEFAULT_LANES, DEFAULT_SLOT_SECONDS, HushgridError, type ObisCode, obisCode, quantityOf } from '@hushgrid/primitives'
import { z } from 'zod'
import { HONEST_IN_SUM, hasPrivateMasks, MAX_SHARE_HOLDERS, oneOf, RECOVERY_EFFECTS, RECOVERY_MODES } from '../ring/recovery.ts'
import { MAX_DEGREE, MAX_MEMBERS } from '../ring/ring.ts'

/** minMembers of PROTOCOL.md section 4 unless set. */
export const DEFAULT_MIN_MEMBERS = 6
/** γ and δ that `auto` plans for unless set. */
export const DEFAULT_FRACTION = 0.1
/** More lanes than any meter in the field has registers; each costs eight bytes in every message. */
const MAX_LANES = 256

const fraction = z.number().min(0).lt(1).default(DEFAULT_FRACTION)

/**
 * A network file before its keys are checked against each other. Each key's description goes into the JSON schema that
 * editors show; {@link EXPECTED} has what an error says.
 */
export const networkFields = z.strictObject({
  name: z
    .string()
    .max(63)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    .describe('Name of the network, part of its id and of its topics: lower-case letters and digits, joined by hyphens.'),
  description: z.string().min(1).optional().describe('What this network is for, in a sentence or two.'),
  slotSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(DEFAULT_SLOT_SECONDS)
    .describe('Length of a slot in seconds (PROTOCOL.md section 3); 900 is a quarter of an hour.'),
  lanes: z
    .array(
      z
        .string()
        .regex(/^\d{1,3}-\d{1,3}:\d{1,3}\.\d{1,3}\.\d{1,3}(\*\d{1,3})?$/)
        .refine(isObisCode)
    )
    .min(1)
    .max(MAX_LANES)
    .refine(lanes => new Set(lanes).size === lanes.length)
    .default([...DEFAULT_LANES])
    .describe(`What is measured, an OBIS code each: ${DEFAULT_LANES.map(inWords).join(', ')}, in Wh per slot.`),
  members: z
    .int()
    .min(HONEST_IN_SUM)
    .max(MAX_MEMBERS)
    .describe('How many meters the network starts with. Others may join and leave later.'),
  degree: z
    .union([z.literal('auto'), z.literal('complete'), z.int().min(2).max(MAX_DEGREE).multipleOf(2)])
    .default('auto')
    .describe(
      "How many mask neighbours a meter has (PROTOCOL.md section 5): 'auto' for the smallest number that meets its conditions, 'complete' for everybody, or an even number; 2 is the plain ring, for teaching."
    ),
  recovery: z
    .enum(RECOVERY_MODES)
    .default('edge-release')
    .describe(`When meters are missing (PROTOCOL.md section 7): ${RECOVERY_EFFECTS}.`),
  minMembers: z
    .int()
    .min(HONEST_IN_SUM)
    .max(MAX_MEMBERS)
    .default(DEFAULT_MIN_MEMBERS)
    .describe('Fewest present members in a roster, and in a total (PROTOCOL.md sections 4 and 7).'),
  collusion: fraction.describe('Fraction of the members that may collude with the aggregator; what auto plans for.'),
  dropout: fraction.describe('Fraction of the members that may be missing in a slot; what auto plans for.'),
  start: z.iso
    .datetime()
    .refine(text => startMillis(text) >= 0)
    .optional()
    .describe('Start of the first slot for a lab, in UTC, for example 2013-02-04T00:00:00Z; a multiple of slotSeconds.'),
  dealerKey: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/)
    .optional()
    .describe(
      "Ed25519 key, 64 hexadecimal digits, of the third party that deals the Paillier key of the variant 'direct' and signs the list of meters of the path by concentrator and PES."
    )
})

/** A network file as zod reads it, with defaults filled in. */
export type NetworkFields = z.output<typeof networkFields>

/** Expected value of each key, for errors. */
export const EXPECTED: Readonly<Record<keyof NetworkFields, string>> = {
  name: 'lower-case letters and digits joined by hyphens, at most 63 characters',
  description: 'a text that is not empty',
  slotSeconds: 'whole seconds from 1 to 86400',
  lanes: `1 to ${MAX_LANES} different OBIS codes, for example 1-0:1.29.0`,
  members: `a whole number from ${HONEST_IN_SUM} to ${MAX_MEMBERS}`,
  degree: `'auto', 'complete' or an even number from 2 to ${MAX_DEGREE}`,
  recovery: oneOf(RECOVERY_MODES.map(mode => `'${mode}'`)),
  minMembers: `a whole number from ${HONEST_IN_SUM} to ${MAX_MEMBERS}`,
  collusion: 'a fraction from 0 to below 1',
  dropout: 'a fraction from 0 to below 1',
  start: 'a time in UTC from 1970 on that ends in Z, for example 2013-02-04T00:00:00Z',
  dealerKey: 'an Ed25519 key of 64 hexadecimal digits'
}

/** What keys demand of each other: for each key that does not fit, what was expected. For fields that parsed. */
export function misfits({ members, minMembers, degree, recovery, slotSeconds, start }: NetworkFields): Map<keyof NetworkFields, string> {
  const out = new Map<keyof NetworkFields, string>()
  if (minMembers > members) out.set('minMembers', `at most the number of members, ${members}`)
  if (hasPrivateMasks(recovery) && typeof degree === 'number' && degree > MAX_SHARE_HOLDERS) {
    out.set('degree', `at most ${MAX_SHARE_HOLDERS} with double mask`)
  }
  if (start !== undefined && startMillis(start) % (slotSeconds * 1000) !== 0) {
    out.set('start', `the start of a slot, a multiple of ${slotSeconds} s since 1970`)
  }
  return out
}

/** Milliseconds since 1970 of an ISO time in UTC; NaN where it is none. */
export function startMillis(text: string): number {
  try {
    return Temporal.Instant.from(text).epochMilliseconds
  } catch (error) {
    if (error instanceof RangeError) return Number.NaN
    throw error
  }
}

function inWords(lane: ObisCode): string {
  return `${lane} is ${quantityOf(lane)?.name}`
}

function isObisCode(text: string): boolean {
  try {
    return obisCode(text) === text
  } catch (error) {
    if (error instanceof HushgridError) return false
    throw error
  }
}

/**
 * JSON schema (draft 2020-12) of a network file, for editors; kept in `topology/networks/network.schema.json`. It knows
 * each key, but not how keys depend on each other.
 */
export function networkJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(networkFields, { io: 'input' })
  return { $schema, title: 'Hushgrid network', ...rest }
}
