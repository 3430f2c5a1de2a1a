// A guest at a registrar: what it is given before it has enrolled, and from then on.
import { networkId } from '@hushgrid/dcnet'
import {
  decodeEnvelope,
  EnrolReply,
  EnrolRequest,
  JoinRequest,
  MessageType,
  RefusalPayload,
  RosterRequest,
  sealEnvelope
} from '@hushgrid/messages'
import { BlindingKey, type Epoch, IdentityKey, slotAt, systemRng } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { peerOf, protocolName, topicName } from '../../src/libp2p/names.ts'
import { type Outsider, startOutsider } from '../support/outsider.ts'
import { FIRST, NAME, SmallNetwork } from '../support/small-network.ts'

const MEMBERS = 3
const SLOT_SECONDS = 900
const PATIENCE = { timeout: 30_000, interval: 20 }
const WITHIN = { timeout: 120_000 }

describe('a guest at an open registrar under the field preset', WITHIN, () => {
  let network: SmallNetwork
  let guest: Outsider

  beforeEach(async () => {
    network = await SmallNetwork.form(MEMBERS, { preset: 'field', open: true })
    guest = await startOutsider(NAME)
  }, WITHIN.timeout)
  afterEach(async () => {
    await guest.stop()
    await network.stop()
  })

  const registrar = (): string => network.registrar.node.addresses[0] as string

  async function ask(type: MessageType, payload: Uint8Array): Promise<ReturnType<typeof decodeEnvelope>> {
    const slot = slotAt(network.clock.now(), SLOT_SECONDS)
    return decodeEnvelope(
      await guest.ask(registrar(), 'enrol', sealEnvelope(guest.identity, type, networkId(NAME), 0 as Epoch, slot, payload))
    )
  }

  const listeners = (topic: 'readings' | 'control'): readonly string[] =>
    network.registrar.node.libp2p.services.pubsub.getSubscribers(topicName(NAME, topic)).map(String)

  it('gets no roster, hears no topic, and may open no stream but enrol', async () => {
    const refusal = await ask(MessageType.RosterRequest, RosterRequest.encode({ latest: true, epoch: 0 }))
    expect([refusal.type, RefusalPayload.decode(refusal.payload).reason]).toEqual([
      MessageType.Refusal,
      'rosters are for enrolled meters, the aggregator and readers'
    ])
    const join = await ask(MessageType.JoinRequest, JoinRequest.encode({ addresses: [], unixMillis: 0 }))
    expect(join.payload.byteLength).toBeLessThan(100)
    const connection = await guest.dial(registrar())
    for (const protocol of [...network.registrar.node.libp2p.services.pubsub.protocols, '/ipfs/id/1.0.0']) {
      const stream = await connection.newStream(protocol)
      await vi.waitFor(() => expect(stream.status).not.toBe('open'), PATIENCE)
    }
    // Nor does a roster wait for a guest to listen.
    await vi.waitFor(() => expect(network.registrar.node.allListen('control')).toBe(true), PATIENCE)
    expect(network.registrar.node.gate.guests).toBe(1)
    network.run(FIRST, 4, 2_000)
    await network.start(network.addMeter())
    await vi.waitFor(() => expect(network.registrar.service.state.book.latest?.roster.n).toBe(MEMBERS + 1), PATIENCE)
    expect([...listeners('readings'), ...listeners('control')]).not.toContain(guest.node.peerId.toString())
    expect([guest.heard, guest.introduced]).toEqual([[], []])
  })

  it('is asked in to the topics once it has enrolled', async () => {
    const { publicKey: blindingKey } = BlindingKey.generate(systemRng)
    const reply = await ask(MessageType.EnrolRequest, EnrolRequest.encode({ blindingKey, season: 0, lanes: Uint8Array.of(0) }))
    expect(EnrolReply.decode(reply.payload).refused).toBe('')
    await vi.waitFor(() => expect(listeners('control')).toContain(guest.node.peerId.toString()), PATIENCE)
    const { type } = await ask(MessageType.RosterRequest, RosterRequest.encode({ latest: true, epoch: 0 }))
    expect(type).toBe(MessageType.Roster)
    // The aggregator does not know it all the same, before a roster names it.
    const aggregator = network.aggregator.node
    await Promise.allSettled([guest.dial(aggregator.addresses[0] as string)])
    await vi.waitFor(() => expect(guest.node.getConnections(peerOf(network.aggregatorKey))).toEqual([]), PATIENCE)
  })

  it('has its connection closed by a meter and by the aggregator, whichever stream it wants', async () => {
    for (const { node } of [network.aggregator, { node: network.meters[0]?.node }]) {
      const address = node?.addresses[0] as string
      for (const stream of ['sync', 'dispute', 'enrol'] as const)
        expect((await guest.ask(address, stream, Uint8Array.of(1))).byteLength).toBe(0)
    }
    expect(guest.node.getConnections()).toEqual([])
  })

  it('does not send what is longer than any request', async () => {
    const connection = await guest.dial(registrar())
    const stream = await connection.newStream(protocolName('enrol'))
    // A length of 1 MB, and its first bytes.
    stream.send(Uint8Array.of(0x80, 0x80, 0x40, 1, 2, 3))
    await vi.waitFor(() => expect(stream.status).not.toBe('open'), { timeout: 5_000, interval: 20 })
  })
})

describe('a meter that is on the list', WITHIN, () => {
  it('has no roster and no topic before it has enrolled', async () => {
    const identity = IdentityKey.generate(systemRng)
    const network = await SmallNetwork.form(MEMBERS, { preset: 'field' })
    network.allow(identity.id)
    const meter = await startOutsider(NAME, '127.0.0.1', identity)
    try {
      await meter.dial(network.registrar.node.addresses[0] as string)
      await vi.waitFor(() => expect(network.registrar.node.gate.guests).toBe(1), PATIENCE)
      expect(network.registrar.node.gate.knows(identity.id)).toBe(false)
    } finally {
      await meter.stop()
      await network.stop()
    }
  })
})
