// One role's machine in the virtual network: driven as the services drive it on real sockets, crashed, and started again.
import type { Topic } from '@hushgrid/dcnet'
import { Driver, type Step, type Tick, type Waking } from '@hushgrid/machine'
import { HushgridError, type MeterId, type Millis, millis } from '@hushgrid/primitives'
import type { Peer, PeerNumber, VirtualEvent, VirtualStream } from '../network/virtual-delivery.ts'
import type { VirtualNetwork } from '../network/virtual-network.ts'

/** Directory of a simulated neighbourhood: its peers and their keys. */
export interface Directory {
  readonly registrar: PeerNumber
  readonly aggregator: PeerNumber
  /** Gives the key of a peer: a meter's id, or the registrar's or aggregator's in the same notation. */
  idOf(peer: PeerNumber): MeterId
  peerOf(id: MeterId): PeerNumber | undefined
}

/** Ticks in a row, each asking for another at once, after which {@link MachineNode.onIdleTicks} is called. */
const MOST_IDLE_TICKS = 20
/** Longest pause before a tick that was asked for at once, ms. */
const LONGEST_PAUSE = 1000

class Wake implements VirtualEvent {
  readonly #node: { woken(wake: VirtualEvent): void }

  constructor(node: { woken(wake: VirtualEvent): void }) {
    this.#node = node
  }

  run(): void {
    this.#node.woken(this)
  }
}

/** One role's machine in the virtual network. A subclass's journal survives a crash; the machine's state does not. */
export abstract class MachineNode<State extends Waking, Input, Output extends { readonly type: string }> implements Peer {
  readonly network: VirtualNetwork
  readonly number: PeerNumber
  /** Filters of an adversary: each replaces the machine's outputs before any of them is carried out. */
  readonly filters = new Set<(outputs: readonly Output[], input: Input | Tick) => readonly Output[]>()
  /** Called when the machine has asked for a tick at once many times in a row: on a real node it would never rest. */
  onIdleTicks: (() => void) | undefined
  /** Runs each step of the machine, to measure it; it must give what the step gives. */
  timed: <Result>(run: () => Result) => Result = run => run()
  /** Called with every output after it was carried out. */
  observe: ((output: Output) => void) | undefined
  #driver: Driver<State, Input, Output> | undefined
  #life = 0
  #offset = 0
  #wake: VirtualEvent | undefined
  #wakeTime = 0
  #waking = false
  #idleTicks = 0

  constructor(network: VirtualNetwork, topics: readonly Topic[]) {
    this.network = network
    this.number = network.add(this, topics)
  }

  get up(): boolean {
    return this.#driver !== undefined
  }

  get life(): number {
    return this.#life
  }

  /** Protocol time by this node's own clock, ms. */
  get now(): Millis {
    return (this.network.now + this.#offset) as Millis
  }

  /** @throws HushgridError while it is down */
  get state(): State {
    return this.#running.state
  }

  get #running(): Driver<State, Input, Output> {
    if (!this.#driver) throw new HushgridError(`peer ${this.number}: expected a node that is up`)
    return this.#driver
  }

  /** Milliseconds that this node's clock is ahead. */
  get offset(): number {
    return this.#offset
  }

  set offset(offset: number) {
    this.#offset = Math.round(offset)
    millis(this.now)
    this.#wake = undefined
    this.#arm(this.now)
  }

  protected abstract step(state: State, input: Input | Tick, now: Millis): Step<State, Output>
  protected abstract carryOut(output: Output): void
  abstract receive(topic: Topic, from: PeerNumber, bytes: Uint8Array): void
  abstract serve(stream: VirtualStream, from: PeerNumber, bytes: Uint8Array): Uint8Array | undefined

  protected begin(state: State): void {
    this.#end()
    this.#driver = new Driver({
      clock: { now: () => this.now },
      alarm: { set: moment => this.#setAlarm(moment) },
      state,
      step: (before, input, now) =>
        this.#filtered(
          this.timed(() => this.step(before, input, now)),
          input
        ),
      carryOut: output => {
        this.carryOut(output)
        this.observe?.(output)
      },
      beforeTick: () => this.beforeTick()
    })
    this.#arm(this.now)
    this.network.linesChanged()
  }

  /** Ends the process at once; messages on their way to it are lost. */
  crash(): void {
    this.#end()
    this.network.linesChanged()
  }

  #end(): void {
    this.#life++
    this.#driver?.stop()
    this.#driver = undefined
    this.#wake = undefined
  }

  /** Takes one step of the machine, and gives the outputs that were carried out. */
  feed(input: Input | Tick): readonly Output[] {
    return this.#running.feed(input)
  }

  #filtered({ state, outputs }: Step<State, Output>, input: Input | Tick): Step<State, Output> {
    let wanted: readonly Output[] = outputs
    for (const filter of this.filters) wanted = filter(wanted, input)
    return { state, outputs: wanted === outputs ? outputs : [...wanted] }
  }

  /** Does something later, unless the process has ended by then. */
  later(delay: number, run: () => void): void {
    const life = this.#life
    this.network.after(delay, () => {
      if (life === this.#life && this.up) run()
    })
  }

  /** Wakes the machine; called by the event that was armed. */
  woken(wake: VirtualEvent): void {
    const driver = this.#driver
    if (wake !== this.#wake || !driver) return
    this.#wake = undefined
    const life = this.#life
    this.#waking = true
    const ticked = driver.wake()
    this.#waking = false
    if (life !== this.#life) return
    // The step may have set the clock.
    const { now } = this
    if (!ticked) {
      this.#arm(now)
      return
    }
    const next = driver.state.wakeAt
    if (next === undefined || next > now) this.#idleTicks = 0
    else if (++this.#idleTicks === MOST_IDLE_TICKS) this.onIdleTicks?.()
    // Ticks that are asked for at once come later and later: time must pass.
    this.#arm((now + Math.min(2 ** this.#idleTicks - 1, LONGEST_PAUSE)) as Millis)
  }

  /** Feeds in what is due just before a tick. */
  protected beforeTick(): void {}

  /** Sets the driver's alarm, except during {@link woken}, which sets the next one with a pause. */
  #setAlarm(moment: Millis | undefined): void {
    if (moment !== undefined && !this.#waking) this.#arm(this.now)
  }

  /** Arms the wake that the machine asks for, unless an earlier one is armed, after which this is called again. */
  #arm(earliest: Millis): void {
    const wakeAt = this.#driver?.state.wakeAt
    if (wakeAt === undefined) return
    const time = Math.max(wakeAt, earliest) - this.#offset
    if (this.#wake && this.#wakeTime <= time) return
    this.#wake = new Wake(this)
    this.#wakeTime = time
    this.network.queue.push(time, this.#wake)
  }
}
