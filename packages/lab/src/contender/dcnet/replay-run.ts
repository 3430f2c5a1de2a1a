// Replays a DC-net's run from its report alone: rosters, then every slot's transcript, then the report's own figures.
import {
  type HeldRoster,
  networkId,
  type ReplayedSlot,
  RosterBook,
  recoveryOf,
  replaySlot,
  TranscriptError,
  withheldIn
} from '@hushgrid/dcnet'
import {
  decodeEnvelope,
  decodeMemberSet,
  type Envelope,
  MASK_ROUNDS,
  MalformedMessageError,
  MessageType,
  SlotLostPayload,
  SlotTranscript,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  counted,
  ed25519Verifier,
  equalBytes,
  HushgridError,
  type MeterId,
  millis,
  namedSums,
  type Slot,
  slotTimes
} from '@hushgrid/primitives'
import type { RunFile } from '../../report/run-file.ts'
import { NO_RESULT } from '../../report/schema/slots.ts'
import { readRecords } from '../../report/verify/read-records.ts'
import { type DerivedSlot, keyIn, keyNamed, type Replayed, type RosterFacts } from '../../report/verify/replayed.ts'
import { contradictions, type ReplayedTotal, withheldLines } from './replayed-total.ts'
import { rosterClaims } from './roster-claims.ts'

/**
 * Replays a run.
 *
 * @param registrar - the registrar's key where it is known; otherwise the one in the report is trusted
 * @throws HushgridError where the folder holds no records that can be read
 */
export function replayRun(folder: string, run: RunFile, registrar: string | undefined): Replayed {
  const key = registrar === undefined ? keyIn(run, 'registrar') : keyNamed('--registrar', registrar)
  const problems: string[] = []
  if (registrar !== undefined && registrar !== run.keys.registrar)
    problems.push(`registrar: the report names ${run.keys.registrar}, expected ${registrar}`)
  const rosters = readRosters(folder, run, key, problems)
  const meters = new Map(run.meters.map(({ meter, id }) => [id, meter]))
  const numberOf = (id: MeterId): number => meters.get(id) ?? -1
  const { totals, derived } = replayAll(folder, run, { rosters, numberOf }, problems)
  for (const row of run.slots) problems.push(...contradictions(row, totals.get(row.slot)))
  const lost = run.slots.filter(row => row.lost).length
  const reported = new Set(run.slots.map(({ slot }) => slot))
  // The slot in which a run ends has a transcript, and no row of the report where its total came too late.
  const beyond = [...totals.keys()].filter(slot => !reported.has(slot)).length
  const submissions = [...totals.values()].reduce((sum, total) => sum + total.submissions, 0)
  const lines = [
    `registrar ${key}${registrar === undefined ? ' (as the report has it)' : ''}`,
    ...rosters.map(
      ({ roster }) =>
        `epoch ${roster.epoch}: ${roster.n} members, degree ${roster.degree}, from slot ${roster.firstSlot}: signature, chain and credentials hold`
    ),
    `${counted(totals.size, 'total')} replayed from ${counted(submissions, 'submission')}, ${counted(lost, 'slot')} lost`,
    ...(beyond === 0 ? [] : [`${counted(beyond, 'total')} of these ${beyond === 1 ? 'is' : 'are'} of slots that the report does not have`]),
    ...withheldLines(run.slots),
    problems.length === 0
      ? `the replay leads to the same ${counted(run.slots.length - lost, 'total')} as the report`
      : `the replay differs from the report in ${counted(problems.length, 'place')}`
  ]
  // A loss that was signed after the lab had given the slot up is none with a reason in its report.
  const late = run.slots.filter(({ slot, reason }) => reason === NO_RESULT && derived.get(slot)?.lost === true)
  for (const { slot } of late) derived.delete(slot)
  for (const { slot } of run.slots) derived.set(slot, { ...membersAt(rosters, slot as Slot), ...(derived.get(slot) ?? UNSIGNED) })
  problems.push(...identityProblems(run, rosters, numberOf), ...rosterClaims(run, rosters))
  return {
    lines,
    problems,
    slots: derived,
    rosters: rosterFacts(rosters, numberOf),
    unchecked: [...(lost > 0 ? [OF_LOST] : []), ...(late.length > 0 ? [lateText(late.length)] : [])]
  }
}

const OF_LOST = 'of lost slots: who submitted and what was released, since the aggregator signs the reason and whom it names'

function lateText(slots: number): string {
  return `${counted(slots, 'slot')} without a result, of which a loss is signed: that it came too late is the lab's word`
}

/** Fields of a slot of which there is no result. */
const UNSIGNED: DerivedSlot = { ...lostSlot(NO_RESULT, []), named: [] }

