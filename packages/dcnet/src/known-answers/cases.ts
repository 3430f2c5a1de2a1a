// Known-answer cases for PROTOCOL.md: the check of one case against our code.
import {
  addLanes,
  BlindingKey,
  fromHex,
  HushgridError,
  type LaneVector,
  type MeterId,
  meterId,
  readingLanes,
  slot,
  toHex,
  unsignedLanes
} from '@hushgrid/primitives'
import { EpochMasks, SharedSecrets } from '../masks/edge-keys.ts'
import type { Conflict } from '../masks/share-recovery.ts'
import { openLanesOf, pickLanes } from '../roster/mask-graph.ts'
import type { Roster } from '../roster/roster.ts'
import { type Answers, answersOf, type CaseSlot, correctionsOf, shareRelease, tagsOf, totalWithout } from './answers.ts'
import { Findings } from './findings.ts'
import type { SlotCase, VectorCase } from './format.ts'
import { checkOpening, checkRefusedOpening } from './openings.ts'
import { rosterOf } from './roster.ts'

export { parseVectors, type VectorCase } from './format.ts'

/** Outcome of one case. */
export interface VectorResult {
  readonly name: string
  /** Kinds of answers that were compared, each with its number where there are several. */
  readonly checked: readonly string[]
  readonly failures: readonly string[]
}

/** Checks one case. */
export function checkVectorCase(of: VectorCase): VectorResult {
  const findings = new Findings()
  const { name } = of
  try {
    if (of.kind === 'opening') checkOpening(of, findings)
    else if (of.kind === 'refused-opening') checkRefusedOpening(of, findings)
    else if (of.refused === undefined) checkSlot(of, findings)
    else checkRefused(of, of.refused, findings)
  } catch (cause) {
    if (!(cause instanceof HushgridError)) throw cause
    findings.failures.push(`expected to go through, got ${JSON.stringify(cause.message)}`)
  }
  return { name, checked: findings.list(), failures: findings.failures }
}

function checkSlot(of: SlotCase, findings: Findings): void {
  const roster = rosterOf(of, findings)
  checkListed(of, roster, findings)
  const positions = (ids: readonly string[]): Set<number> => new Set(ids.map(id => roster.indexOf(meterId(id)) ?? -1))
  const inSlot: CaseSlot = { roster, at: slot(of.slot), missing: positions(of.missing) }
  const all = roster.lanes.map((_, lane) => lane)
  const open = openLanesOf(roster, inSlot.missing)
  findings.same('openLanes', open?.map(lane => roster.lanes[lane]?.obis) ?? null, of.openLanes)
  const present = new Map<number, Answers>()
  for (const entry of of.members) {
    const answers = checkMember(entry, inSlot, open, findings)
    if (answers) present.set(roster.indexOf(meterId(entry.meterId)) as number, answers)
  }
  const hostile = { silent: positions(of.silent), lying: positions(of.lying) }
  const whole = totalWithout({ ...inSlot, missing: new Set() }, all, present, hostile)
  const without = open && totalWithout(inSlot, open, present, hostile)
  for (const [name, sum] of [
    ['total', whole],
    ['totalWithoutMissing', without]
  ] as const) {
    for (const owner of sum?.unopened ?? []) findings.failures.push(`${name}: expected shares that open the private mask of ${owner}`)
    findings.same(name, sum ? decimals(sum.total) : null, of[name])
  }
  if (roster.hasPrivateMasks && without) findings.same('conflicts', pairsOf(roster, without.conflicts), of.conflicts)
  else if (of.conflicts) findings.failures.push('conflicts: expected none where no shares are given')
}

