// What a meter and a customer bring to a supplier, over real sockets in this process.
import { networkId } from '@hushgrid/dcnet'
import {
  BillDelivery,
  DeliveryReply,
  decodeEnvelope,
  MAX_DELIVERED_BATCH,
  MessageType,
  ReadingDelivery,
  verifyEnvelope
} from '@hushgrid/messages'
import { ed25519Verifier, IdentityKey, InvalidArgumentError, sha256, systemRng } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NetworkError } from '../../src/libp2p/addresses.ts'
import { NetworkNode } from '../../src/libp2p/node.ts'
import { presetNamed } from '../../src/libp2p/presets.ts'
import { bringBill, DeliveryPutOffError, DeliveryRefusedError, deliverBatch, type SupplierContact } from '../../src/supplier/client.ts'

const NETWORK = 'elm-street'
const PRESET = presetNamed('lab', NETWORK, 4)
const NOTHING = new Uint8Array(0)
const within = (): AbortSignal => AbortSignal.timeout(20_000)
const start = (identity: IdentityKey, listen: string[]): Promise<NetworkNode> =>
  NetworkNode.start({ identity, network: NETWORK, listen, preset: PRESET })

const identity = IdentityKey.generate(systemRng)
let supplier: NetworkNode
let node: NetworkNode
let contact: SupplierContact
/** What the supplier was brought. */
let brought: Uint8Array[] = []
const failures: unknown[] = []

beforeEach(async () => {
  supplier = await start(IdentityKey.generate(systemRng), ['/ip4/127.0.0.1/tcp/0'])
  node = await start(IdentityKey.generate(systemRng), [])
  brought = []
  failures.length = 0
  const address = supplier.addresses[0] as string
  contact = { node, identity, network: NETWORK, address, onFailure: cause => failures.push(cause) }
})
afterEach(() => Promise.all([node.stop(), supplier.stop()]))

const taken = (bytes: Uint8Array) => ({ taken: sha256(bytes), refused: '', later: false })

/** Serves with these answers, the last one from then on. */
async function answer(...answers: ((bytes: Uint8Array) => Parameters<typeof DeliveryReply.encode>[0])[]): Promise<void> {
  await supplier.serve('mdms', (_from, bytes) => {
    brought.push(bytes)
    const next = answers[Math.min(brought.length, answers.length) - 1]
    if (!next) throw new Error('no answer')
    return DeliveryReply.encode(next(bytes))
  })
}

describe('a delivery', () => {
  it('is signed by its meter, for this network, with the batch as it is', async () => {
    await answer(taken)
    const batch = systemRng.bytes(300)
    await deliverBatch(contact, batch, within())
    const envelope = decodeEnvelope(brought[0] as Uint8Array)
    expect(envelope).toMatchObject({ type: MessageType.ReadingDelivery, sender: identity.id, epoch: 0, slot: 0 })
    expect(verifyEnvelope(envelope, ed25519Verifier(identity.id), networkId(NETWORK))).toBe(true)
    expect(verifyEnvelope(envelope, ed25519Verifier(identity.id), networkId('oak-street'))).toBe(false)
    expect(new Uint8Array(ReadingDelivery.decode(envelope.payload).batch)).toEqual(new Uint8Array(batch))
    expect([brought.length, failures]).toEqual([1, []])
  })

  it('may be as long as the largest batch there is, and no longer', async () => {
    await answer(taken)
    await deliverBatch(contact, new Uint8Array(MAX_DELIVERED_BATCH), within())
    await expect(deliverBatch(contact, new Uint8Array(MAX_DELIVERED_BATCH + 100), within())).rejects.toThrow(InvalidArgumentError)
    expect(brought).toHaveLength(1)
  })

  it('is brought again where it is put off, where the answer is of something else, and where there is none', async () => {
    await answer(
      () => ({ taken: NOTHING, refused: 'many are waiting', later: true }),
      () => taken(Uint8Array.of(1)),
      taken
    )
    await deliverBatch(contact, systemRng.bytes(9), within())
    expect(failures.map(String)).toEqual([
      'DeliveryPutOffError: the supplier puts it off: many are waiting',
      'NetworkError: the supplier: expected it to confirm what it was brought, got another hash'
    ])
    expect(failures[0]).toBeInstanceOf(DeliveryPutOffError)
    expect(brought).toHaveLength(3)
  })

  it('waits for a supplier that does not serve yet', async () => {
    const waiting = deliverBatch(
      { ...contact, onFailure: cause => (failures.push(cause) === 1 ? void answer(taken) : undefined) },
      systemRng.bytes(9),
      within()
    )
    await waiting
    expect(failures.length).toBeGreaterThan(0)
    expect(brought).toHaveLength(1)
  })

  it('is given up when told', async () => {
    const stopping = new AbortController()
    const waiting = deliverBatch({ ...contact, onFailure: () => stopping.abort() }, systemRng.bytes(9), stopping.signal)
    await expect(waiting).rejects.toThrow()
    expect(stopping.signal.aborted).toBe(true)
  })

  it('needs an address with a peer id', async () => {
    await expect(deliverBatch({ ...contact, address: '/ip4/127.0.0.1/tcp/1' }, systemRng.bytes(9), within())).rejects.toThrow(NetworkError)
  })
})

describe('a bill', () => {
  it('is refused for good, with the one sentence', async () => {
    await answer(() => ({ taken: NOTHING, refused: 'bill, opening: expected that it opens', later: false }))
    const refused = bringBill(contact, systemRng.bytes(9), within())
    await expect(refused).rejects.toThrow(DeliveryRefusedError)
    await expect(refused).rejects.toThrow(/^bill, opening: expected that it opens$/)
    expect([brought.length, failures]).toEqual([1, []])
  })

  it('is brought as it is', async () => {
    await answer(taken)
    const bill = systemRng.bytes(700_000)
    await bringBill(contact, bill, within())
    const { type, payload } = decodeEnvelope(brought[0] as Uint8Array)
    expect(type).toBe(MessageType.BillDelivery)
    expect(Buffer.from(BillDelivery.decode(payload).bill).equals(bill)).toBe(true)
  })
})
