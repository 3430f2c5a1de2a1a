// A role of a neighbourhood in this process, as a lab kills it and starts it again.
import type { NetworkNode } from '@hushgrid/network'

const ANY_PORT = '/ip4/127.0.0.1/tcp/0'

/** A role's node, as far as this module stops it. */
export interface RoleNode {
  readonly node: Pick<NetworkNode, 'addresses'>
  readonly service: { stop(): void }
  stop(): Promise<void>
}

/** Holds a role's node while it runs, and the address at which it comes back. */
export class RestartableRole<Node extends RoleNode> {
  #node: Node | undefined
  #listened: string | undefined
  #ending: Promise<void> = Promise.resolve()

  /** Node of the role; undefined while it is down. */
  get node(): Node | undefined {
    return this.#node
  }

  /** Gives the addresses to listen on: the one from before, else the wished one, else a free port. */
  listen(wished: string | undefined): string[] {
    return [this.#listened ?? wished ?? ANY_PORT]
  }

  started(node: Node): void {
    this.#node = node
    // A node listens on the address at which it is dialled, without its peer id.
    this.#listened = node.node.addresses[0]?.replace(/\/p2p\/[^/]+$/, '')
  }

  /** Ends the role as if its process had been killed. */
  async kill(): Promise<void> {
    const node = this.#node
    this.#node = undefined
    node?.service.stop()
    this.#ending = node?.stop() ?? Promise.resolve()
    await this.#ending
  }

  /** Resolves once its address and its store are free. */
  async gone(): Promise<void> {
    await this.#ending
  }

  /** Stops the node, once; a later stop is of one that has started since. */
  async stop(): Promise<void> {
    const node = this.#node
    this.#node = undefined
    await node?.stop()
  }
}
