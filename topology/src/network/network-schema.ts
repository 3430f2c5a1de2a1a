// The schema of a network file: the keys, and their demands on each other.
import { DEFAULT_LANES, DEFAULT_SLOT_SECONDS, HushgridError, type ObisCode, obisCode, type Path, quantityOf } from '@hushgrid/primitives'
import { z } from 'zod'
import { fractionOf } from '../ring/degree.ts'
import { HONEST_IN_SUM, hasPrivateMasks, MAX_SHARE_HOLDERS, oneOf, RECOVERY_EFFECTS, RECOVERY_MODES } from '../ring/recovery.ts'
import { MAX_DEGREE, MAX_MEMBERS } from '../ring/ring.ts'

/** minMembers of PROTOCOL.md section 4 unless set. */
export const DEFAULT_MIN_MEMBERS = 6
/** γ and δ that `auto` plans for unless set. */
export const DEFAULT_FRACTION = 0.1
/** More lanes than any meter in the field has registers; each costs eight bytes in every message. */
const MAX_LANES = 256
/** The largest maxReading, which keeps a total of 65,535 members from wrapping (PROTOCOL.md section 3). */
const MAX_READING = 2 ** 47 - 1
const DAY_SECONDS = 86_400
/** The longest season that meters take up (PROTOCOL.md section 4). */
const MAX_SEASON_SECONDS = 7 * DAY_SECONDS

const obis = z
  .string()
  .regex(/^\d{1,3}-\d{1,3}:\d{1,3}\.\d{1,3}\.\d{1,3}(\*\d{1,3})?$/)
  .refine(isObisCode)

const lane = z.union([
  obis,
  z.strictObject({
    obis,
    maxReading: z
      .int()
      .min(1)
      .max(MAX_READING)
      .optional()
      .describe(
        "The most that one connection can show in a slot, in the lane's unit (PROTOCOL.md section 3); slotSeconds · 110 / 9, rounded down, unless set."
      ),
    support: z
      .int()
      .min(1)
      .max(MAX_MEMBERS)
      .optional()
      .describe(
        'Fewest members able to fill the lane in a sum that is published (PROTOCOL.md section 3); minMembers unless set. Meters take fewer than minMembers only where all who can fill the lane consent.'
      )
  })
])

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
    .max(DAY_SECONDS)
    .default(DEFAULT_SLOT_SECONDS)
    .describe('Length of a slot in seconds (PROTOCOL.md section 3); 900 is a quarter of an hour.'),
  changeSlots: z
    .int()
    .min(1)
    .max(MAX_SEASON_SECONDS)
    .default(1)
    .describe(
      "Joins, leaves and seasons begin at slots that are a multiple of this (PROTOCOL.md section 8): 1 for a lab, an hour's slots for the field."
    ),
  seasonSlots: z
    .int()
    .min(1)
    .max(MAX_SEASON_SECONDS)
    .optional()
    .describe('Length of a season in slots (PROTOCOL.md sections 2 and 5), at most seven days; a day unless set.'),
  lanes: z
    .array(lane)
    .min(1)
    .max(MAX_LANES)
    .refine(lanes => new Set(lanes.map(codeOf)).size === lanes.length)
    .default([...DEFAULT_LANES])
    .describe(
      `What is measured, an OBIS code each, or a mapping of obis, maxReading and support: ${DEFAULT_LANES.map(inWords).join(', ')}, in Wh per slot.`
    ),
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

/** A network file as zod reads it, with the defaults filled in that follow from no other key. */
export type NetworkFields = z.output<typeof networkFields>

/** Expected value of each key, for errors. */
export const EXPECTED: Readonly<Record<keyof NetworkFields, string>> = {
  name: 'lower-case letters and digits joined by hyphens, at most 63 characters',
  description: 'a text that is not empty',
  slotSeconds: 'whole seconds from 1 to 86400',
  changeSlots: `a whole number from 1 to ${MAX_SEASON_SECONDS}`,
  seasonSlots: 'a whole number of slots from 1, at most seven days',
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

/** Keys of a lane that is written as a mapping. */
export const LANE_KEYS = ['obis', 'maxReading', 'support'] as const
const OBIS_EXPECTED = 'an OBIS code, for example 1-0:1.29.0'
const LANE_EXPECTED: Readonly<Record<(typeof LANE_KEYS)[number], string>> = {
  obis: OBIS_EXPECTED,
  maxReading: `a whole number from 1 to ${MAX_READING}`,
  support: `a whole number from 1 to ${MAX_MEMBERS}`
}

/** Expected value at a path of a network file, for errors. */
export function expectedAt([key, index, laneKey]: Path): string {
  if (key === 'lanes' && laneKey !== undefined) return LANE_EXPECTED[laneKey as (typeof LANE_KEYS)[number]]
  if (key === 'lanes' && index !== undefined) return `${OBIS_EXPECTED}, or a mapping of ${LANE_KEYS.join(', ')}`
  return EXPECTED[key as keyof NetworkFields]
}

/** A key that does not fit the others. */
export interface NetworkMisfit {
  readonly path: Path
  readonly expected: string
}

/** Finds what keys of a network file demand of each other in vain; for fields that parsed. */
export function misfits(fields: NetworkFields): NetworkMisfit[] {
  return [...sizeMisfits(fields), ...slotMisfits(fields)]
}

function sizeMisfits({ members, minMembers, dropout, degree, recovery, lanes }: NetworkFields): NetworkMisfit[] {
  const out: NetworkMisfit[] = []
  const missing = fractionOf(members, dropout, 'dropout')
  if (minMembers > members) out.push({ path: ['minMembers'], expected: `at most the number of members, ${members}` })
  else if (minMembers > members - missing) {
    const room = `at most ${members - missing}, since ${missing} of ${members} members may be missing`
    out.push({ path: ['minMembers'], expected: room })
  }
  if (hasPrivateMasks(recovery) && typeof degree === 'number' && degree > MAX_SHARE_HOLDERS)
    out.push({ path: ['degree'], expected: `at most ${MAX_SHARE_HOLDERS} with double mask` })
  lanes.forEach((each, i) => {
    if (typeof each !== 'string' && (each.support ?? 0) > members)
      out.push({ path: ['lanes', i, 'support'], expected: `at most the number of members, ${members}` })
  })
  return out
}

/** Finds what does not fit the length of a slot. */
export function slotMisfits({
  slotSeconds,
  changeSlots,
  seasonSlots,
  start
}: Pick<NetworkFields, 'slotSeconds' | 'changeSlots' | 'seasonSlots' | 'start'>): NetworkMisfit[] {
  const out: NetworkMisfit[] = []
  const season = seasonSlots ?? usualSeasonSlots(slotSeconds)
  if (season * slotSeconds > MAX_SEASON_SECONDS) {
    const expected = `at most seven days, ${Math.floor(MAX_SEASON_SECONDS / slotSeconds)} slots of ${slotSeconds} s`
    out.push({ path: ['seasonSlots'], expected })
  }
  if (changeSlots > season) out.push({ path: ['changeSlots'], expected: `at most the slots of a season, ${season}` })
  if (start !== undefined && startMillis(start) % (slotSeconds * 1000) !== 0)
    out.push({ path: ['start'], expected: `the start of a slot, a multiple of ${slotSeconds} s since 1970` })
  return out
}

/** A season's slots unless set: a day. */
export function usualSeasonSlots(slotSeconds: number): number {
  return Math.floor(DAY_SECONDS / slotSeconds)
}

/** OBIS code of a lane, however it is written. */
function codeOf(written: z.output<typeof lane>): string {
  return typeof written === 'string' ? written : written.obis
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
