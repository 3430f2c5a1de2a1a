// Known-answer cases for PROTOCOL.md: their format, and the check of one case against our code.

import {
  addLanes,
  BlindingKey,
  checkBlindingKey,
  concatBytes,
  epoch,
  fromHex,
  HushgridError,
  type LaneVector,
  meterId,
  obisCode,
  readingLanes,
  slot,
  toHex,
  unsignedLanes
} from '@hushgrid/primitives'
import { RECOVERY_MODES } from '@hushgrid/topology'
import { z } from 'zod'
import { EpochMasks, SharedSecrets } from '../masks/edge-keys.ts'
import { checkMembership } from '../roster/check.ts'
import { networkId } from '../roster/credential.ts'
import { laneMaskOf, type Recovery } from '../roster/fields.ts'
import { Roster } from '../roster/roster.ts'
import { type Answers, answersOf, items, shareRelease, totalWithout } from './answers.ts'

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`), `${bytes} bytes in lower-case hexadecimal`)
const integer = z.string().regex(/^-?\d+$/, 'an integer as a decimal string')

const member = z.object({
  meterId: hex(32),
  blindingSecret: hex(32),
  blindingKey: hex(32),
  placement: hex(16),
  absent: z.boolean(),
  credential: z.object({ lanes: z.array(z.object({ obis: z.string(), consent: z.boolean() })) }),
  laneMask: z.string().regex(/^([0-9a-f]{2})+$/),
  neighbours: z.array(hex(32)),
  reading: z.array(integer).nullable(),
  submission: z.array(integer).nullable(),
  release: z.array(integer).nullable(),
  // Present with double mask only.
  corrections: z.array(hex(16)).nullable().default(null),
  check: hex(16).nullable().default(null),
  shareRelease: z.record(hex(32), hex(16)).nullable().default(null)
})

const vectorCase = z.object({
  name: z.string(),
  slot: z.int().min(0),
  rosterHash: hex(32),
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
  ring: z.array(hex(32)).default([]),
  members: z.array(member),
  missing: z.array(hex(32)).default([]),
  silent: z.array(hex(32)).default([]),
  total: z.array(integer).default([]),
  totalWithoutMissing: z.array(integer).default([]),
  /** Text in the error with which the case must be refused; our own addition. */
  refused: z.string().optional()
})

export type VectorCase = z.output<typeof vectorCase>

/** Outcome of one case. */
export interface VectorResult {
  readonly name: string
  readonly failures: readonly string[]
}

/**
 * Reads a file of cases.
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
  const parsed = z.array(vectorCase).safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const message = issue?.message ?? 'an array of cases'
  // zod puts the kind of mistake before what it expected; our messages name what is right.
  const expected = message.includes('expected ') ? message.slice(message.indexOf('expected ')) : `expected ${message}`
  throw new HushgridError(`${source}: ${issue?.path.join('.') || 'the file'}: ${expected}`)
}

/** Checks one case: roster hash, ring, neighbours, keys, submissions, releases, shares and both totals. */
export function checkVectorCase(of: VectorCase): VectorResult {
  if (of.refused !== undefined) return checkRefused(of, of.refused)
  try {
    return checkAnswers(of)
  } catch (cause) {
    if (!(cause instanceof HushgridError)) throw cause
    return { name: of.name, failures: [`expected to go through, got ${JSON.stringify(cause.message)}`] }
  }
}

function checkAnswers(of: VectorCase): VectorResult {
  const failures: string[] = []
  const same = (what: string, got: unknown, expected: unknown): void => {
    const [a, b] = [JSON.stringify(got), JSON.stringify(expected)]
    if (a !== b) failures.push(`${what}: expected ${b}, got ${a}`)
  }
  const roster = rosterOf(of)
  same('rosterHash', toHex(roster.hash), of.rosterHash)
  same(
    'ring',
    Array.from(roster.ring, index => roster.meterId(index)),
    of.ring
  )
  failures.push(...wronglyListed(of, roster))
  const missing = new Set(of.missing.map(id => roster.indexOf(meterId(id)) ?? -1))
  const inSlot = { roster, at: slot(of.slot), missing }
  const present = new Map<number, Answers>()
  for (const entry of of.members) {
    const index = roster.indexOf(meterId(entry.meterId))
    if (index === undefined) {
      failures.push(`${entry.meterId}: not found in the roster`)
      continue
    }
    const blinding = new BlindingKey(fromHex(entry.blindingSecret))
    same(`${entry.meterId} blindingKey`, toHex(blinding.publicKey), entry.blindingKey)
    same(
      `${entry.meterId} neighbours`,
      roster.neighbours(index).map(i => roster.meterId(i)),
      entry.neighbours
    )
    if (entry.absent) {
      const { reading, submission, release, corrections, check, shareRelease } = entry
      const given = { reading, submission, release, corrections, check, shareRelease }
      for (const [name, value] of Object.entries(given)) same(`${entry.meterId}, absent, ${name}`, null, value)
      continue
    }
    if (!entry.reading || !entry.submission) {
      failures.push(`${entry.meterId}: expected a reading and a submission of a present member`)
      continue
    }
    const answers = answersOf(inSlot, { index, blinding, reading: entry.reading.map(BigInt) })
    present.set(index, answers)
    same(`${entry.meterId} submission`, decimals(answers.submission), entry.submission)
    same(`${entry.meterId} release`, missing.has(index) ? null : decimals(answers.release), entry.release)
    same(`${entry.meterId} corrections`, answers.mask ? items(answers.mask.corrections) : null, entry.corrections)
    same(`${entry.meterId} check`, answers.mask ? toHex(answers.mask.check) : null, entry.check)
    same(`${entry.meterId} shareRelease`, missing.has(index) ? null : shareRelease(inSlot, index, answers), entry.shareRelease)
  }
  const silent = new Set(of.silent.map(id => roster.indexOf(meterId(id)) ?? -1))
  for (const [name, left] of [
    ['total', new Set<number>()],
    ['totalWithoutMissing', missing]
  ] as const) {
    const { total, unopened } = totalWithout({ ...inSlot, missing: left }, present, silent)
    failures.push(...unopened.map(owner => `${name}: expected shares that open the private mask of ${owner}`))
    same(name, decimals(total), of[name])
  }
  return { name: of.name, failures }
}

/** Finds members said to be missing or silent that cannot be. */
function wronglyListed(of: VectorCase, roster: Roster): string[] {
  const isPresent = (id: string) => of.members.some(entry => entry.meterId === id && !entry.absent)
  const canBeSilent = (id: string) => roster.hasPrivateMasks && isPresent(id) && !of.missing.includes(id)
  return [
    ...of.missing.filter(id => !isPresent(id)).map(id => `missing: expected present members, got ${id}`),
    ...of.silent.filter(id => !canBeSilent(id)).map(id => `silent: expected survivors, and double mask, got ${id}`)
  ]
}

function decimals(v: LaneVector): string[] {
  return unsignedLanes(v).map(String)
}

/** Makes the roster as a meter would take it up, without signatures, credentials and chain, which the format lacks. */
function rosterOf(of: VectorCase): Roster {
  const roster = makeRoster(of)
  for (const member of roster.members()) checkBlindingKey(member.blindingKey)
  const { networkId: network, slotSeconds, registrarKey } = roster
  checkMembership({ roster, consents: consentsOf(of, roster) }, { networkId: network, slotSeconds, registrarKey, changeSlots: 1 })
  return roster
}

/** Gives the consents of the members' credentials, as a check of credentials would note them. */
function consentsOf(of: VectorCase, roster: Roster): Uint8Array {
  const consenting = new Map(of.members.map(({ meterId: id, credential }) => [id, credential.lanes]))
  return concatBytes(
    ...roster
      .members()
      .map(({ meterId: id }) =>
        laneMaskOf(roster.lanes, ({ obis }) => consenting.get(id)?.some(lane => lane.obis === obis && lane.consent) === true)
      )
  )
}

function makeRoster(of: VectorCase): Roster {
  const { roster } = of
  return Roster.create(
    {
      networkId: networkId(roster.networkName),
      epoch: epoch(roster.epoch),
      season: roster.season,
      seasonFirstSlot: slot(roster.seasonFirstSlot),
      seasonEndSlot: slot(roster.seasonEndSlot),
      previousRosterHash: fromHex(roster.previous),
      firstSlot: slot(roster.firstSlot),
      slotSeconds: roster.slotSeconds,
      lanes: roster.lanes.map(({ obis, maxReading, support }) => ({ obis: obisCode(obis), maxReading: Number(maxReading), support })),
      degree: roster.degree,
      minMembers: roster.minMembers,
      recovery: roster.recovery,
      committed: roster.flags === 1,
      ringSeed: fromHex(roster.ringSeed),
      registrarKey: meterId(roster.registrarKey),
      aggregatorKey: meterId(roster.aggregatorKey),
      cuts: roster.cuts.map(([lower, higher]) => [meterId(lower), meterId(higher)] as const)
    },
    of.members.map(entry => ({
      meterId: meterId(entry.meterId),
      blindingKey: fromHex(entry.blindingKey),
      placement: fromHex(entry.placement),
      absent: entry.absent,
      laneMask: fromHex(entry.laneMask)
    }))
  )
}

/** Checks a case that must be refused: making the roster, agreeing on keys or taking the readings has to fail as said. */
function checkRefused(of: VectorCase, expected: string): VectorResult {
  try {
    const roster = rosterOf(of)
    for (const entry of of.members) {
      const index = roster.indexOf(meterId(entry.meterId))
      if (index === undefined || !entry.reading) continue
      const masks = new EpochMasks(roster, index, new SharedSecrets(new BlindingKey(fromHex(entry.blindingSecret))))
      addLanes(masks.mask(slot(of.slot)), readingLanes(entry.reading.map(BigInt)))
    }
  } catch (cause) {
    if (!(cause instanceof HushgridError)) throw cause
    const failures = cause.message.includes(expected)
      ? []
      : [`refusal: expected ${JSON.stringify(expected)}, got ${JSON.stringify(cause.message)}`]
    return { name: of.name, failures }
  }
  return { name: of.name, failures: [`expected to be refused (${expected}), went through`] }
}