/** Compares the answers of one member; gives them where it is present. */
function checkMember(
  entry: SlotCase['members'][number],
  inSlot: CaseSlot,
  open: readonly number[] | undefined,
  findings: Findings
): Answers | undefined {
  const { roster, missing } = inSlot
  const id = entry.meterId
  const { reading, submission, release, corrections, tags, check } = entry
  const given = { reading, submission, release, corrections, tags, check, shareRelease: entry.shareRelease }
  if (entry.absent) {
    for (const [name, value] of Object.entries(given)) if (value !== null) findings.failures.push(`${id}, absent, ${name}: expected null`)
    findings.checked('absent member')
    return undefined
  }
  if (!reading || !submission) {
    findings.failures.push(`${id}: expected a reading and a submission of a present member`)
    return undefined
  }
  const index = roster.indexOf(meterId(id)) as number
  const answers = answersOf(inSlot, { index, blinding: new BlindingKey(fromHex(entry.blindingSecret)), reading: reading.map(BigInt) })
  checkReading(roster, index, reading.map(BigInt), findings)
  findings.same('submission', decimals(answers.submission), submission, id)
  const survives = open && !missing.has(index)
  findings.same('release', survives ? decimals(pickLanes(answers.release, open)) : null, release, id)
  const { mask } = answers
  const publishes = mask ? { corrections: correctionsOf(mask), tags: tagsOf(mask), check: toHex(mask.check) } : NO_MASK
  if (mask) {
    for (const name of ['corrections', 'tags', 'check'] as const) findings.same(name, publishes[name], entry[name], id)
    findings.same('shareRelease', survives ? shareRelease(inSlot, index, answers) : null, entry.shareRelease, id)
  } else if (corrections || tags || check || entry.shareRelease) findings.failures.push(`${id}: expected nothing of double mask`)
  return answers
}

const NO_MASK = { corrections: null, tags: null, check: null }

/** Checks that a reading is one that its meter submits (PROTOCOL.md section 3). */
function checkReading(roster: Roster, index: number, reading: readonly bigint[], findings: Findings): void {
  roster.lanes.forEach(({ obis, maxReading }, lane) => {
    const value = reading[lane] ?? 0n
    const most = roster.canFill(index, lane) ? BigInt(maxReading) : 0n
    if (value > most || value < -most)
      findings.failures.push(`${roster.meterId(index)} reading of ${obis}: expected within ±${most}, got ${value}`)
  })
  findings.checked('reading within its bounds')
}

/** Checks that the members said to be missing, silent or lying can be. */
function checkListed(of: SlotCase, roster: Roster, { failures }: Findings): void {
  const isPresent = (id: string) => of.members.some(entry => entry.meterId === id && !entry.absent)
  const givesShares = (id: string) => roster.hasPrivateMasks && isPresent(id) && !of.missing.includes(id)
  failures.push(...of.missing.filter(id => !isPresent(id)).map(id => `missing: expected present members, got ${id}`))
  for (const name of ['silent', 'lying'] as const)
    failures.push(...of[name].filter(id => !givesShares(id)).map(id => `${name}: expected survivors, and double mask, got ${id}`))
}

/** Gives the pairs of conflicts, the lower id first, ascending, each once. */
function pairsOf(roster: Roster, conflicts: readonly Conflict[]): [MeterId, MeterId][] {
  const pairs = conflicts.map(({ owner, holder }) => [roster.meterId(owner), roster.meterId(holder)].sort().join())
  return [...new Set(pairs)].sort().map(pair => pair.split(',') as [MeterId, MeterId])
}

function decimals(v: LaneVector): string[] {
  return unsignedLanes(v).map(String)
}

/** Checks a case that must be refused: making the roster, agreeing on keys or taking the readings has to fail as said. */
function checkRefused(of: SlotCase, expected: string, findings: Findings): void {
  findings.checked(`refusal, ${expected}`)
  try {
    const roster = rosterOf(of, new Findings())
    for (const entry of of.members) {
      const index = roster.indexOf(meterId(entry.meterId))
      if (index === undefined || !entry.reading) continue
      const masks = new EpochMasks(roster, index, new SharedSecrets(new BlindingKey(fromHex(entry.blindingSecret))))
      addLanes(masks.mask(slot(of.slot)), readingLanes(entry.reading.map(BigInt)))
    }
  } catch (cause) {
    if (!(cause instanceof HushgridError)) throw cause
    if (!cause.message.includes(expected))
      findings.failures.push(`refusal: expected ${JSON.stringify(expected)}, got ${JSON.stringify(cause.message)}`)
    return
  }
  findings.failures.push(`expected to be refused (${expected}), went through`)
}
