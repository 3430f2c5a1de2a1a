// Writes a run's report by the schema beside it: run.json, slots.csv and .parquet, events.jsonl, and the messages that
// `pnpm verify` replays. Nothing in it is secret: totals, masked or encrypted readings, public keys.
import { closeSync, existsSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { HeldRoster } from '@hushgrid/dcnet'
import { HushgridError, type MeterId, type Millis, type ObisCode, sha256, toHex } from '@hushgrid/primitives'
import { prepareFolder, RecordLog, writeResult } from '@hushgrid/runtime'
import type { MembershipChange } from '@hushgrid/scenarios'
import { checkout, libraryVersions, machine, ownVersion } from '../measures/environment.ts'
import type { RunSummary, SlotRow } from '../neighbourhood/events.ts'
import type { LabNeighbourhood, LabSample } from '../neighbourhood/neighbourhood.ts'
import type { LoadVerdict } from '../run/busy-machine.ts'
import { membershipCsv } from './membership.ts'
import { parquetTable } from './parquet.ts'
import { type ReportEvent, stamped } from './schema/events.ts'
import { RUN_FORMAT } from './schema/run.ts'
import { type Column, columnsOf, type RunSlot, slotLine, slotsHeader } from './schema/slots.ts'

/** Failure to write a report folder. */
class ReportError extends HushgridError {
  override name = 'ReportError'
}

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

/** Clocks of a run: real time, none in virtual time, and the protocol's. */
export interface ReportClock {
  readonly real: () => Date | null
  readonly protocol: () => Millis
  readonly slotSeconds: number
}

interface ReportOptions {
  readonly lanes: readonly ObisCode[]
  readonly clock: ReportClock
}

/**
 * One run's report, written as the run goes. Where it cannot be written any more, its first failure is told and the rest is
 * left out.
 */
export class RunReport {
  readonly folder: string
  readonly #columns: readonly Column[]
  readonly #clock: ReportClock
  readonly #csv: number
  readonly #events: number
  readonly #rosters: RecordLog
  readonly #transcripts: RecordLog
  readonly #fail: (cause: HushgridError) => void
  #messages: RecordLog | undefined
  readonly #written = new Set<string>()
  #isClosed = false
  #hasFailed = false
  #isWhole = true

  /**
   * @param fail - takes the first failure to write, which ends a run
   * @throws OutputError; ReportError where the folder holds a run already
   */
  constructor(folder: string, { lanes, clock }: ReportOptions, fail: (cause: HushgridError) => void) {
    this.folder = folder
    this.#columns = columnsOf(lanes)
    this.#clock = clock
    this.#fail = fail
    prepareReport(folder)
    this.#csv = openSync(join(folder, 'slots.csv'), 'wx')
    this.#events = openSync(join(folder, 'events.jsonl'), 'wx')
    this.#rosters = RecordLog.open(join(folder, 'rosters.log'), false).log
    this.#transcripts = RecordLog.open(join(folder, 'transcripts.log'), false).log
    this.#write(() => writeSync(this.#csv, `${slotsHeader(this.#columns)}\n`))
  }

  /** True where everything could be written so far. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  event(event: ReportEvent): void {
    // Progress is for the display alone.
    if (event.type === 'phase') return
    const { real, protocol, slotSeconds } = this.#clock
    const line = JSON.stringify(stamped(event, real(), protocol(), slotSeconds))
    this.#write(() => writeSync(this.#events, `${line}\n`))
    if (event.type === 'slot') this.#row(event.row)
  }

  #row(row: RunSlot): void {
    this.#write(() => writeSync(this.#csv, `${slotLine(this.#columns, row)}\n`))
  }

  roster(held: HeldRoster): void {
    const { bytes } = held
    if (bytes) this.#write(() => this.#append(this.#rosters, bytes))
  }

  transcript(transcript: Uint8Array): void {
    this.#write(() => this.#append(this.#transcripts, transcript))
  }

  /** Takes a signed message of a path without rosters and transcripts. */
  message(bytes: Uint8Array): void {
    this.#write(() => {
      this.#messages ??= RecordLog.open(join(this.folder, 'messages.log'), false).log
      this.#append(this.#messages, bytes)
    })
  }

  /** Appends a record once: a role that starts again may send what it has sent before. */
  #append(log: RecordLog, bytes: Uint8Array): void {
    const name = toHex(sha256(bytes))
    if (this.#written.has(name)) return
    log.append(bytes)
    this.#written.add(name)
  }

  /** Writes slots.parquet: the rows of slots.csv once more, with their types. */
  table(slots: readonly RunSlot[]): void {
    const rows = slots.map(slot => this.#columns.map(column => column.of(slot)))
    this.#write(() => writeResult(join(this.folder, 'slots.parquet'), parquetTable(this.#columns, rows)))
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
      this.#isWhole = false
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
    this.#messages?.close()
    closeSync(this.#csv)
    closeSync(this.#events)
  }
}

/** Gives run.json of a run on real nodes. Times in ms, sizes in bytes, energy in Wh. */
export function runDocument(run: {
  /** Configuration that was asked for. */
  readonly configuration: object
  readonly contender: string
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
  const { configuration, contender, seed, neighbourhood, rows, last, summary } = run
  const round = (value: number | undefined): number | null => (value === undefined ? null : Math.round(value))
  return {
    format: RUN_FORMAT,
    kind: 'live',
    contender,
    started: run.started.toISOString(),
    configuration,
    seed,
    signatures: 'ed25519',
    versions: runVersions(),
    ...checkout(),
    machine: machine(),
    load: run.load,
    keys: neighbourhood.keys,
    meters: metersByNumber(neighbourhood.households),
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

/** Gives the versions of our own package, the protocol and the libraries under it. */
export function runVersions(): Readonly<Record<string, string>> {
  return { hushgrid: ownVersion(), protocol: '2', ...libraryVersions() }
}

/** Lists the public keys of the meters by number. */
export function metersByNumber(households: Iterable<readonly [id: MeterId, meter: number]>) {
  return [...households].map(([id, meter]) => ({ meter, id })).sort((a, b) => a.meter - b.meter)
}
