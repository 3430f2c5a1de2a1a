// Writes the report of a simulated run: run.json, slots.csv, membership.csv.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { HushgridError } from '@hushgrid/primitives'
import { prepareFolder, writeResult } from '@hushgrid/runtime'
import type { Scenario, SlotReport } from '@hushgrid/scenarios'
import type { SimulationResult } from '@hushgrid/simulator'
import type { Network } from '@hushgrid/topology'
import { machine } from '../measures/environment.ts'
import { membershipCsv } from '../report/report.ts'

const COLUMNS: readonly (readonly [name: string, of: (slot: SlotReport) => string | number | boolean | undefined])[] = [
  ['slot', slot => slot.slot],
  ['epoch', slot => slot.epoch],
  ['members', slot => slot.members],
  ['present', slot => slot.present],
  ['submitted', slot => slot.submitted],
  ['missing', slot => slot.missing.length],
  ['recovered', slot => slot.recovered],
  ['releases', slot => slot.releases],
  ['refused', slot => slot.refused.length],
  ['disputed', slot => slot.disputed.length],
  ['result', slot => slot.result],
  ['reason', slot => slot.reason],
  ['exact', slot => slot.exact],
  ['protocol ms after deadline', slot => slot.latency],
  ['missing meters', slot => slot.missing.join(' ')],
  ['named meters', slot => slot.named.join(' ')],
  ['refusals', slot => slot.refused.map(({ by, reason }) => `${by}: ${reason}`).join('; ')]
]

/** The report of one simulated run. */
export class ChurnReport {
  readonly folder: string

  /** @throws OutputError; HushgridError where the folder holds something */
  constructor(folder: string) {
    this.folder = folder
    prepareFolder('--report', folder)
    if (readdirSync(folder).length > 0)
      throw new HushgridError(`--report ${folder}: expected a new or empty folder, got one that holds something`)
  }

  /** @throws OutputError */
  write(run: {
    readonly scenario: Scenario
    readonly network: Network
    readonly degree: number
    readonly file: string
    readonly result: SimulationResult
    readonly expectations: readonly string[]
    readonly realMs: number
  }): void {
    const { result, scenario, network, degree, file, expectations, realMs } = run
    const evidence = result.evidence.map(each => ({ ...each, envelopes: each.envelopes.map(bytes => Buffer.from(bytes).toString('hex')) }))
    const document = {
      format: 'hushgrid-churn/1',
      time: 'virtual',
      scenario: { ...scenario, file },
      network,
      degree,
      seed: scenario.seed,
      machine: machine(),
      realMs: Math.round(realMs),
      summary: result.summary,
      expectations: { failed: expectations },
      messages: result.messages,
      bytes: result.bytes,
      drops: result.drops,
      faults: result.faults,
      evidence,
      withoutEffect: result.withoutEffect,
      slots: result.slots
    }
    writeResult(join(this.folder, 'run.json'), `${JSON.stringify(document, undefined, 2)}\n`)
    const rows = result.slots.map(slot => COLUMNS.map(([, of]) => quoted(of(slot))).join(','))
    writeResult(join(this.folder, 'slots.csv'), `${[COLUMNS.map(([name]) => name).join(','), ...rows].join('\n')}\n`)
    writeResult(join(this.folder, 'membership.csv'), membershipCsv(result.changes))
  }
}

function quoted(value: string | number | boolean | undefined): string {
  const text = String(value ?? '')
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
