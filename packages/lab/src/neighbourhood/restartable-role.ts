// A role of a neighbourhood in this process, as a lab kills it and starts it again.
import type { NetworkNode } from '@hushgrid/network'

const ANY_PORT = '/ip4/127.0.0.1/tcp/0'

/** A role's node, as far as it is stopped here. */
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

  /** Undefined while the role is down. */
  get node(): Node | undefined {
    return this.#node
  }

  /** Where it listens: at the address that it had before, else at the wished one, else at a free port. */
  listen(wished: string | undefined): string[] {
    return [this.#listened ?? wished ?? ANY_PORT]
  }

  started(node: Node): void {
    this.#node = node
    // The address that a node listens on is the one that it is dialled at, without its peer id.
    this.#listened = node.node.addresses[0]?.replace(/\/p2p\/[^/]+$/, '')
  }

  /** Ends it as if its process had been killed. */
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

  async stop(): Promise<void> {
    await this.#node?.stop()
  }
}
