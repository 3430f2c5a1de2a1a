// Registrar, aggregator, other parties and meters of a scheme, each as a process of its own runs it. A household's device runs
// in the process of the meters, and is counted there.
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { LossReason } from '@hushgrid/messages'
import { NetworkNode, realNow, SchemeRegistrarService, type SchedulingClock } from '@hushgrid/network'
import type { ObisCode, Slot } from '@hushgrid/primitives'
import { type Group, missingIn, type Outcome, SCHEMES, type RoleName as SchemeRole } from '@hushgrid/schemes'
import { laneCodes } from '@hushgrid/topology'
import { MeterFleet } from '../../meters/fleet.ts'
import { laneReadings, readerOf } from '../../meters/readings.ts'
import { firstAddress } from '../../neighbourhood/first-address.ts'
import type { MetersSetting, RoleEvent } from '../../roles/protocol.ts'
import { dropsOnly, LOOPBACK, presetOf, type RoleContext, type RunRole } from '../../roles/runner.ts'
import { identityIn } from '../plain/reading.ts'
import { journalIn, type PartyMemory, type PartySetting, type SchemeParty, type SchemeSetting, startParty } from './party.ts'

const runRegistrar: RunRole<SchemeSetting> = async (order, { clock, tell, fail }) => {
  const { network, members, firstSlot, state } = order
  const identity = identityIn(state)
  const node = await NetworkNode.start({ identity, network: network.name, listen: LOOPBACK, preset: presetOf(order) })
  const registrar = new SchemeRegistrarService({
    node,
    clock,
    config: {
      scheme: SCHEMES[order.scheme]({ bits: order.bits }),
      identity,
      lanes: network.lanes.length,
      slotSeconds: network.slotSeconds,
      members,
      firstSlot
    },
    observe: ({ group, firstSlot: from }) => {
      const { epoch, members: present } = group
      tell({ type: 'membership', membership: { epoch, firstSlot: from, n: present.length, degree: 0, present } })
    },
    warn: text => tell({ type: 'warn', text }),
    fail
  })
  await registrar.start()
  return {
    ready: { address: firstAddress(node), id: identity.id },
    account: () => dropsOnly(registrar.drops),
    stop: async () => {
      registrar.stop()
      await node.stop()
    }
  }
}

const LOSSES: Readonly<Record<Extract<Outcome, { type: 'lost' }>['reason'], LossReason>> = {
  missing: LossReason.MembersMissing,
  malformed: LossReason.MembersMissing,
  implausible: LossReason.Implausible,
  refused: LossReason.Refused
}

/** Makes the event of a slot's outcome, where it is a total or a loss. */
function resultOf({ slot, outcome }: { readonly slot: Slot; readonly outcome: Outcome }, group: Group, open: readonly ObisCode[]): RoleEvent | undefined {
  const { epoch } = group
  const at = realNow()
  if (outcome.type === 'bills') return undefined
  if (outcome.type === 'lost') {
    const { reason, members } = outcome
    return { type: 'result', result: { type: 'lost', slot, epoch, reason: LOSSES[reason], members }, at }
  }
  const { lanes, contributors } = outcome
  const missing = missingIn(group, outcome)
  return { type: 'result', result: { type: 'total', slot, epoch, contributors: contributors.length, missing, lanes, open, withheld: {} }, at }
}

/** Makes the runner of a role that is no meter. */
function partyOf(role: SchemeRole): RunRole<PartySetting> {
  return async (order, { clock, tell, fail }) => {
    const party: SchemeParty = await startParty({
      order,
      role,
      folder: order.state,
      clock,
      observe: output => {
        if (output.type === 'accused') tell({ type: 'news', news: { type: 'evidence', against: output.member, what: output.what } })
        if (output.type !== 'outcome' || output.phase !== 'slot' || role !== 'aggregator') return
        const held = party.service.state.held.find(({ announcement }) => announcement.group.epoch === output.epoch)
        const event = held && resultOf(output, held.announcement.group, laneCodes(order.network))
        if (event) tell(event)
      },
      warn: text => tell({ type: 'warn', text }),
      fail
    })
    await party.service.join()
    return {
      ready: { address: firstAddress(party.node), id: party.id },
      account: () => dropsOnly(party.service.state.drops.counts),
      stop: () => party.stop()
    }
  }
}