function lostSlot(reason: string, named: readonly number[]): DerivedSlot {
  const missingMeters = reason === 'MembersMissing' ? named : []
  return { lost: true, reason, named, total: null, withheld: {}, missing: missingMeters.length, missingMeters, recovered: 0, rounds: null }
}

function membersAt(rosters: readonly HeldRoster[], slot: Slot): DerivedSlot {
  const roster = rosters.findLast(each => each.roster.firstSlot <= slot)?.roster
  return { epoch: roster?.epoch ?? 0, members: roster?.presentCount ?? 0, entries: roster?.n ?? 0 }
}

/** Each member of a roster has its number in the report, which has the last roster's size and degree. */
function identityProblems(run: RunFile, rosters: readonly HeldRoster[], numberOf: (id: MeterId) => number): string[] {
  const ids = new Set(rosters.flatMap(({ roster }) => roster.members().map(({ meterId: id }) => id)))
  const unknown = [...ids].filter(id => numberOf(id) < 0)
  const [numbers, last] = [run.meters.map(({ meter }) => meter), rosters.at(-1)?.roster]
  const size = (members: number, degree: number): string => `${members} members of degree ${degree}`
  return [
    ...unknown.map(id => `run.json: meters: expected the number of ${id}, a member of a roster`),
    ...(new Set(numbers).size === numbers.length ? [] : ['run.json: meters: expected each number once']),
    ...(!last || size(run.summary.members, run.summary.degree) === size(last.n, last.degree)
      ? []
      : [`run.json: summary has ${size(run.summary.members, run.summary.degree)}, the last roster ${size(last.n, last.degree)}`])
  ]
}

function readRosters(folder: string, run: RunFile, registrar: MeterId, problems: string[]): HeldRoster[] {
  const { name, slotSeconds } = run.configuration.network
  const book = new RosterBook({ networkId: networkId(name), slotSeconds, changeSlots: 1, registrarKey: registrar })
  const rosters: HeldRoster[] = []
  for (const bytes of readRecords(folder, 'rosters.log', problems)) {
    const envelope = opened(bytes, 'rosters.log')
    if (envelope.type !== MessageType.Roster) throw new HushgridError(`rosters.log: expected rosters, got a ${envelope.type}`)
    // A roster counts from its first slot where it came in time, as it did to the nodes of the run.
    const before = millis(Math.max(0, slotTimes(envelope.slot, slotSeconds).start - 1))
    const outcome = book.receive(envelope, bytes, before)
    if (outcome.kind === 'taken') rosters.push(outcome.held)
    else problems.push(`epoch ${envelope.epoch}: ${outcome.kind === 'refused' ? outcome.error.message : WHY_NOT[outcome.kind]}`)
  }
  return rosters
}

/** Reasons for which a roster is not the next of its chain, by the outcome of its receipt. */
const WHY_NOT = {
  'bad-signature': 'expected the signature of the registrar on its roster',
  known: 'expected its roster once, got it again',
  old: 'expected the rosters in order, got one from before the first',
  waiting: 'expected the rosters in order, got one without the one before',
  forked: 'expected one roster, got two that the registrar signed'
} as const

/** Rosters of a run, and the report's numbers of their members. */
interface Ring {
  readonly rosters: readonly HeldRoster[]
  readonly numberOf: (id: MeterId) => number
}

function replayAll(folder: string, run: RunFile, ring: Ring, problems: string[]) {
  const totals = new Map<number, ReplayedTotal>()
  const derived = new Map<number, DerivedSlot>()
  const results = new Map<Slot, Uint8Array>()
  for (const record of readRecords(folder, 'transcripts.log', problems)) {
    try {
      const transcript = SlotTranscript.decode(record)
      const result = opened(transcript.result, 'transcripts.log')
      const before = results.get(result.slot)
      if (before && !equalBytes(before, transcript.result))
        problems.push(`slot ${result.slot}: two different results, which is evidence against the aggregator`)
      results.set(result.slot, transcript.result)
      if (result.type === MessageType.SlotLost) {
        derived.set(result.slot, lossOf(result, ring))
        continue
      }
      const held = ring.rosters.findLast(each => each.from <= result.slot)
      if (held?.roster.epoch !== result.epoch)
        throw new TranscriptError(`slot ${result.slot}: expected epoch ${held?.roster.epoch}, got ${result.epoch}`)
      const replayed = replaySlot(held.roster, transcript.result, transcript.envelopes)
      const withheld = withheldIn(held, run.configuration.network.lanes, new Set(replayed.missing))
      const sums = namedSums(replayed.open, replayed.lanes, withheld)
      totals.set(replayed.slot, { epoch: result.epoch, sums, submissions: replayed.contributors.length })
      derived.set(replayed.slot, totalOf(held, replayed, transcript.envelopes, ring))
      problems.push(...roundProblems(run, held, replayed, transcript.envelopes))
    } catch (cause) {
      if (!(cause instanceof HushgridError)) throw cause
      problems.push(cause.message)
    }
  }
  return { totals, derived }
}

