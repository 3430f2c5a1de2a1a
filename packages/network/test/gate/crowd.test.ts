// Attack 7: sockets, strangers and one enrolled meter in great numbers, at a registrar that is open to anybody.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { networkId } from '@hushgrid/dcnet'
import { EnrolRequest, MessageType, sealEnvelope } from '@hushgrid/messages'
import { BlindingKey, type Epoch, IdentityKey, slotAt, systemRng } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { protocolName } from '../../src/libp2p/names.ts'
import { type Outsider, openSockets, startOutsider } from '../support/outsider.ts'
import { NAME, SmallNetwork } from '../support/small-network.ts'

const MEMBERS = 3
const SLOT_SECONDS = 900
const ELSEWHERE = '127.0.0.9'
const PATIENCE = { timeout: 30_000, interval: 20 }
const WITHIN = { timeout: 180_000 }
/** First bytes of every libp2p connection, after which nothing comes. */
const HALF = new TextEncoder().encode('\x13/multistream/1.0.0\n')

describe('a crowd at an open registrar under the field preset', WITHIN, () => {
  let network: SmallNetwork
  const outsiders: Outsider[] = []
  const sockets: Socket[] = []

  beforeEach(async () => {
    network = await SmallNetwork.form(MEMBERS, { preset: 'field', open: true })
  }, WITHIN.timeout)

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await Promise.all(outsiders.splice(0).map(outsider => outsider.stop()))
    await network.stop()
  })

  const registrar = (): string => network.registrar.node.addresses[0] as string

  async function outsider(identity?: IdentityKey): Promise<Outsider> {
    const started = await startOutsider(NAME, ELSEWHERE, identity)
    outsiders.push(started)
    return started
  }

  function wishToEnrol(identity: IdentityKey): Uint8Array {
    const { publicKey: blindingKey } = BlindingKey.generate(systemRng)
    const slot = slotAt(network.clock.now(), SLOT_SECONDS)
    return sealEnvelope(
      identity,
      MessageType.EnrolRequest,
      networkId(NAME),
      0 as Epoch,
      slot,
      EnrolRequest.encode({ blindingKey, season: 0, lanes: Uint8Array.of(0) })
    )
  }

  /** Real milliseconds until a meter that nobody has seen is in. */
  async function timeToGetIn(): Promise<number> {
    const began = performance.now()
    await network.start(network.addMeter())
    return performance.now() - began
  }

  it('of 400 silent sockets and 12 half-open ones keeps nobody out', async () => {
    sockets.push(...(await openSockets(registrar(), 400, ELSEWHERE)))
    sockets.push(...(await openSockets(registrar(), 12, '127.0.0.8', HALF)))
    expect(await timeToGetIn()).toBeLessThan(5_000)
    // Nor who shares the address with them, once a second has passed.
    await vi.waitFor(async () => {
      const one = await outsider()
      await one.dial(registrar())
    }, PATIENCE)
    await vi.waitFor(() => expect(sockets.every(({ closed }) => closed)).toBe(true), { timeout: 5_000, interval: 50 })
  })

  it('of 10,000 attempts to enrol from one address is refused by quota, while a meter from another gets in', async () => {
    const slot = slotAt(network.clock.now(), SLOT_SECONDS)
    const attack = fork(fileURLToPath(new URL('../support/join-flood.ts', import.meta.url)), [registrar(), NAME, String(slot), ELSEWHERE])
    let result = { attempts: 0, answered: 0 }
    attack.on('message', message => {
      result = message as typeof result
    })
    const over = once(attack, 'exit')
    await vi.waitFor(() => expect(result.attempts).toBeGreaterThan(0), PATIENCE)
    const took = await timeToGetIn()
    expect(attack.exitCode).toBeNull()
    await over
    expect(took).toBeLessThan(5_000)
    expect(result.attempts).toBe(10_000)
    expect(network.turnedAway['too-many-arrivals']).toBeGreaterThan(9_000)
    // A stranger has the registrar keep an enrolment, within its quota, and nothing beside.
    const { node, service } = network.registrar
    expect(service.state.enrolled.size).toBeLessThanOrEqual(MEMBERS + 1 + 32 + 1)
    await vi.waitFor(() => expect(node.gate.guests).toBe(0), PATIENCE)
    const kept = await node.libp2p.peerStore.all()
    // The node itself and the aggregator, beside those that are enrolled.
    expect(kept.length).toBeLessThanOrEqual(service.state.enrolled.size + 2)
  })

  it('leaves one enrolled identity four connections, and four streams of each protocol', async () => {
    const identity = IdentityKey.generate(systemRng)
    const same = await Promise.all(Array.from({ length: 20 }, () => outsider(identity)))
    await same[0]?.ask(registrar(), 'enrol', wishToEnrol(identity))
    await Promise.allSettled(same.map(one => one.dial(registrar())))
    const { libp2p } = network.registrar.node
    const own = () => libp2p.getConnections().filter(({ remotePeer }) => same[0]?.node.peerId.equals(remotePeer))
    await vi.waitFor(() => expect(own().length).toBeLessThanOrEqual(4), PATIENCE)
    const streams = same.flatMap(({ node }) =>
      node.getConnections().flatMap(connection => Array.from({ length: 20 }, () => connection.newStream(protocolName('enrol'))))
    )
    await Promise.allSettled(streams)
    await vi.waitFor(() => {
      const open = own().flatMap(connection =>
        connection.streams.filter(({ protocol, status }) => protocol === protocolName('enrol') && status === 'open')
      )
      expect(open.length).toBeGreaterThan(0)
      expect(open.length).toBeLessThanOrEqual(4)
    }, PATIENCE)
    expect(await timeToGetIn()).toBeLessThan(5_000)
  })
})
