// The whole path in memory: meters, concentrator, PES and supplier, with messages handed over at once.

import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { converseByCalls } from '@hushgrid/machine'
import { type MessageType, sealEnvelope } from '@hushgrid/messages'
import { generateKeyPair, type PrivateKey, splitKey } from '@hushgrid/paillier'
import {
  DEFAULT_LANES,
  type Epoch,
  IdentityKey,
  type LaneVector,
  lanesFromIntegers,
  type MeterId,
  type Millis,
  millis,
  SeededRng,
  type SigningKey,
  type Slot,
  sha256,
  slotTimes,
  utf8
} from '@hushgrid/primitives'
import { createConcentrator, stepConcentrator } from '../../src/concentrator/machine.ts'
import type { ConcentratorOutput, ConcentratorRecord, ConcentratorState } from '../../src/concentrator/state.ts'
import { signDealt } from '../../src/dealt.ts'
import { pesEnrolment } from '../../src/meter/enrolment.ts'
import { createPesMeter, stepPesMeter } from '../../src/meter/machine.ts'
import type { PesMeterOutput, PesMeterRecord, PesMeterState } from '../../src/meter/state.ts'
import { createPes, stepPes } from '../../src/pes/machine.ts'
import { openPesSetup, type PesLimits, type PesVariantName, sealPaillierKey, sealPesSetup } from '../../src/pes/setup.ts'
import type { PesOutput, PesState } from '../../src/pes/state.ts'
import { keyForPes } from '../../src/reading.ts'
import { createSupplier, type SupplierOutput, type SupplierState, stepSupplier } from '../../src/supplier/machine.ts'

export const SLOT_SECONDS = 900
export const FIRST_SLOT = 2_000_000
const NETWORK = sha256(utf8('pes test'))

/** Keys that take long to make, once for all tests. */
export const rsa = generateKeyPairSync('rsa', { modulusLength: 3072 })
export const paillier: PrivateKey = generateKeyPair(512, { insecure: true }).privateKey
export const shares = splitKey(paillier, new SeededRng('shares'))
export const dealerKey = IdentityKey.generate(new SeededRng('dealer'))
export const dealt = signDealt(dealerKey, NETWORK, paillier.publicKey, shares[0])

export interface PathOptions {
  readonly variant?: PesVariantName
  readonly members?: number
  readonly limits?: Partial<PesLimits>
  readonly batch?: number
  readonly allowed?: ReadonlySet<MeterId>
  /** Meters that the PES takes. */
  readonly listed?: ReadonlySet<MeterId>
}

interface VirtualMeter {
  readonly identity: IdentityKey
  readonly secret: Uint8Array
  /** AES key for the PES. */
  readonly key: Uint8Array
  state: PesMeterState
  readonly journal: PesMeterRecord[]
  up: boolean
}

/** A neighbourhood of this path under a clock that the test sets. */
export class VirtualPath {
  readonly rng = new SeededRng('pes')
  readonly variant: PesVariantName
  readonly limits: PesLimits
  readonly meters: VirtualMeter[] = []
  readonly concentratorKey = IdentityKey.generate(this.rng)
  readonly pesKey = IdentityKey.generate(this.rng)
  readonly supplierKey = IdentityKey.generate(this.rng)
  readonly setup: Uint8Array
  readonly outputs = {
    meters: [] as PesMeterOutput[],
    concentrator: [] as ConcentratorOutput[],
    pes: [] as PesOutput[],
    supplier: [] as SupplierOutput[]
  }
  readonly concentratorJournal: ConcentratorRecord[] = []
  /** Everything that left a node, as bytes. */
  readonly wire: Uint8Array[] = []
  concentrator: ConcentratorState
  pes: PesState
  supplier: SupplierState
  snapshot: Uint8Array | undefined
  now: Millis
  /** Whether the PES, the supplier can be reached. */
  pesUp = true
  supplierUp = true
  /** May change or drop (undefined) what a meter publishes. */
  onPublish: (bytes: Uint8Array, meter: number) => Uint8Array | undefined = bytes => bytes
  onBatch: (bytes: Uint8Array) => Uint8Array = bytes => bytes
  #token = 0
  readonly #listed: ReadonlySet<MeterId> | undefined

