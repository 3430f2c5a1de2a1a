// A neighbourhood with a process for each role, all meters sharing one, so that each role's cost can be measured apart.
import { join } from 'node:path'
import type { ClockAnchor } from '@hushgrid/network'
import { HushgridError, type MeterId, type Slot, slotAt } from '@hushgrid/primitives'
import { takeStalls } from '../meters/event-loop-lag.ts'
import type { HostOperation } from '../meters/operation.ts'
import { FormedNeighbourhood } from '../neighbourhood/base.ts'
import { MemberRoll } from '../neighbourhood/member-roll.ts'
import type { LabNeighbourhood, LabSample, NeighbourhoodOptions } from '../neighbourhood/neighbourhood.ts'
import { RoleProcess } from './process.ts'
import type { RoleEvent, RoleReady, RoleSample, RoleSetting } from './protocol.ts'
import { ROLES, type RoleName } from './role.ts'
import type { RoleProcesses } from './runner.ts'

/** Number of slots for which a concentrator's report of missing members waits for the result. */
const KEPT_SLOTS = 8

type Samples = Readonly<Partial<Record<RoleName, RoleSample>>>

/** One neighbourhood, from its first process to its last. */
export class RoleNeighbourhood extends FormedNeighbourhood implements LabNeighbourhood {
  readonly keys = {}
  override readonly rounds: number
  /** The last sample of every role. */
  samples: Samples = {}
  readonly #processes: RoleProcesses
  readonly #roles = new Map<RoleName, RoleProcess>()
  readonly #roll = new MemberRoll(this.memberships)
  readonly #missing = new Map<Slot, readonly MeterId[]>()
  #isStopped = false

  constructor(options: NeighbourhoodOptions, processes: RoleProcesses) {
    super(options)
    this.#processes = processes
    this.rounds = processes.rounds ?? 1
  }

  /** Number of messages dropped by all roles but the meters, by reason. */
  get drops(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const role of ROLES.filter(name => name !== 'meter'))
      for (const [reason, count] of Object.entries(this.samples[role]?.drops ?? {})) counts[reason] = (counts[reason] ?? 0) + count
    return counts
  }

  async form(): Promise<void> {
    const { members, readings } = this.options
    await this.#processes.form({
      options: this.options,
      // Meters that join later are in the same process.
      meters: { households: Array.from({ length: members }, (_, household) => household), recipe: readings.recipe },
      folder: role => this.#folder(role),
      start: (role, setting) => this.#start(role, setting)
    })
    if (this.memberships.length === 0) this.#roll.formed(this.firstSlot)
  }

  #folder(role: RoleName): string {
    return join(this.options.state, role)
  }

  async #start(role: RoleName, own: object): Promise<RoleReady> {
    const { network, members, fail } = this.options
    const setting: RoleSetting = { network, members, firstSlot: this.firstSlot, before: this.before, state: this.#folder(role) }
    // The forming goes on behind a Ctrl-C, which does not wait for it.
    if (this.#isStopped) throw new HushgridError(`${role}: expected a neighbourhood that runs, got one that was stopped`)
    const process = new RoleProcess(
      { role, module: this.#processes.module, setting: { ...setting, ...own } },
      { event: event => this.#hear(role, event), fail }
    )
    this.#roles.set(role, process)
    return await process.ready
  }

  #hear(role: RoleName, event: RoleEvent): void {
    switch (event.type) {
      case 'identity':
        this.households.set(event.id, event.household)
        return
      case 'result': {
        const missing = this.#missing.get(event.result.slot) ?? []
        const result = event.result.type === 'total' && event.result.missing.length === 0 ? { ...event.result, missing } : event.result
        this.results.publish({ ...result, at: event.at })
        return
      }
      case 'missing':
        this.#missing.set(event.slot, event.missing)
        if (this.#missing.size > KEPT_SLOTS) this.#missing.delete(Math.min(...this.#missing.keys()) as Slot)
        return
      case 'requested':
        this.course(event.slot).requests++
        return
      case 'membership':
        this.memberships.push(event.membership)
        return
      case 'member':
        this.#roll.change(event.id, event.what, slotAt(this.clock.now(), this.options.network.slotSeconds))
        return
      case 'news':
        this.onNews(event.news)
        return
      case 'warn':
        this.options.emit({ type: 'warning', text: `${role}: ${event.text}` })
        return
    }
  }

  begin(): void {
    this.follow(this.firstAnchor())
  }

  protected override follow(anchor: ClockAnchor): void {
    super.follow(anchor)
    for (const role of this.#roles.values()) role.startClock(anchor)
  }

  async operate(operation: HostOperation): Promise<void> {
    await this.carryOut(operation, async () => this.#roles.get('meter')?.operate(operation))
  }

  partition(): Promise<void> {
    return onlyMeters('partition')
  }

  stopAggregator(): Promise<void> {
    return onlyMeters('aggregator-crash')
  }

  restartAggregator(): Promise<void> {
    return onlyMeters('aggregator-restart')
  }

  stopRegistrar(): Promise<void> {
    return onlyMeters('registrar-crash')
  }

  restartRegistrar(): Promise<void> {
    return onlyMeters('registrar-restart')
  }

  /** Gives the resources that all roles have used so far; leaves those of each role in `samples`. */
  async sample(): Promise<LabSample> {
    const taken = await Promise.all([...this.#roles].map(async ([role, process]) => [role, await process.sample()] as const))
    this.samples = Object.fromEntries(taken)
    const sum = (of: (sample: RoleSample) => number): number => taken.reduce((total, [, sample]) => total + of(sample), 0)
    return {
      cpuMs: sum(sample => sample.cpuMs),
      bytes: sum(sample => sample.sentBytes),
      rss: sum(sample => sample.peakRss),
      keyAgreements: sum(sample => sample.keyAgreements),
      agreementsOf: this.samples.meter?.agreementsOf ?? {},
      credentialChecks: 0,
      submissionBytes: 0,
      submissions: 0,
      verified: {},
      drops: this.drops,
      // This process takes results and carries changes out, so that its lateness counts too.
      stalls: [...takeStalls(), ...taken.flatMap(([, sample]) => sample.stalls)]
    }
  }

  /** Ends all processes, those that still start too. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all([...this.#roles.values()].map(role => role.stop()))
  }
}

function onlyMeters(what: string): Promise<never> {
  return Promise.reject(new HushgridError(`'${what}': expected a change that befalls meters: join, leave, crash, restart`))
}
