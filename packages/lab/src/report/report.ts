// Writes a run's report: run.json, slots.csv, events.jsonl, and the rosters and transcripts that `pnpm verify` replays.
// Nothing in it is secret: totals, masked submissions, public keys.
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { HeldRoster } from '@hushgrid/dcnet'
import { HushgridError, type ObisCode, withheldReasons } from '@hushgrid/primitives'
import { makeFolder, RecordLog } from '@hushgrid/runtime'
import type { MembershipChange } from '@hushgrid/scenarios'
import { libraryVersions, machine, ownVersion } from '../measures/environment.ts'
import type { LabEvent, RunSummary, SlotRow } from '../neighbourhood/events.ts'
import type { LabNeighbourhood, LabSample } from '../neighbourhood/neighbourhood.ts'

/** Failure to write a report folder. */
class ReportError extends HushgridError {
  override name = 'ReportError'
}

/** Columns of slots.csv; a total and the true sum of each lane follow, then why lanes are withheld. Wh and milliseconds. */
const COLUMNS = [
  'slot',
  'start',
  'epoch',
  'members',
  'submitted',
  'missing',
  'recovered',
  'releases',
  'refused',
  'disputed',
  'lost',
  'reason',
  'exact',
  'latencyMs',
  'sinceEndMs',
  'cpuMs',
  'bytes',
  'verifiedBy'
] as const

/** One run's report, written as the run goes. */
export class RunReport {
  readonly folder: string
  readonly #lanes: readonly ObisCode[]
  readonly #csv: number
  readonly #events: number
  readonly #rosters: RecordLog
  readonly #transcripts: RecordLog

  /** @throws FolderError; ReportError where the folder cannot be written to or holds a run already */
  constructor(folder: string, lanes: readonly ObisCode[]) {
    this.folder = folder
    this.#lanes = lanes
    makeFolder(folder, 0o777)
    try {
      this.#csv = openSync(join(folder, 'slots.csv'), 'wx')
      this.#events = openSync(join(folder, 'events.jsonl'), 'wx')
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      if (code === 'EEXIST') throw new ReportError(`--report ${folder}: expected a new or empty folder, got one that holds a run`)
      throw new ReportError(`--report ${folder}: expected a folder that can be written (${code ?? String(cause)})`)
    }
    this.#rosters = RecordLog.open(join(folder, 'rosters.log'), false).log
    this.#transcripts = RecordLog.open(join(folder, 'transcripts.log'), false).log
    writeSync(this.#csv, `${[...COLUMNS, ...lanes.flatMap(lane => [`total ${lane} Wh`, `expected ${lane} Wh`]), 'withheld'].join(',')}\n`)
  }

  event(event: LabEvent): void {
    // Progress is for the display alone.
    if (event.type === 'phase') return
    writeSync(this.#events, `${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`)
    if (event.type === 'slot') this.#row(event.row)
  }

  #row(row: SlotRow): void {
    const lanes = this.#lanes.flatMap(lane => [row.total?.[lane] ?? '', row.expected[lane] ?? ''])
    const cells = { ...row, refused: row.refused.length, disputed: row.disputed.length }
    const why = withheldReasons(row.withheld)
    writeSync(this.#csv, `${[...COLUMNS.map(column => cells[column] ?? ''), ...lanes, why && `"${why}"`].join(',')}\n`)
  }

  roster(held: HeldRoster): void {
    if (held.bytes) this.#rosters.append(held.bytes)
  }

  transcript(transcript: Uint8Array): void {
    this.#transcripts.append(transcript)
  }

  /** Writes membership.csv: one row for each change of the membership, with its cost. */
  membership(changes: readonly MembershipChange[]): void {
    writeFileSync(join(this.folder, 'membership.csv'), membershipCsv(changes))
  }

  /** Writes run.json and closes the files. */
  finish(run: object): void {
    writeFileSync(join(this.folder, 'run.json'), `${JSON.stringify(run, undefined, 2)}\n`)
    this.#rosters.close()
    this.#transcripts.close()
    closeSync(this.#csv)
    closeSync(this.#events)
  }
}

/** Gives membership.csv: bytes count all copies of all messages, milliseconds are the run's own. */
export function membershipCsv(changes: readonly MembershipChange[]): string {
  const header =
    'slot,kind,meter,epoch,messages,bytes,key agreements own,key agreements others,key agreements again,milliseconds,roster message bytes,changes in it,touched'
  const rows = changes.map(change =>
    [
      change.slot,
      change.kind,
      change.meter,
      change.epoch ?? '',
      change.messages,
      change.bytes,
      change.keyAgreements.own,
      change.keyAgreements.others,
      change.keyAgreements.again,
      change.milliseconds ?? '',
      change.deltaBytes,
      change.changesInDelta,
      change.touched.join(' ')
    ].join(',')
  )
  return `${[header, ...rows].join('\n')}\n`
}

/** Gives run.json: configuration, environment and outcome of the run. Times in ms, sizes in bytes, energy in Wh. */
export function runDocument(run: {
  /** Configuration that was asked for. */
  readonly configuration: object
  readonly seed: string
  readonly neighbourhood: LabNeighbourhood
  readonly started: Date
  readonly startupMs: number
  readonly firstTotalMs: number | undefined
  readonly rows: readonly SlotRow[]
  readonly last: LabSample
  readonly summary: RunSummary
}): object {
  const { configuration, seed, neighbourhood, rows, last, summary } = run
  const round = (value: number | undefined): number | null => (value === undefined ? null : Math.round(value))
  return {
    format: 'hushgrid-run/2',
    started: run.started.toISOString(),
    configuration,
    seed,
    versions: { hushgrid: ownVersion(), protocol: '2', ...libraryVersions() },
    machine: machine(),
    keys: neighbourhood.keys,
    startup: { readyMs: round(run.startupMs), firstTotalMs: round(run.firstTotalMs) },
    memory: { rssBytes: last.rss },
    wire: {
      bytesPerSubmission: last.submissions === 0 ? null : Math.round(last.submissionBytes / last.submissions),
      bytesPerSlot: summary.bytesPerSlot
    },
    keyAgreements: last.keyAgreements,
    credentialChecks: last.credentialChecks,
    dropped: last.drops,
    summary,
    slots: rows
  }
}
