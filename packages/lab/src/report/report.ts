// Writes a run's report: run.json, slots.csv, events.jsonl, and the rosters and transcripts that `pnpm verify` replays.
// Nothing in it is secret: totals, masked submissions, public keys.
import { closeSync, existsSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { HeldRoster } from '@hushgrid/dcnet'
import { HushgridError, type ObisCode, withheldReasons } from '@hushgrid/primitives'
import { prepareFolder, RecordLog, writeResult } from '@hushgrid/runtime'
import type { MembershipChange } from '@hushgrid/scenarios'
import { checkout, libraryVersions, machine, ownVersion } from '../measures/environment.ts'
import type { LabEvent, RunSummary, SlotRow } from '../neighbourhood/events.ts'
import type { LabNeighbourhood, LabSample } from '../neighbourhood/neighbourhood.ts'
import type { LoadVerdict } from '../run/busy-machine.ts'

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
  'busy',
  'exact',
  'latencyMs',
  'sinceEndMs',
  'slotMs',
  'lagMs',
  'cpuMs',
  'bytes',
  'verifiedBy'
] as const

/**
 * Makes a folder for a report where there is none.
 *
 * @throws OutputError; ReportError where it holds a run already
 */
export function prepareReport(folder: string): void {
  if (existsSync(join(folder, 'slots.csv')) || existsSync(join(folder, 'events.jsonl')))
    throw new ReportError(`--report ${folder}: expected a new or empty folder, got one that holds a run`)
  prepareFolder('--report', folder)
}

/**
 * One run's report, written as the run goes. Where it cannot be written any more, its first failure is told and the rest is
 * left out.
 */
export class RunReport {
  readonly folder: string
  readonly #lanes: readonly ObisCode[]
  readonly #csv: number
  readonly #events: number
  readonly #rosters: RecordLog
  readonly #transcripts: RecordLog
  readonly #fail: (cause: HushgridError) => void
  #isClosed = false
  #hasFailed = false

  /**
   * @param fail - takes the first failure to write, which ends a run
   * @throws OutputError; ReportError where the folder holds a run already
   */
  constructor(folder: string, lanes: readonly ObisCode[], fail: (cause: HushgridError) => void) {
    this.folder = folder
    this.#lanes = lanes
    this.#fail = fail
    prepareReport(folder)
    this.#csv = openSync(join(folder, 'slots.csv'), 'wx')
    this.#events = openSync(join(folder, 'events.jsonl'), 'wx')
    this.#rosters = RecordLog.open(join(folder, 'rosters.log'), false).log
    this.#transcripts = RecordLog.open(join(folder, 'transcripts.log'), false).log
    const header = [...COLUMNS, ...lanes.flatMap(lane => [`total ${lane} Wh`, `expected ${lane} Wh`]), 'withheld']
    this.#write(() => writeSync(this.#csv, `${header.join(',')}\n`))
  }

  event(event: LabEvent): void {
    // Progress is for the display alone.
    if (event.type === 'phase') return
    this.#write(() => writeSync(this.#events, `${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`))
    if (event.type === 'slot') this.#row(event.row)
  }

  #row(row: SlotRow): void {
    const lanes = this.#lanes.flatMap(lane => [row.total?.[lane] ?? '', row.expected[lane] ?? ''])
    const cells = { ...row, refused: row.refused.length, disputed: row.disputed.length }
    const why = withheldReasons(row.withheld)
    const line = [...COLUMNS.map(column => cells[column] ?? ''), ...lanes, why && `"${why}"`].join(',')
    this.#write(() => writeSync(this.#csv, `${line}\n`))
  }

  roster(held: HeldRoster): void {
    const { bytes } = held
    if (bytes) this.#write(() => this.#rosters.append(bytes))
  }

  transcript(transcript: Uint8Array): void {
    this.#write(() => this.#transcripts.append(transcript))
  }

  /** Writes membership.csv: one row for each change of the membership, with its cost. */
  membership(changes: readonly MembershipChange[]): void {
    this.#write(() => writeResult(join(this.folder, 'membership.csv'), membershipCsv(changes)))
  }

  /** Writes run.json, also where other files could not be written any more: a little room may do for it. */
  finish(run: object): void {
    this.#hasFailed = false
    this.#write(() => writeResult(join(this.folder, 'run.json'), `${JSON.stringify(run, undefined, 2)}\n`))
  }

  /** Writes, as long as there is room; nodes that are being put away may tell of something after the files were closed. */
  #write(action: () => void): void {
    if (this.#isClosed || this.#hasFailed) return
    try {
      action()
    } catch (cause) {
      this.#hasFailed = true
      this.#fail(
        cause instanceof HushgridError
          ? cause
          : new ReportError(
              `--report ${this.folder}: expected to write to it, got ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`
            )
      )
    }
  }

  /** Closes the files; what comes later is left out. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
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
  /** Load of the machine, and the verdict on it. */
  readonly load: LoadVerdict
}): object {
  const { configuration, seed, neighbourhood, rows, last, summary } = run
  const round = (value: number | undefined): number | null => (value === undefined ? null : Math.round(value))
  return {
    format: 'hushgrid-run/2',
    started: run.started.toISOString(),
    configuration,
    seed,
    versions: { hushgrid: ownVersion(), protocol: '2', ...libraryVersions() },
    ...checkout(),
    machine: machine(),
    load: run.load,
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