/** Time between two questions whether the group has formed, real ms. */
const ASK_EVERY = 50

const runMeters: RunRole<PartySetting & MetersSetting> = async (order, context) => {
  const { clock, signal } = context
  const { households, firstSlot } = order
  const read = readerOf(order.recipe)
  const homes = new Homes(order, context)
  const fleet = new MeterFleet<SchemeParty>({
    clock,
    deeds: ['submission'],
    start: (household, own, did) => homes.start(household, own, () => did('submission')),
    journalOf: household => journalIn(homes.folder(household))
  })
  let first: SchemeParty | undefined
  await fleet.start(households, (household, party) => {
    first ??= party
    read(household, firstSlot, laneCodes(order.network))
  })
  // The clock stands still, so that keys may take their time.
  while (first && !signal.aborted && !(await first.service.hasFormed())) await wait(ASK_EVERY)
  return {
    ready: { address: '', id: undefined },
    operate: operation => fleet.operate(operation),
    account: () => dropsOnly(homes.drops()),
    stop: async () => {
      await fleet.stop()
      await homes.stop()
    }
  }
}

/** Households of this process: their meters' memories, and their devices. */
class Homes {
  readonly #order: Parameters<typeof runMeters>[0]
  readonly #context: RoleContext
  readonly #reading: ReturnType<typeof readerOf>
  readonly #scheme: ReturnType<(typeof SCHEMES)[keyof typeof SCHEMES]>
  readonly #memories = new Map<number, PartyMemory>()
  readonly #parties = new Map<string, SchemeParty>()

  constructor(order: Parameters<typeof runMeters>[0], context: RoleContext) {
    this.#order = order
    this.#context = context
    this.#reading = readerOf(order.recipe)
    this.#scheme = SCHEMES[order.scheme]({ bits: order.bits })
  }

  folder(household: number): string {
    return join(this.#order.state, `meter-${household}`)
  }

  /** Starts a household's meter, and its device where the scheme has one and it does not run yet. */
  async start(household: number, clock: SchedulingClock, submitted: () => void): Promise<SchemeParty> {
    const { tell } = this.#context
    const lanes = laneCodes(this.#order.network)
    const reading = laneReadings(this.#reading, household)
    const device = this.#scheme.roles.device ? await this.#device(household) : undefined
    const meter = await startParty({
      ...this.#common(`meter ${household}`),
      role: 'meter',
      folder: this.folder(household),
      clock,
      ...(device && { device: device.id }),
      readings: slot => reading(slot, lanes),
      memory: this.#memories.get(household),
      observe: output => {
        if (output.type === 'send' && output.phase === 'slot') submitted()
      }
    })
    this.#memories.set(household, meter.memory)
    this.#parties.set(`meter ${household}`, meter)
    tell({ type: 'identity', household, id: meter.id })
    return meter
  }

  #common(name: string) {
    const { tell, fail } = this.#context
    return { order: this.#order, warn: (text: string): void => tell({ type: 'warn', text: `${name}: ${text}` }), fail }
  }

  async #device(household: number): Promise<SchemeParty> {
    const name = `device ${household}`
    const running = this.#parties.get(name)
    if (running) return running
    const folder = join(this.#order.state, `device-${household}`)
    const { clock } = this.#context
    const device = await startParty({ ...this.#common(name), role: 'device', folder, clock, observe: () => {} })
    this.#parties.set(name, device)
    await device.service.join()
    return device
  }

  /** Adds up what all of them have dropped, those that have crashed as far as their last life goes. */
  drops(): Readonly<Record<string, number>> {
    const sum: Record<string, number> = {}
    for (const { service } of this.#parties.values())
      for (const [reason, count] of Object.entries(service.state.drops.counts)) sum[reason] = (sum[reason] ?? 0) + count
    return sum
  }

  /** Stops the devices; the meters are the fleet's to stop. */
  async stop(): Promise<void> {
    await Promise.all([...this.#parties].flatMap(([name, party]) => (name.startsWith('device') ? [party.stop()] : [])))
  }
}

export const roles = {
  registrar: runRegistrar,
  aggregator: partyOf('aggregator'),
  dealer: partyOf('dealer'),
  collector: partyOf('collector'),
  'key-authority': partyOf('key-authority'),
  store: partyOf('store'),
  meter: runMeters
}
