// `pnpm verify`: replays a run from its report by its contender, and holds every claim of the report against it.
import { counted, HushgridError } from '@hushgrid/primitives'
import { contenderOfRun } from '../../contender/contenders.ts'
import { type RunFile, type RunVerdict, readRun } from '../run-file.ts'
import { contenderClaims } from './contender-claims.ts'
import { eventProblems } from './events.ts'
import { expectationProblems } from './expectations.ts'
import { contradictoryFigures } from './figures.ts'
import { differences, type Replayed } from './replayed.ts'
import { tableProblems } from './tables.ts'
import { uncheckedLines } from './unchecked.ts'

/**
 * Replays a run, and checks its report: run.json, slots.csv, slots.parquet, events.jsonl and membership.csv.
 *
 * @param registrar - the registrar's key where it is known; otherwise the one in the report is trusted
 * @throws HushgridError where the folder holds no run that can be read, or one whose contender leaves nothing to replay
 */
export async function verifyRun(folder: string, registrar?: string): Promise<RunVerdict> {
  const run = readRun(folder)
  const replayed = replayOf(folder, run, registrar)
  const report = [
    ...contradictoryFigures(run),
    ...contenderClaims(run),
    ...expectationProblems(run),
    ...changeProblems(run, replayed),
    ...(await tableProblems(folder, run)),
    ...eventProblems(folder, run, replayed.rosters)
  ]
  const problems = [...new Set([...replayed.problems, ...differences(run, replayed), ...report])]
  const lines = [
    ...replayed.lines,
    report.length === 0
      ? 'run.json, slots.csv, slots.parquet, events.jsonl and membership.csv agree'
      : `the files of the report disagree in ${counted(report.length, 'place')}`,
    ...replayed.unchecked.map(what => `not checked: ${what}`),
    ...uncheckedLines(run)
  ]
  return { lines, problems }
}

function replayOf(folder: string, run: RunFile, registrar: string | undefined): Replayed {
  const { replay, facts } = contenderOfRun(run.contender)
  if (!replay) throw new HushgridError(`${folder}: expected a run that leaves messages to replay, got one of ${facts.name}`)
  return run.signatures === 'stand-in' ? standIn(run, registrar) : replay(folder, run, registrar)
}

/** Stand-ins for signatures prove nothing, and only a run in virtual time can have them: whoever edits a report may claim them. */
function standIn({ kind }: RunFile, registrar: string | undefined): Replayed {
  const problems = [
    ...(kind === 'virtual' ? [] : [`run.json: signatures: expected ed25519 of a ${kind} run, got stand-in`]),
    ...(registrar === undefined ? [] : [`registrar: expected rosters signed by ${registrar}, got stand-ins for signatures`])
  ]
  const lines = ['nothing signed was checked: by its report the run has stand-ins for signatures, which only the run itself could check']
  return { lines, problems, slots: new Map(), rosters: [], unchecked: [] }
}

/** Changes of the membership are those between rosters; a crash is told by none. */
function changeProblems({ churn }: RunFile, { rosters }: Replayed): string[] {
  if (rosters.length === 0) return []
  return churn.changes.flatMap(({ kind, meter, epoch }) => {
    const roster = rosters.find(each => each.epoch === epoch)
    if (kind === 'crash') return epoch === undefined ? [] : [`membership.csv: a crash has no epoch, got ${epoch}`]
    const isSigned = roster?.changes.some(each => each.change === kind && each.meter === meter) ?? false
    return isSigned ? [] : [`membership.csv: ${kind} of meter ${meter} in epoch ${epoch}, which rosters.log does not have`]
  })
}