  constructor(options: PathOptions = {}) {
    const { variant = 'reencrypt', members = 8 } = options
    this.variant = variant
    this.limits = { lanes: DEFAULT_LANES, slotSeconds: SLOT_SECONDS, minMembers: 6, billingSlots: 8, minReadings: 4, ...options.limits }
    this.now = slotTimes(FIRST_SLOT as Slot, SLOT_SECONDS).start
    const key = sealPaillierKey(this.supplierKey, NETWORK, paillier.publicKey, variant === 'direct' ? dealt : undefined)
    this.#listed = options.listed
    this.setup = sealPesSetup(this.pesKey, NETWORK, { paillierKey: key, rsaKey: rsa.publicKey }, this.limits)
    const terms = this.terms
    this.concentrator = createConcentrator(
      { identity: this.concentratorKey, terms, setup: this.setup, batch: options.batch, allowed: options.allowed },
      [],
      this.now
    )
    this.pes = createPes(this.pesConfig(), undefined, this.now)
    this.supplier = createSupplier({ terms, decrypt: aggregate => paillier.decrypt(aggregate) })
    for (let i = 0; i < members; i++) this.add()
  }

  get terms() {
    return openPesSetup(this.setup, { networkId: NETWORK, slotSeconds: SLOT_SECONDS, dealer: dealerKey.id, insecure: true })
  }

