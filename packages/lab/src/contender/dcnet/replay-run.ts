// Replays a DC-net's run from its report alone: rosters, then every slot's transcript, then the report's own figures.
import { join } from 'node:path'
import { type HeldRoster, networkId, RosterBook, replaySlot, TranscriptError, withheldIn } from '@hushgrid/dcnet'
import { decodeEnvelope, MalformedMessageError, MessageType, SlotTranscript } from '@hushgrid/messages'
import { counted, equalBytes, HushgridError, type MeterId, meterId, millis, namedSums, type Slot, slotTimes } from '@hushgrid/primitives'
import { RecordLog } from '@hushgrid/runtime'
import type { RunFile, RunVerdict } from '../../report/run-file.ts'
import { contradictions, type ReplayedTotal, withheldLines } from './replayed-total.ts'

/**
 * Replays a run.
 *
 * @param registrar - the registrar's key where it is known; otherwise the one in the report is trusted
 * @throws HushgridError where the folder holds no records that can be read
 */
export function replayRun(folder: string, run: RunFile, registrar: string | undefined): RunVerdict {
  const key = meterId(registrar ?? run.keys.registrar)
  const problems: string[] = []
  if (registrar !== undefined && registrar !== run.keys.registrar)
    problems.push(`registrar: the report names ${run.keys.registrar}, expected ${registrar}`)
  const rosters = readRosters(folder, run, key, problems)
  const totals = replayAll(folder, run, rosters, problems)
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
  return { lines, problems }
}

function readRosters(folder: string, run: RunFile, registrar: MeterId, problems: string[]): HeldRoster[] {
  const { name, slotSeconds } = run.configuration.network
  const book = new RosterBook({ networkId: networkId(name), slotSeconds, changeSlots: 1, registrarKey: registrar })
  const rosters: HeldRoster[] = []
  const log = RecordLog.read(join(folder, 'rosters.log'))
  if (log.damaged) problems.push('rosters.log: expected intact records')
  for (const bytes of log.records) {
    const envelope = opened(bytes, 'rosters.log')
    if (envelope.type !== MessageType.Roster) throw new HushgridError(`rosters.log: expected rosters, got a ${envelope.type}`)
    // A roster counts from its first slot where it came in time, as it did to the nodes of the run.
    const before = millis(Math.max(0, slotTimes(envelope.slot, slotSeconds).start - 1))
    const outcome = book.receive(envelope, bytes, before)
    if (outcome.kind === 'taken') rosters.push(outcome.held)
    else problems.push(`epoch ${envelope.epoch}: ${outcome.kind === 'refused' ? outcome.error.message : outcome.kind}`)
  }
  return rosters
}

function replayAll(folder: string, run: RunFile, rosters: readonly HeldRoster[], problems: string[]) {
  const totals = new Map<number, ReplayedTotal>()
  const results = new Map<Slot, Uint8Array>()
  const log = RecordLog.read(join(folder, 'transcripts.log'))
  if (log.damaged) problems.push('transcripts.log: expected intact records')
  for (const record of log.records) {
    try {
      const transcript = SlotTranscript.decode(record)
      const result = opened(transcript.result, 'transcripts.log')
      const before = results.get(result.slot)
      if (before && !equalBytes(before, transcript.result))
        problems.push(`slot ${result.slot}: two different results, which is evidence against the aggregator`)
      results.set(result.slot, transcript.result)
      if (result.type === MessageType.SlotLost) continue
      const held = rosters.findLast(each => each.from <= result.slot)
      if (held?.roster.epoch !== result.epoch)
        throw new TranscriptError(`slot ${result.slot}: expected epoch ${held?.roster.epoch}, got ${result.epoch}`)
      const replayed = replaySlot(held.roster, transcript.result, transcript.envelopes)
      const withheld = withheldIn(held, run.configuration.network.lanes, new Set(replayed.missing))
      const sums = namedSums(replayed.open, replayed.lanes, withheld)
      totals.set(replayed.slot, { epoch: result.epoch, sums, submissions: replayed.contributors.length })
    } catch (cause) {
      if (!(cause instanceof HushgridError)) throw cause
      problems.push(cause.message)
    }
  }
  return totals
}

function opened(bytes: Uint8Array, where: string) {
  try {
    return decodeEnvelope(bytes)
  } catch (cause) {
    if (cause instanceof MalformedMessageError) throw new HushgridError(`${where}: ${cause.message}`)
    throw cause
  }
}
