// What the parties of this path answer on their streams, whoever carries questions and answers.
import { decodeEnvelope, MalformedMessageError, MessageType, SyncReply, SyncRequest, syncReplyWith } from '@hushgrid/messages'
import { type LaneVector, type MeterId, type Millis, type ObisCode, type Slot, sha256, slotAt, toHex } from '@hushgrid/primitives'
import type { ConcentratorInput, ConcentratorOutput } from './concentrator/state.ts'
import type { PesMeterInput, PesMeterState } from './meter/state.ts'
import type { BatchInput, PesOutput } from './pes/state.ts'
import type { SupplierInput, SupplierOutput } from './supplier/machine.ts'

/** Makes one step of a machine; gives what was carried out, nothing where it has stopped. */
type Feed<Input, Output> = (input: Input) => readonly Output[]

/** Has a meter read the slot that has just ended, where it takes part in it; called before each tick. */
export function readMeter(
  { terms, firstSlot, config }: PesMeterState,
  now: Millis,
  readings: (slot: Slot, lanes: readonly ObisCode[]) => LaneVector | undefined
): Extract<PesMeterInput, { type: 'reading' }> | undefined {
  const slot = (slotAt(now, config.slotSeconds) - 1) as Slot
  if (!terms || firstSlot === undefined || slot < firstSlot) return undefined
  const lanes = readings(slot, terms.lanes)
  return lanes && { type: 'reading', slot, lanes }
}

/** Answers a meter on the concentrator's enrol stream; undefined where the concentrator has stopped. */
export function answerMeter(
  input: Extract<ConcentratorInput, { type: 'enrol' }>,
  feed: Feed<ConcentratorInput, ConcentratorOutput>
): Uint8Array | undefined {
  const reply = feed(input).find(output => output.type === 'reply' && output.token === input.token)
  return reply?.type === 'reply' ? reply.bytes : undefined
}

/** Answers a meter that hands the concentrator a reading again. A reading that is known is well received. */
export function answerReading(from: MeterId, request: Uint8Array, feed: Feed<ConcentratorInput, ConcentratorOutput>): Uint8Array {
  const { envelope } = SyncRequest.decode(request)
  const outputs = feed({ type: 'message', channel: 'sync', from, bytes: envelope })
  const dropped = outputs.find(output => output.type === 'dropped')
  return syncReplyWith(dropped?.type === 'dropped' && dropped.reason !== 'duplicate' ? dropped.reason : '')
}

/** Answers whoever asks the PES for the setup or brings a batch; undefined where the PES has stopped. */
export function answerAsPes(setup: Uint8Array, input: BatchInput, feed: Feed<BatchInput, PesOutput>): Uint8Array | undefined {
  if (decodeEnvelope(input.bytes).type === MessageType.PesSetupRequest) return setup
  const reply = feed(input).find(output => output.type === 'reply' && output.token === input.token)
  return reply?.type === 'reply' ? reply.bytes : undefined
}

/** Answers a concentrator that brings the supplier an aggregate. */
export function answerForward(input: Extract<SupplierInput, { type: 'message' }>, feed: Feed<SupplierInput, SupplierOutput>): Uint8Array {
  const outputs = feed(input)
  const taken = outputs.some(output => output.type === 'taken')
  const dropped = outputs.find(output => output.type === 'dropped')
  return syncReplyWith(taken ? '' : dropped?.type === 'dropped' ? dropped.reason : 'not taken')
}

/** Carrier of a concentrator's envelopes to the supplier. */
export interface ForwardsInit {
  /** Sends one to the supplier; `answered` is called with its answer, or with undefined where nobody answers. */
  readonly send: (bytes: Uint8Array, answered: (answer: Uint8Array | undefined) => void) => void
  readonly feed: Feed<ConcentratorInput, ConcentratorOutput>
  /** Told why the supplier does not take one. */
  readonly refused: (why: string) => void
}

/** Envelopes for the supplier, sent one at a time, since a billing period's end brings one of every household. */
export class Forwards {
  readonly #init: ForwardsInit
  /** By their hash: the machine says an envelope again until it was taken. */
  readonly #waiting = new Map<string, Uint8Array>()
  #sending = false

  constructor(init: ForwardsInit) {
    this.#init = init
  }

  add(bytes: Uint8Array): void {
    this.#waiting.set(toHex(sha256(bytes)), bytes)
    if (!this.#sending) this.#next()
  }

  /** Sends until nothing is left or nobody answers; the machine says again what has to be sent. */
  #next(): void {
    const [head] = this.#waiting
    this.#sending = head !== undefined
    if (!head) return
    const [hash, bytes] = head
    this.#init.send(bytes, answer => {
      if (answer) this.#answered(hash, bytes, answer)
      else this.#waiting.clear()
      this.#next()
    })
  }

  #answered(hash: string, bytes: Uint8Array, answer: Uint8Array): void {
    this.#waiting.delete(hash)
    const refused = refusedIn(answer)
    if (refused === '') this.#init.feed({ type: 'forwarded', hash: sha256(bytes) })
    else this.#init.refused(refused)
  }
}

function refusedIn(answer: Uint8Array): string {
  try {
    return SyncReply.decode(answer).refused
  } catch (cause) {
    if (!(cause instanceof MalformedMessageError)) throw cause
    return `its answer cannot be read: ${cause.message}`
  }
}