/**
 * Reads a signed loss. An aggregator that a roster reached late loses the slot by the one before.
 *
 * @throws TranscriptError where the aggregator did not sign it
 */
function lossOf(result: Envelope, { rosters, numberOf }: Ring): DerivedSlot {
  const roster = rosters.find(each => each.roster.epoch === result.epoch && each.from <= result.slot)?.roster
  if (!roster) throw new TranscriptError(`slot ${result.slot}: expected the roster of epoch ${result.epoch} before it, got none`)
  if (result.sender !== roster.aggregatorKey || !verifyEnvelope(result, ed25519Verifier(roster.aggregatorKey), roster.hash))
    throw new TranscriptError(`slot ${result.slot}: expected the aggregator's signature on the loss`)
  const { reason, members } = SlotLostPayload.decode(result.payload)
  const named = decodeMemberSet(members, roster.n).map(index => numberOf(roster.meterId(index)))
  return lostSlot(reason, named.sort(ascending))
}

function totalOf(
  { roster }: HeldRoster,
  { contributors, missing }: ReplayedSlot,
  envelopes: readonly Uint8Array[],
  { numberOf }: Ring
): DerivedSlot {
  const missingMeters = missing.map(index => numberOf(roster.meterId(index))).sort(ascending)
  const releases = envelopes.filter(bytes => RELEASES.has(decodeEnvelope(bytes).type)).length
  return {
    lost: false,
    reason: undefined,
    named: [],
    submitted: contributors.length,
    missing: missing.length,
    missingMeters,
    recovered: missing.length,
    releases
  }
}

const RELEASES: ReadonlySet<MessageType> = new Set([MessageType.MaskRelease])

function ascending(a: number, b: number): number {
  return a - b
}

/**
 * A transcript has the last request of a slot: with one kind of request that is all, with double mask the rounds of words
 * before are known to be some where members are missing.
 */
function roundProblems(run: RunFile, { roster }: HeldRoster, { slot, missing }: ReplayedSlot, envelopes: readonly Uint8Array[]): string[] {
  const rounds = run.slots.find(row => row.slot === slot)?.rounds
  if (rounds === undefined || rounds === null) return []
  const asked = envelopes.some(bytes => decodeEnvelope(bytes).type === recoveryOf(roster).replay.request)
  const least = 1 + (asked ? 1 : 0) + (roster.mode === 'double-mask' && missing.length > 0 ? 1 : 0)
  const most = roster.mode === 'double-mask' && missing.length > 0 ? least + MASK_ROUNDS - 1 : least
  if (rounds >= least && rounds <= most) return []
  return [`slot ${slot}: run.json says rounds ${rounds}, the messages ${least === most ? least : `${least} to ${most}`}`]
}

/** Gives what rosters say, each beside the one before. */
function rosterFacts(rosters: readonly HeldRoster[], numberOf: (id: MeterId) => number): RosterFacts[] {
  const presence = ({ roster }: HeldRoster): Map<MeterId, boolean> =>
    new Map(roster.members().map(({ meterId: id, absent }) => [id, !absent]))
  return rosters.map((held, i) => {
    const { epoch, firstSlot, n, degree } = held.roster
    const previous = rosters[i - 1]
    const [before, now] = [previous ? presence(previous) : new Map<MeterId, boolean>(), presence(held)]
    const changes = [...new Set([...before.keys(), ...now.keys()])].flatMap((id): RosterFacts['changes'] => {
      const change = changeBetween(before.get(id), now.get(id))
      if (!change || !previous) return []
      const silent = change === 'leave' && before.get(id) === false && previous.roster.season !== held.roster.season
      return [{ change, meter: numberOf(id), silent }]
    })
    return { epoch, firstSlot, members: n, degree, changes }
  })
}

/** Names a change; a member is present, absent, or none. */
function changeBetween(before: boolean | undefined, now: boolean | undefined): RosterFacts['changes'][number]['change'] | undefined {
  if (before === now) return undefined
  if (before === undefined) return 'join'
  if (now === undefined) return 'leave'
  return now ? 'return' : 'absent'
}

function opened(bytes: Uint8Array, where: string) {
  try {
    return decodeEnvelope(bytes)
  } catch (cause) {
    if (cause instanceof MalformedMessageError) throw new HushgridError(`${where}: ${cause.message}`)
    throw cause
  }
}
