// A meter whose journal, keys and ticket are kept as its program keeps them, through their codecs.
import { EXPORT_LANE, IdentityKey, IMPORT_LANE, type Millis, SeededRng, type Slot, slotAt } from '@hushgrid/primitives'
import { decodeBatch } from '../../src/batch/encoding.ts'
import type { BatchPeriod } from '../../src/batch/period.ts'
import { decodeBillingKeys, encodeBillingKeys, firstBillingKeys, type MeterKey } from '../../src/meter/billing-keys.ts'
import { decodeBillingRecord, encodeBillingRecord } from '../../src/meter/billing-record.ts'
import { createMeterBilling, type MeterBillingConfig, type MeterBillingOutput } from '../../src/meter/billing-state.ts'
import { decodeHomeReply, encodeHomeRequest, type HomeReply, type HomeRequest } from '../../src/meter/home-messages.ts'
import { type MeterBillingInput, stepMeterBilling } from '../../src/meter/meter-billing.ts'
import { newPairingTicket, type PairingTicket } from '../../src/meter/pairing.ts'

export const HOUR = 3600
export const METER = IdentityKey.generate(new SeededRng('meter'))
export const CUSTOMER = IdentityKey.generate(new SeededRng('customer')).id

export function at(text: string): Millis {
  return Date.parse(text) as Millis
}

export function slotOf(text: string): Slot {
  return slotAt(at(text), HOUR)
}

export function configOf(period: BatchPeriod = 'day', timeZone = 'UTC'): MeterBillingConfig {
  return { identity: METER, rng: new SeededRng('K'), terms: { slotSeconds: HOUR, lanes: [IMPORT_LANE, EXPORT_LANE], period, timeZone } }
}

/** A meter whose journal is kept as its program keeps it, through the codec. */
export class Meter {
  journal: Uint8Array[] = []
  keys: Uint8Array
  ticket: PairingTicket | undefined
  readonly config: MeterBillingConfig
  #state
  outputs: MeterBillingOutput[] = []

  constructor(now: Millis, config = configOf()) {
    this.config = config
    const keys = firstBillingKeys(config.rng)
    this.keys = encodeBillingKeys(keys)
    this.#state = createMeterBilling(config, { keys, journal: [] }, now)
  }

  get state() {
    return this.#state
  }

  restart(now: Millis, lost = false): void {
    const journal = lost ? undefined : this.journal.map(decodeBillingRecord)
    this.#state = createMeterBilling(this.config, { keys: decodeBillingKeys(this.keys), journal }, now)
  }

  feed(input: MeterBillingInput, now: Millis): readonly MeterBillingOutput[] {
    const { state, outputs } = stepMeterBilling(this.#state, input, now)
    this.#state = state
    for (const output of outputs) {
      if (output.type === 'journal') this.journal.push(encodeBillingRecord(output.record))
      else if (output.type === 'replace') this.journal = output.records.map(encodeBillingRecord)
      else if (output.type === 'keys') this.keys = encodeBillingKeys(output.keys)
      else if (output.type === 'ticket') this.ticket = output.ticket
    }
    this.outputs.push(...outputs)
    return outputs
  }

  /** Measures each slot from the one to the other, ticking as its program does. */
  run(from: string, until: string, value: (slot: Slot) => bigint | undefined = () => 1n): void {
    for (let slot = slotOf(from); slot < slotOf(until); slot++) {
      const now = ((slot + 1) * HOUR * 1000) as Millis
      const wh = value(slot as Slot)
      if (wh !== undefined) this.feed({ type: 'reading', slot: slot as Slot, values: [wh, 0n] }, now)
      this.feed({ type: 'tick' }, now)
    }
  }

  /** Measures each slot from the one to the other, and ticks once they are over, as after a sleep. */
  catchUp(from: string, until: string, value: (slot: Slot) => bigint | undefined): void {
    const now = at(until)
    for (let slot = slotOf(from); slot < slotOf(until); slot++) {
      const wh = value(slot as Slot)
      if (wh !== undefined) this.feed({ type: 'reading', slot: slot as Slot, values: [wh, 0n] }, now)
    }
    this.feed({ type: 'tick' }, now)
  }

  ask(request: HomeRequest, from = CUSTOMER, now = at('2014-01-01T00:00Z')): HomeReply {
    return this.askBytes(encodeHomeRequest(request), from, now)
  }

  askBytes(bytes: Uint8Array, from = CUSTOMER, now = at('2014-01-01T00:00Z')): HomeReply {
    const reply = this.feed({ type: 'request', from, bytes, ticket: this.ticket, token: 7 }, now).at(-1)
    if (reply?.type !== 'reply' || reply.token !== 7) throw new Error('expected a reply')
    return decodeHomeReply(reply.bytes)
  }

  /** Shows a code and pairs a customer with it. */
  pair(at: Millis, from = CUSTOMER): MeterKey {
    const { code, ticket } = newPairingTicket(new SeededRng(`code ${this.outputs.length}`))
    this.ticket = ticket
    const reply = this.ask({ type: 'pair', code }, from, at)
    if (reply.type !== 'paired') throw new Error(`expected to be paired, got ${JSON.stringify(reply)}`)
    return { epoch: reply.epoch, key: reply.key }
  }

  /** The key that seals what is measured now. */
  get key(): MeterKey {
    return this.#state.keys.at(-1) as MeterKey
  }

  sealed(): { firstSlot: Slot; slots: number; gaps: number }[] {
    return this.outputs.flatMap(output => (output.type === 'sealed' ? [output] : []))
  }

  batches(): ReturnType<typeof decodeBatch>[] {
    return this.journal.map(decodeBillingRecord).flatMap(record => (record.kind === 'batch' ? [decodeBatch(record.bytes)] : []))
  }
}
