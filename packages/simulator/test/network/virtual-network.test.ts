// The virtual network: latency, loss, repairs, partitions and exchanges.
import { utf8 } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import type { Message, Peer } from '../../src/network/virtual-delivery.ts'
import { EXCHANGE_TIMEOUT, REPAIR_AFTER, VirtualNetwork, type VirtualNetworkOptions } from '../../src/network/virtual-network.ts'

class Listener implements Peer {
  up = true
  life = 0
  readonly heard: { from: number; text: string; at: number }[] = []
  answers = true
  readonly #network: VirtualNetwork

  constructor(network: VirtualNetwork) {
    this.#network = network
  }

  receive(_topic: string, from: number, bytes: Uint8Array): void {
    this.heard.push({ from, text: Buffer.from(bytes).toString(), at: this.#network.now })
  }

  serve(_stream: string, _from: number, bytes: Uint8Array): Uint8Array | undefined {
    return this.answers ? utf8(`re: ${Buffer.from(bytes).toString()}`) : undefined
  }
}

function network(peers: number, options: Partial<VirtualNetworkOptions> = {}): { net: VirtualNetwork; peers: Listener[] } {
  const net = new VirtualNetwork({ seed: 'test', start: 1000, ...options })
  const listeners = Array.from({ length: peers }, () => new Listener(net))
  for (const listener of listeners) net.add(listener, ['control'])
  return { net, peers: listeners }
}

const texts = (peer: Listener | undefined): string[] => peer?.heard.map(each => each.text) ?? []

describe('gossip in the virtual network', () => {
  it('reaches every subscriber but the publisher within the latency, the same in each run of a seed', () => {
    const arrivals = (seed: string): number[][] => {
      const { net, peers } = network(6, { seed })
      net.gossip('control', 2, utf8('hello'))
      net.runUntil(5000)
      return peers.map(peer => peer.heard.map(each => each.at))
    }
    const first = arrivals('one')
    expect(first.map(each => each.length)).toEqual([1, 1, 0, 1, 1, 1])
    for (const at of first.flat()) expect(at >= 1020 && at <= 1200).toBe(true)
    expect(arrivals('one')).toEqual(first)
    expect(arrivals('two')).not.toEqual(first)
  })

  it('does not reach a peer that is down, nor one behind a partition until its repairs are used up', () => {
    const { net, peers } = network(4)
    const [, second, third, fourth] = peers
    if (second) second.up = false
    net.partition([2])
    net.gossip('control', 0, utf8('lost'))
    net.runUntil(10_000)
    expect([texts(second), texts(third), texts(fourth)]).toEqual([[], [], ['lost']])
    expect(net.traffic.lostCopies).toBe(1)
    net.gossip('control', 0, utf8('late'))
    net.runUntil(net.now + 2 * REPAIR_AFTER)
    net.heal()
    net.runUntil(net.now + 5 * REPAIR_AFTER)
    expect(texts(third)).toEqual(['late'])
  })

  it('keeps the two sides of a partition together among themselves', () => {
    const { net, peers } = network(4)
    net.partition([1, 2])
    net.gossip('control', 1, utf8('inside'))
    net.gossip('control', 0, utf8('outside'))
    net.runUntil(10_000)
    expect(peers.map(texts)).toEqual([[], [], ['inside'], ['outside']])
  })

  it('loses copies at the larger rate of the ends, to the power of its tries', () => {
    const { net, peers } = network(3)
    net.setLoss(1, 0.5)
    net.setLoss(0, 0.01)
    for (let i = 0; i < 2000; i++) net.gossip('control', 0, utf8(String(i)))
    net.runUntil(10_000)
    // 0.5^4 of 2000 are lost: 125, with a standard deviation of 11.
    const lost = 2000 - (peers[1]?.heard.length ?? 0)
    expect(lost > 125 - 5 * 11 && lost < 125 + 5 * 11).toBe(true)
    expect(peers[2]?.heard.length).toBeGreaterThanOrEqual(1999)
  })

  it('loses copies at the rate of the whole network, whatever lower rate a peer is set to', () => {
    const { net, peers } = network(2, { loss: 0.5 })
    net.setLoss(0, 0)
    expect(net.lossy(0, 1)).toBe(true)
    for (let i = 0; i < 400; i++) net.gossip('control', 0, utf8('hello'))
    net.runUntil(10_000)
    const first = peers[1]?.heard.filter(({ at }) => at < 1000 + REPAIR_AFTER).length ?? 0
    expect(Math.abs(first / 400 - 0.5)).toBeLessThan(0.1)
    // Lost at each of four tries: 0.5 ** 4.
    expect(Math.abs(net.traffic.lostCopies / 400 - 0.0625)).toBeLessThan(0.05)
  })

  it('takes longer by the larger delay of its ends', () => {
    const { net, peers } = network(3)
    net.setDelay(0, 3000)
    net.setDelay(1, 500)
    net.gossip('control', 0, utf8('slow'))
    net.runUntil(20_000)
    const [, one, two] = peers.map(peer => peer.heard[0]?.at ?? 0)
    expect(one && one >= 4020 && one <= 4200).toBe(true)
    expect(two && two >= 4020 && two <= 4200).toBe(true)
    net.setDelay(0, 0)
    net.gossip('control', 0, utf8('faster'))
    net.runUntil(40_000)
    expect((peers[1]?.heard[1]?.at ?? 0) >= 20_520).toBe(true)
    expect((peers[2]?.heard[1]?.at ?? 0) <= 20_200).toBe(true)
  })

  it('counts messages and bytes by peer and channel', () => {
    const { net } = network(3)
    net.gossip('control', 0, utf8('12345'))
    net.exchange(1, 2, 'sync', utf8('123'), () => {})
    net.runUntil(2000)
    expect(net.traffic.sentBy(0)).toEqual({ messages: 2, bytes: 10 })
    expect(net.traffic.receivedBy(2, 'control')).toEqual({ messages: 1, bytes: 5 })
    expect(net.traffic.sentBy(2, 'sync')).toEqual({ messages: 1, bytes: 're: 123'.length })
    expect(net.traffic.total()).toEqual({ messages: 4, bytes: 20 })
  })
})

describe('an exchange in the virtual network', () => {
  const ask = (net: VirtualNetwork): (string | undefined)[] => {
    const replies: (string | undefined)[] = []
    net.exchange(0, 1, 'dispute', utf8('there?'), reply => replies.push(reply && Buffer.from(reply).toString()))
    net.runUntil(net.now + 2 * EXCHANGE_TIMEOUT)
    return replies
  }

  it('brings one answer, or says once that there was none', () => {
    const { net, peers } = network(2)
    expect(ask(net)).toEqual(['re: there?'])
    const [, other] = peers
    if (other) other.answers = false
    expect(ask(net)).toEqual([undefined])
    if (other) other.up = false
    expect(ask(net)).toEqual([undefined])
  })

  it('does not reach an asker that has been restarted since', () => {
    const { net, peers } = network(2)
    const [asker] = peers
    net.after(30, () => {
      if (asker) asker.life++
    })
    expect(ask(net)).toEqual([])
  })
})

describe('an interposer', () => {
  it('sees each copy and drops, delays or changes it', () => {
    const { net, peers } = network(4)
    const seen: Message[] = []
    net.onSent = message => seen.push(message)
    const stop = net.intercept(({ to }) =>
      to === 1 ? 'drop' : to === 2 ? { delay: 2000 } : to === 3 ? { bytes: utf8('changed') } : 'pass'
    )
    const delivered: number[] = []
    net.onDelivered = message => delivered.push(message.to)
    net.gossip('control', 0, utf8('as it was'))
    net.runUntil(10_000)
    expect(seen.map(({ to, channel, at }) => ({ to, channel, at }))).toEqual([1, 2, 3].map(to => ({ to, channel: 'control', at: 1000 })))
    expect(peers.map(texts)).toEqual([[], [], ['as it was'], ['changed']])
    expect((peers[2]?.heard[0]?.at ?? 0) >= 3020).toBe(true)
    expect(delivered).toEqual([3, 2])
    stop()
    net.gossip('control', 0, utf8('again'))
    net.runUntil(20_000)
    expect(peers.map(peer => texts(peer).at(-1))).toEqual([undefined, 'again', 'again', 'again'])
  })
})
