// Base of the services of all roles: a driven machine, topics, upkeep, warnings and the end.
import { setTimeout as wait } from 'node:timers/promises'
import type { Topic } from '@hushgrid/dcnet'
import { Driver, type DriverInit, type Waking } from '@hushgrid/machine'
import type { Verdict } from '@hushgrid/messages'
import type { MeterId } from '@hushgrid/primitives'
import type { NetworkNode } from '../libp2p/node.ts'
import { ClockAlarm } from './alarm.ts'
import type { SchedulingClock } from './clock.ts'

/** Configuration of every role's service. */
export interface ServiceInit<Output> {
  readonly node: NetworkNode
  readonly clock: SchedulingClock
  /** Called with every output after it was carried out; for logs, displays and reports. */
  readonly observe?: (output: Output) => void
  /** Called with what went wrong on the network and will be tried again, or was given up. */
  readonly warn?: (message: string) => void
  /** Called with a failure that the node must not go on after, such as a journal that cannot be written. */
  readonly fail: (cause: unknown) => void
}

/** Base of the services of all roles. */
export abstract class RoleService<State extends Waking, Input, Output extends { readonly type: string }> {
  protected readonly init: ServiceInit<Output>
  protected readonly stopping = new AbortController()
  protected abstract readonly driver: Driver<State, Input, Output>

  constructor(init: ServiceInit<Output>) {
    this.init = init
  }

  get state(): State {
    return this.driver.state
  }

  /** Drives this role's machine by the service's clock, and tells its observer of every output carried out. */
  protected drive({
    carryOut,
    ...machine
  }: Omit<DriverInit<State, Input, Output>, 'clock' | 'alarm' | 'onFailure'>): Driver<State, Input, Output> {
    const { clock, observe, fail } = this.init
    return new Driver({
      ...machine,
      clock,
      alarm: new ClockAlarm(clock),
      carryOut: output => {
        carryOut(output)
        observe?.(output)
      },
      onFailure: fail
    })
  }

  protected get node(): NetworkNode {
    return this.init.node
  }

  protected warn(message: string): void {
    this.init.warn?.(message)
  }

  /** Warns of a failure, unless it comes of stopping. */
  protected warnOf(what: string, cause: unknown): void {
    if (!this.stopping.signal.aborted) this.warn(`${what}: ${messageOf(cause)}`)
  }

  /** Subscribes to a topic; each message is a step of the machine, which gives the verdict. */
  protected listen(topic: Topic): void {
    this.node.subscribe(topic, (from, bytes) => {
      const outputs = this.guarded(() => this.driver.feed({ type: 'message', channel: topic, from, bytes } as Input))
      if (outputs) this.heard(from, () => bytes, outputs)
      const verdict = outputs?.find(output => output.type === 'verdict') as { verdict: Verdict } | undefined
      return verdict?.verdict ?? 'ignore'
    })
  }

  /** Called after a peer's message was fed to the machine, with its envelope and what the machine made of it. */
  protected heard(_from: MeterId, _envelope: () => Uint8Array, _outputs: readonly Output[]): void {}

  /** Publishes and reports a failure; what must arrive is sent again by other means. */
  protected publish(topic: Topic, bytes: Uint8Array, sent: (recipients: readonly MeterId[]) => void = () => {}): void {
    this.node.publish(topic, bytes).then(sent, cause => {
      if (!this.stopping.signal.aborted) this.warn(`publishing on ${topic}: ${messageOf(cause)}`)
    })
  }

  /** Runs an action whose failure, as by a defect or a lost journal, ends the node instead of going unseen in a promise. */
  protected guarded<T>(action: () => T): T | undefined {
    try {
      return action()
    } catch (cause) {
      this.init.fail(cause)
      return undefined
    }
  }

  /**
   * Does something now and then until the service stops, never twice at once. A failure is a warning.
   *
   * @param pause - real milliseconds between the end of a round and the next
   */
  protected upkeep(pause: number, round: () => Promise<void>): void {
    const { signal } = this.stopping
    const rounds = async (): Promise<void> => {
      for (;;) {
        await wait(pause, undefined, { signal })
        try {
          await round()
        } catch (cause) {
          if (!signal.aborted) this.warn(messageOf(cause))
        }
      }
    }
    rounds().catch(cause => {
      if (!signal.aborted) this.init.fail(cause)
    })
  }

  /** Stops the machine and its timers; the node is its owner's to stop. */
  stop(): void {
    this.stopping.abort()
    this.driver.stop()
  }
}

export function messageOf(cause: unknown): string {
  if (cause instanceof Error) return cause.message
  // A stream that is closed while it is read or written rejects with the event.
  return cause instanceof Event ? `the stream ended (${cause.type})` : String(cause)
}
