// Attack 7: a bare libp2p client that nobody knows dials every node of a neighbourhood under the field preset.
import { networkId } from '@hushgrid/dcnet'
import { decodeEnvelope, EnrolRequest, MessageType, RosterRequest, SyncRequest, sealEnvelope } from '@hushgrid/messages'
import { BlindingKey, type Epoch, type Slot, slotAt, systemRng } from '@hushgrid/primitives'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Outsider, startOutsider } from '../support/outsider.ts'
import { FIRST, NAME, SmallNetwork } from '../support/small-network.ts'

const MEMBERS = 4
const SLOT_SECONDS = 900
const SLOT_MS = 2_000
const PATIENCE = { timeout: 30_000, interval: 20 }
const WITHIN = { timeout: 120_000 }

describe('a stranger at a neighbourhood under the field preset', WITHIN, () => {
  let network: SmallNetwork
  let outsider: Outsider
  const got: Record<string, unknown> = {}

  const seal = (type: MessageType, payload: Uint8Array): Uint8Array =>
    sealEnvelope(outsider.identity, type, networkId(NAME), 0 as Epoch, slotAt(network.clock.now(), SLOT_SECONDS), payload)

  beforeAll(async () => {
    network = await SmallNetwork.form(MEMBERS, { preset: 'field' })
    outsider = await startOutsider(NAME)
    const [registrar = '', aggregator = ''] = [network.registrar, network.aggregator].map(({ node }) => node.addresses[0])
    const everybody = [registrar, aggregator, ...network.meters.map(({ node }) => node.addresses[0])] as string[]
    await Promise.allSettled(everybody.map(address => outsider.dial(address)))
    network.run(FIRST, 4, SLOT_MS)
    await vi.waitFor(() => expect(network.totalOf(FIRST)).toBeDefined(), PATIENCE)
    await vi.waitFor(() => expect(network.totalOf((FIRST + 1) as Slot)).toBeDefined(), PATIENCE)
    const { publicKey: blindingKey } = BlindingKey.generate(systemRng)
    const bytesOf = async (...question: Parameters<Outsider['ask']>): Promise<number> => (await outsider.ask(...question)).byteLength
    got.credential = await bytesOf(
      registrar,
      'enrol',
      seal(MessageType.EnrolRequest, EnrolRequest.encode({ blindingKey, season: 0, lanes: Uint8Array.of(0) }))
    )
    got.roster = await bytesOf(registrar, 'enrol', seal(MessageType.RosterRequest, RosterRequest.encode({ latest: true, epoch: 0 })))
    got.transcript = await bytesOf(
      aggregator,
      'sync',
      SyncRequest.encode({ envelope: new Uint8Array(0), transcript: true, slot: FIRST, words: new Uint8Array(0) })
    )
    got.dispute = await bytesOf(network.meters[0]?.node.addresses[0] as string, 'dispute', Uint8Array.of(1))
    got.introduced = outsider.introduced
    got.connections = outsider.node.getConnections().filter(({ status }) => status === 'open').length
  }, WITHIN.timeout)

  afterAll(async () => {
    await outsider?.stop()
    await network?.stop()
  })

  it('hears no submission, no roster and no total', () => {
    expect(outsider.heard.map(({ data }) => decodeEnvelope(data).type)).toEqual([])
  })

  it('is answered by nobody: no address, no credential, no roster, no transcript', () => {
    expect(got).toEqual({ introduced: [], credential: 0, roster: 0, transcript: 0, dispute: 0, connections: 0 })
  })

  it('keeps nobody from their totals', () => {
    for (const slot of [FIRST, FIRST + 1] as Slot[]) expect(network.totalOf(slot)).toEqual({ wh: network.truth(slot), missing: [] })
    expect(network.failures).toEqual([])
  })
})

describe('the same stranger in a lab', WITHIN, () => {
  it('hears and is told everything, so that the silence above is the gate’s doing', async () => {
    const network = await SmallNetwork.form(MEMBERS)
    const outsider = await startOutsider(NAME)
    try {
      const nodes = [network.registrar, network.aggregator, ...network.meters].map(({ node }) => node.addresses[0] as string)
      for (const address of nodes) await outsider.dial(address)
      await vi.waitFor(() => expect(outsider.introduced).toHaveLength(nodes.length), PATIENCE)
      network.run(FIRST, 4, SLOT_MS)
      const types = () => new Set(outsider.heard.map(({ data }) => decodeEnvelope(data).type))
      await vi.waitFor(
        () => expect([...types()]).toEqual(expect.arrayContaining([MessageType.Submission, MessageType.SlotTotal])),
        PATIENCE
      )
      const request = RosterRequest.encode({ latest: true, epoch: 0 })
      const slot = slotAt(network.clock.now(), SLOT_SECONDS)
      const sealed = sealEnvelope(outsider.identity, MessageType.RosterRequest, networkId(NAME), 0 as Epoch, slot, request)
      const answer = await outsider.ask(nodes[0] as string, 'enrol', sealed)
      expect(decodeEnvelope(answer).type).toBe(MessageType.Roster)
    } finally {
      await outsider.stop()
      await network.stop()
    }
  })
})
