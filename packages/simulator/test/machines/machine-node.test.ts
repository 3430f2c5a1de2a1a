// A machine in the virtual network: ticks, clocks, crashes and restarts.
import type { Step } from '@hushgrid/machine'
import type { Millis } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { MachineNode } from '../../src/machines/machine-node.ts'
import { VirtualNetwork } from '../../src/network/virtual-network.ts'

type Output = { readonly type: 'said'; readonly at: number }

/** Wants a tick at each of some moments by its own clock. */
class Clockwork extends MachineNode<{ wakeAt: Millis | undefined }, { type: 'nudge' }, Output> {
  readonly said: number[] = []
  readonly wanted: number[]
  readonly stuck: boolean

  constructor(network: VirtualNetwork, wanted: number[], stuck = false) {
    super(network, [])
    this.wanted = wanted
    this.stuck = stuck
    this.start()
  }

  start(): void {
    this.begin({ wakeAt: this.wanted[0] as Millis | undefined })
  }

  receive(): void {}

  serve(): undefined {
    return undefined
  }

  protected step(
    state: { wakeAt: Millis | undefined },
    input: { type: string },
    now: Millis
  ): Step<{ wakeAt: Millis | undefined }, Output> {
    if (input.type === 'tick' && !this.stuck) while ((this.wanted[0] ?? Number.POSITIVE_INFINITY) <= now) this.wanted.shift()
    state.wakeAt = this.wanted[0] as Millis | undefined
    return { state, outputs: [{ type: 'said', at: now }] }
  }

  protected carryOut(output: Output): void {
    this.said.push(output.at)
  }
}

const network = (): VirtualNetwork => new VirtualNetwork({ seed: 'machine', start: 1000 })

describe('a machine in the virtual network', () => {
  it('is ticked when it asks to be, once each', () => {
    const net = network()
    const node = new Clockwork(net, [1500, 1500, 2000])
    net.runUntil(3000)
    expect(node.said).toEqual([1500, 2000])
  })

  it('is ticked by its own clock, also after that was set', () => {
    const net = network()
    const node = new Clockwork(net, [1500, 2000])
    node.offset = 200
    net.runUntil(1300)
    expect(node.said).toEqual([1500])
    node.offset = -100
    net.runUntil(2099)
    expect(node.said).toHaveLength(1)
    net.runUntil(2100)
    expect(node.said).toEqual([1500, 2000])
  })

  it('is not ticked while it is down, and is again after a restart', () => {
    const net = network()
    const node = new Clockwork(net, [1500, 2500])
    net.at(1400, () => node.crash())
    net.at(2000, () => node.start())
    net.runUntil(3000)
    expect(node.said).toEqual([2000, 2500])
    expect(node.life).toBe(3)
  })

  it('that wants one tick after the other at once is found out, and does not stop the time', () => {
    const net = network()
    const node = new Clockwork(net, [1500], true)
    let found = 0
    node.onIdleTicks = () => found++
    net.runUntil(60_000)
    expect(found).toBe(1)
    expect(node.said.length).toBeLessThan(100)
  })

  it('crashes in the middle of its outputs, and the rest never happens', () => {
    const net = network()
    const node = new Clockwork(net, [])
    node.filters.add(outputs => [...outputs, ...outputs, ...outputs])
    node.observe = () => node.crash()
    expect(node.feed({ type: 'nudge' })).toHaveLength(1)
    expect(node.said).toHaveLength(1)
    expect(node.up).toBe(false)
  })
})
