// Meters of a scheme, all in one process. A household's device, where a scheme has one, runs beside its meter and is counted with
// the meters.
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { SchedulingClock } from '@hushgrid/network'
import { HushgridError } from '@hushgrid/primitives'
import { SCHEMES } from '@hushgrid/schemes'
import { laneCodes } from '@hushgrid/topology'
import { MeterFleet } from '../../meters/fleet.ts'
import { laneReadings, readerOf } from '../../meters/readings.ts'
import type { MetersSetting } from '../../roles/protocol.ts'
import { dropsOnly, type RoleContext, type RunRole } from '../../roles/runner.ts'
import { journalIn, type PartyMemory, type PartySetting, type SchemeParty, startParty } from './party.ts'

export type MetersOrder = PartySetting & MetersSetting

/** Time between two questions whether the group has formed, real ms. */
const ASK_EVERY = 50
/** Time that the first group may take to form, ms: fifty Paillier keys of 4096 bits in one process. */
const FORM_WITHIN = 600_000

/** Runs the meters that there are from the start, and those that join later. */
export const runSchemeMeters: RunRole<MetersOrder> = async (order, context) => {
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
  const begun = performance.now()
  while (first && !signal.aborted && !(await first.service.hasFormed())) {
    if (performance.now() - begun > FORM_WITHIN)
      throw new HushgridError(`the first group: expected all parties to form it within ${FORM_WITHIN / 60_000} minutes`)
    await wait(ASK_EVERY)
  }
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
  readonly #order: Parameters<typeof runSchemeMeters>[0]
  readonly #context: RoleContext
  readonly #reading: ReturnType<typeof readerOf>
  readonly #scheme: ReturnType<(typeof SCHEMES)[keyof typeof SCHEMES]>
  readonly #memories = new Map<number, PartyMemory>()
  readonly #parties = new Map<string, SchemeParty>()

  constructor(order: Parameters<typeof runSchemeMeters>[0], context: RoleContext) {
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
