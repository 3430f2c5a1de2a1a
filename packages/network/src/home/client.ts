// A customer's side of the home network: requests to one meter, and what went wrong with them in a sentence.
import { setTimeout as wait } from 'node:timers/promises'
import {
  type BatchPlace,
  decodeHomeReply,
  encodeHomeRequest,
  type HomeReply,
  type HomeRequest,
  type MeterKey,
  provenRequest
} from '@hushgrid/billing'
import { HushgridError, type MeterId, type Slot } from '@hushgrid/primitives'
import { idInAddress } from '../libp2p/addresses.ts'
import type { NetworkNode } from '../libp2p/node.ts'

/** Pause before a request is sent again, real milliseconds, and how often it is. */
const PAUSE = 1000
const MOST_AGAIN = 8

/** The meter does not do what the customer asks. */
export class HomeRefusedError extends HushgridError {
  override name = 'HomeRefusedError'
}

/** No meter answers on a home network at the address. */
export class HomeUnreachableError extends HushgridError {
  override name = 'HomeUnreachableError'
}

/** A customer's side of the home network: asks one meter. */
export class HomeClient {
  readonly meter: MeterId
  readonly #node: NetworkNode
  readonly #customer: MeterId
  readonly #address: string
  /** True once the meter has answered. */
  #answered = false

  /**
   * @param customer - the key that the node is started with
   * @param address - multiaddr of the meter, with its peer id: another node cannot answer in its place
   */
  constructor(node: NetworkNode, customer: MeterId, address: string) {
    this.#node = node
    this.#customer = customer
    this.#address = address
    this.meter = idInAddress(address)
  }

  /**
   * Trades the code that the meter shows for the K in force, which it does once.
   *
   * @throws HomeRefusedError, HomeUnreachableError, HomeMessageError
   */
  async pair(code: Uint8Array, signal: AbortSignal): Promise<MeterKey> {
    const reply = await this.#ask({ type: 'pair', code }, signal)
    return reply.type === 'paired' ? { epoch: reply.epoch, key: reply.key } : unexpected(reply)
  }

  /**
   * Asks for the slots of the batches that the meter keeps under a key.
   *
   * @returns the slots, and whether the key is in force: where it is not, another seals what is measured now
   */
  async list(key: MeterKey, signal: AbortSignal): Promise<{ readonly inForce: boolean; readonly batches: readonly BatchPlace[] }> {
    const reply = await this.#ask(provenRequest(key, this.#parties, { type: 'list' }), signal)
    return reply.type === 'list' ? { inForce: reply.inForce, batches: reply.batches } : unexpected(reply)
  }

  /** Gets the batch that begins with a slot, as `encodeBatch` gives it. */
  async get(key: MeterKey, firstSlot: Slot, signal: AbortSignal): Promise<Uint8Array> {
    const reply = await this.#ask(provenRequest(key, this.#parties, { type: 'get', firstSlot }), signal)
    return reply.type === 'batch' ? reply.bytes : unexpected(reply)
  }

  get #parties(): { meter: MeterId; customer: MeterId } {
    return { meter: this.meter, customer: this.#customer }
  }

  async #ask(request: HomeRequest, signal: AbortSignal): Promise<HomeReply> {
    const reply = decodeHomeReply(await this.#sendPatiently(request, signal))
    if (reply.type === 'refused') throw new HomeRefusedError(`the meter refuses: ${reply.reason}`)
    return reply
  }

  /**
   * Sends a request, and sends it again where a meter that has answered does not any more: it takes a customer for a minute,
   * and so many requests a second. Never sends a code again, which may be used by then.
   */
  async #sendPatiently(request: HomeRequest, signal: AbortSignal): Promise<Uint8Array> {
    const bytes = encodeHomeRequest(request)
    for (let again = 0; ; again++) {
      try {
        const answer = await this.#send(bytes, signal)
        this.#answered = true
        return answer
      } catch (cause) {
        if (!this.#answered || request.type === 'pair' || again === MOST_AGAIN) throw cause
        await wait(PAUSE)
      }
    }
  }

  async #send(bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    try {
      await this.#node.connect(this.#address, signal)
      return await this.#node.request(this.meter, 'home', bytes, signal)
    } catch (cause) {
      throw new HomeUnreachableError(`${this.#address}: expected the home network of a meter, got ${problemOf(cause)}`)
    }
  }
}

function problemOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  if (cause.name === 'UnsupportedProtocolError')
    return 'a node without one: the log of the meter has the address of its own under "billing"'
  return `no answer (${cause.message})`
}

function unexpected(reply: HomeReply): never {
  throw new HomeRefusedError(`the meter: expected an answer to what was asked, got one of kind '${reply.type}'`)
}
