import { type BatchPlace, decodeHomeReply, encodeHomeRequest, type HomeReply, type HomeRequest, provenRequest } from '@hushgrid/billing'
import { HushgridError, type MeterId, type Slot } from '@hushgrid/primitives'
import { idInAddress } from '../libp2p/addresses.ts'
import type { NetworkNode } from '../libp2p/node.ts'

/** The meter does not do what the customer asks. */
export class HomeRefusedError extends HushgridError {
  override name = 'HomeRefusedError'
}

/** A customer's side of the home network: asks one meter. */
export class HomeClient {
  readonly meter: MeterId
  readonly #node: NetworkNode
  readonly #customer: MeterId
  readonly #address: string

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
   * Trades the code that the meter shows for K, which it does once.
   *
   * @returns 32 bytes
   * @throws HomeRefusedError, HomeMessageError, NetworkError
   */
  async pair(code: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const reply = await this.#ask({ type: 'pair', code }, signal)
    return reply.type === 'paired' ? reply.key : unexpected(reply)
  }

  /**
   * Asks for the slots of the batches that the meter keeps.
   *
   * @param key - K
   */
  async list(key: Uint8Array, signal: AbortSignal): Promise<readonly BatchPlace[]> {
    const reply = await this.#ask(provenRequest(key, this.#parties, { type: 'list' }), signal)
    return reply.type === 'list' ? reply.batches : unexpected(reply)
  }

  /** Gets the batch that begins with a slot, as `encodeBatch` gives it. */
  async get(key: Uint8Array, firstSlot: Slot, signal: AbortSignal): Promise<Uint8Array> {
    const reply = await this.#ask(provenRequest(key, this.#parties, { type: 'get', firstSlot }), signal)
    return reply.type === 'batch' ? reply.bytes : unexpected(reply)
  }

  get #parties(): { meter: MeterId; customer: MeterId } {
    return { meter: this.meter, customer: this.#customer }
  }

  async #ask(request: HomeRequest, signal: AbortSignal): Promise<HomeReply> {
    await this.#node.connect(this.#address, signal)
    const reply = decodeHomeReply(await this.#node.request(this.meter, 'home', encodeHomeRequest(request), signal))
    if (reply.type === 'refused') throw new HomeRefusedError(`the meter refuses: ${reply.reason}`)
    return reply
  }
}

function unexpected(reply: HomeReply): never {
  throw new HomeRefusedError(`the meter: expected an answer to what was asked, got one of kind '${reply.type}'`)
}