  pesConfig(rsaKey: KeyObject = rsa.privateKey) {
    const { terms, rng } = this
    return { identity: this.pesKey, terms, concentrator: this.concentratorKey.id, rng, rsaKey, allowed: this.#listed }
  }

  /** A meter, which joins at once. */
  add(): number {
    const identity = IdentityKey.generate(this.rng)
    const secret = this.rng.bytes(32)
    const key = keyForPes(secret, identity.id, this.terms)
    const journal: PesMeterRecord[] = []
    const state = createPesMeter(this.meterConfig(identity, secret), journal, this.now)
    this.meters.push({ identity, secret, key, state, journal, up: true })
    const index = this.meters.length - 1
    converseByCalls(
      pesEnrolment({ concentrator: this.concentratorKey.id, feed: input => this.feedMeter(index, input) }),
      (turn, answered) => answered(turn.type === 'ask' ? this.#reply(index, turn.bytes) : new Uint8Array(0)),
      () => undefined
    )
    return index
  }

  meterConfig(identity: IdentityKey, secret: Uint8Array) {
    return {
      identity,
      secret,
      networkId: NETWORK,
      slotSeconds: SLOT_SECONDS,
      concentrator: this.concentratorKey.id,
      policy: { pes: this.pesKey.id, supplier: this.supplierKey.id, dealer: dealerKey.id, insecure: true },
      rng: this.rng
    }
  }

  meter(index: number): VirtualMeter {
    return this.meters[index] as VirtualMeter
  }

  seal(signer: SigningKey, type: MessageType, slot: number, payload: Uint8Array): Uint8Array {
    return sealEnvelope(signer, type, NETWORK, 0 as Epoch, slot as Slot, payload)
  }

  /** A request to the concentrator and its answer. */
  ask(index: number, type: 'set-up' | 'join' | 'leave'): readonly PesMeterOutput[] {
    const request = this.feedMeter(index, { type }).find(output => output.type === 'request')
    if (request?.type !== 'request') throw new Error('expected a request')
    return this.answer(index, request.bytes)
  }

  answer(index: number, bytes: Uint8Array): readonly PesMeterOutput[] {
    return this.feedMeter(index, { type: 'message', from: this.concentratorKey.id, bytes: this.#reply(index, bytes) })
  }

  #reply(index: number, bytes: Uint8Array): Uint8Array {
    const token = this.#token++
    const from = this.meter(index).identity.id
    const reply = this.feedConcentrator({ type: 'enrol', from, bytes, token }).find(output => output.type === 'reply')
    if (reply?.type !== 'reply') throw new Error('expected a reply')
    return reply.bytes
  }

  feedMeter(index: number, input: Parameters<typeof stepPesMeter>[1]): readonly PesMeterOutput[] {
    const meter = this.meter(index)
    const { state, outputs } = stepPesMeter(meter.state, input, this.now)
    meter.state = state
    this.outputs.meters.push(...outputs)
    for (const output of outputs) {
      if (output.type === 'journal') meter.journal.push(output.record)
      else if (output.type === 'publish' || output.type === 'resend') {
        this.wire.push(output.bytes)
        const bytes = this.onPublish(output.bytes, index)
        if (bytes) this.feedConcentrator({ type: 'message', channel: 'readings', from: meter.identity.id, bytes })
      }
    }
    return outputs
  }

  feedConcentrator(input: Parameters<typeof stepConcentrator>[1]): readonly ConcentratorOutput[] {
    const { state, outputs } = stepConcentrator(this.concentrator, input, this.now)
    this.concentrator = state
    this.outputs.concentrator.push(...outputs)
    for (const output of outputs) {
      if (output.type === 'journal') this.concentratorJournal.push(output.record)
      else if (output.type === 'batch') this.toPes(output.bytes)
      else if (output.type === 'forward' && this.supplierUp) this.toSupplier(output.bytes)
    }
    return outputs
  }

  /** Brings the PES a batch, as the concentrator signs it. */
  toPes(sent: Uint8Array): void {
    const bytes = this.onBatch(sent)
    this.wire.push(bytes)
    if (!this.pesUp) {
      this.feedConcentrator({ type: 'batch-reply', bytes: undefined })
      return
    }
    const { state, outputs } = stepPes(this.pes, { type: 'batch', from: this.concentratorKey.id, bytes, token: this.#token++ }, this.now)
    this.pes = state
    this.outputs.pes.push(...outputs)
    for (const output of outputs) {
      if (output.type === 'snapshot') this.snapshot = output.bytes
      else if (output.type === 'reply') {
        this.wire.push(output.bytes)
        this.feedConcentrator({ type: 'batch-reply', bytes: output.bytes })
      }
    }
  }

  toSupplier(bytes: Uint8Array): void {
    this.wire.push(bytes)
    const { state, outputs } = stepSupplier(this.supplier, { type: 'message', from: this.concentratorKey.id, bytes }, this.now)
    this.supplier = state
    this.outputs.supplier.push(...outputs)
    for (const output of outputs) if (output.type === 'taken') this.feedConcentrator({ type: 'forwarded', hash: output.hash })
  }

  /** Moves the clock, ticking whoever asks on the way. */
  until(moment: number): void {
    while (this.now < moment) {
      const wants = [this.concentrator.wakeAt, ...this.meters.filter(({ up }) => up).map(({ state }) => state.wakeAt)]
      const next = Math.min(moment, ...wants.filter(wake => wake !== undefined).map(wake => Math.max(wake, this.now + 1)))
      this.now = millis(next)
      this.meters.forEach((meter, index) => {
        if (meter.up && (meter.state.wakeAt ?? Number.POSITIVE_INFINITY) <= this.now) this.feedMeter(index, { type: 'tick' })
      })
      if ((this.concentrator.wakeAt ?? Number.POSITIVE_INFINITY) <= this.now) this.feedConcentrator({ type: 'tick' })
    }
  }

  /** One slot: every meter that is up reads, and the slot passes until it is over. */
  slot(slot: number): void {
    this.until(slotTimes(slot as Slot, SLOT_SECONDS).end - 1)
    this.meters.forEach((meter, index) => {
      if (meter.up) this.feedMeter(index, { type: 'reading', slot: slot as Slot, lanes: reading(index, slot) })
    })
    this.until(slotTimes(slot as Slot, SLOT_SECONDS).over)
  }

  totals() {
    return this.outputs.supplier.filter(output => output.type === 'total')
  }
}

/** Import of 100·(index + 1) + slot, and some feed-in as a negative lane. */
export function reading(index: number, slot: number): LaneVector {
  return lanesFromIntegers([BigInt(100 * (index + 1) + (slot % 50)), BigInt(-index)])
}

export function sumOf(indices: readonly number[], slot: number): bigint[] {
  return [0, 1].map(lane => indices.reduce((sum, index) => sum + BigInt.asIntN(64, reading(index, slot)[lane] as bigint), 0n))
}
