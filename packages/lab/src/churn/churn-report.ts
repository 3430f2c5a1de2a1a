// Writes the report of a run in virtual time, by the schema of live runs: what has no real time or sockets is null there.
import { readdirSync } from 'node:fs'
import { HushgridError, millis, type Slot, slotTimes } from '@hushgrid/primitives'
import { prepareFolder } from '@hushgrid/runtime'
import { type Scenario, type SlotReport, withoutEffectText } from '@hushgrid/scenarios'
import type { SimulationResult } from '@hushgrid/simulator'
import type { Network } from '@hushgrid/topology'
import type { ContenderFacts } from '../contender/contender.ts'
import { checkout, machine } from '../measures/environment.ts'
import { metersByNumber, RunReport, runVersions } from '../report/report.ts'
import { slotMedians, unitsOf } from '../report/schema/latency.ts'
import { RUN_FORMAT } from '../report/schema/run.ts'
import { NO_RESULT, type RunSlot } from '../report/schema/slots.ts'
import { type FollowedRun, followRun } from './followed-run.ts'

/** A run in virtual time, over. */
interface VirtualRun {
  readonly contender: ContenderFacts
  readonly scenario: Scenario
  readonly network: Network
  readonly degree: number
  readonly file: string
  readonly result: SimulationResult
  readonly expectations: readonly string[]
  readonly started: Date
  readonly realMs: number
}

/** The report of one run in virtual time: events and messages as they come, the rest at the end. */
export class ChurnReport {
  readonly folder: string
  #failure: HushgridError | undefined
  #run: { readonly report: RunReport; readonly followed: FollowedRun } | undefined
  readonly #rows: RunSlot[] = []

  /** @throws OutputError; HushgridError where the folder holds something */
  constructor(folder: string) {
    this.folder = folder
    prepareFolder('--report', folder)
    if (readdirSync(folder).length > 0)
      throw new HushgridError(`--report ${folder}: expected a new or empty folder, got one that holds something`)
  }

  /** Begins to follow a neighbourhood that has not run yet. */
  follow(of: FollowedRun['of']): void {
    const { lanes, slotSeconds } = of.config
    const clock = { real: () => null, protocol: () => millis(Math.floor(of.network.now)), slotSeconds }
    const report = new RunReport(this.folder, { lanes, clock }, cause => {
      this.#failure = cause
    })
    this.#run = { report, followed: followRun(of, report) }
  }

  /** Takes a slot that is over. */
  slot(slot: SlotReport): void {
    if (!this.#run) throw new HushgridError('the report: expected a run that has begun')
    const row = rowOf(slot, this.#run.followed.of.config)
    this.#rows.push(row)
    this.#run.report.event({ type: 'slot', row })
  }

  /**
   * Writes what a run leaves at its end.
   *
   * @throws OutputError, HushgridError where something could not be written
   */
  write(run: VirtualRun): void {
    if (!this.#run) throw new HushgridError('the report: expected a run that has begun')
    const { report, followed } = this.#run
    for (const operation of run.result.withoutEffect) report.event({ type: 'note', text: withoutEffectText(operation) })
    report.membership(run.result.changes)
    report.table(this.#rows)
    const document = documentOf(run, followed, this.#rows)
    report.event({ type: 'summary', summary: document.summary, report: null, mode: run.contender.name })
    report.finish(document)
    report.close()
    if (this.#failure) throw this.#failure
  }
}

/** Gives a slot as every run's report has it. */
function rowOf(slot: SlotReport, { firstSlot, slotSeconds }: { readonly firstSlot: Slot; readonly slotSeconds: number }): RunSlot {
  const number = (firstSlot + slot.slot) as Slot
  const { start } = slotTimes(number, slotSeconds)
  const isTotal = slot.result === 'total'
  const missing = isTotal ? slot.missing : slot.reason === 'MembersMissing' ? slot.named : []
  const protocolMs = isTotal ? (slot.sinceEnd ?? null) : null
  return {
    slot: number,
    start: new Date(start).toISOString(),
    epoch: slot.epoch ?? 0,
    members: slot.present,
    entries: slot.members,
    // Submissions that came too late for the total are none of its readings.
    submitted: isTotal ? slot.present - missing.length : slot.submitted,
    missing: missing.length,
    missingMeters: missing,
    recovered: isTotal ? missing.length : 0,
    releases: slot.releases,
    refused: slot.refused,
    disputed: slot.disputed,
    lost: !isTotal,
    busy: false,
    named: slot.named,
    ...(isTotal ? {} : { reason: slot.reason ?? NO_RESULT }),
    exact: slot.exact === true,
    total: slot.total,
    withheld: slot.withheld,
    expected: slot.expected,
    latencyMs: null,
    sinceEndMs: null,
    protocolMs,
    units: unitsOf(protocolMs, slotSeconds),
    rounds: slot.rounds ?? null,
    slotMs: null,
    lagMs: null,
    cpuMs: null,
    bytes: null,
    verifiedBy: slot.heard
  }
}

function documentOf(run: VirtualRun, { of, keys, own, atEnd }: FollowedRun, slots: readonly RunSlot[]) {
  const { contender, result, scenario, network, degree, file, expectations, started, realMs } = run
  const { summary, changes, faults, withoutEffect, messages, bytes, drops } = result
  const evidence = result.evidence.map(each => ({
    ...each,
    envelopes: each.envelopes.map(envelope => Buffer.from(envelope).toString('hex'))
  }))
  const end = atEnd()
  const ids = [...of.meters].map(([meter, { id }]) => [id, meter] as const)
  return {
    format: RUN_FORMAT,
    kind: 'virtual',
    contender: contender.name,
    started: started.toISOString(),
    configuration: {
      mode: contender.name,
      network,
      members: scenario.members,
      degree,
      ...own(),
      churn: { scenario: { ...scenario, file } }
    },
    seed: scenario.seed,
    signatures: of.config.signatures,
    versions: runVersions(),
    ...checkout(),
    machine: machine(),
    load: null,
    keys,
    meters: metersByNumber(ids),
    startup: { readyMs: null, firstTotalMs: null },
    memory: { rssBytes: null },
    wire: { bytesPerSubmission: null, bytesPerSlot: null },
    keyAgreements: null,
    credentialChecks: null,
    dropped: drops.aggregator,
    summary: {
      slots: slots.length,
      exact: slots.filter(({ exact }) => exact).length,
      lost: slots.filter(({ lost }) => lost).length,
      busy: 0,
      members: end.members ?? scenario.members,
      degree: end.degree ?? degree,
      medianCpuMs: null,
      ...slotMedians(slots),
      bytesPerSlot: null,
      keyAgreements: null,
      rssBytes: null
    },
    slots,
    churn: { summary, changes, faults, withoutEffect },
    // What only virtual time knows.
    virtual: {
      realMs: Math.round(realMs),
      messages,
      bytes,
      drops,
      evidence,
      violations: result.violations,
      expectations: { failed: expectations }
    }
  }
}
