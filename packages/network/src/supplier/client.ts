import { networkId } from '@hushgrid/dcnet'
import { BillDelivery, DeliveryReply, MessageType, PAYLOAD_LIMIT, ReadingDelivery, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, equalBytes, HushgridError, InvalidArgumentError, type SigningKey, type Slot, sha256 } from '@hushgrid/primitives'
import { idInAddress, NetworkError } from '../libp2p/addresses.ts'
import type { NetworkNode } from '../libp2p/node.ts'
import { untilDone } from '../libp2p/retry.ts'

/** The supplier does not take a batch or a bill, and will not; the message is its sentence. */
export class DeliveryRefusedError extends HushgridError {
  override name = 'DeliveryRefusedError'
}

/** The supplier has not decided, and wants it to be brought again. */
export class DeliveryPutOffError extends HushgridError {
  override name = 'DeliveryPutOffError'
}

/** A supplier's address, and the one who brings it something. */
export interface SupplierContact {
  readonly node: NetworkNode
  /** Key that signs the envelope: the meter's of its batch, or that of whoever brings a bill. */
  readonly identity: SigningKey
  /** The network's name, as the supplier's network file has it. */
  readonly network: string
  /** Multiaddr of the supplier's node, with its peer id, so that no other node can say that it has taken something. */
  readonly address: string
  /** Called with each failure after which it is tried again. */
  readonly onFailure?: (cause: unknown) => void
}

/** Time that one attempt may take, in real milliseconds: other bills are checked first. */
const ATTEMPT = 60_000

/**
 * Brings a batch of readings to the supplier, however long that is away; resolves once it is in the store, where it may
 * have been before.
 *
 * @param batch - `encodeBatch` of a batch that the contact's key has signed
 * @throws DeliveryRefusedError where the supplier refuses it for good; an error once the signal is aborted;
 *   NetworkError for an address without a peer id; InvalidArgumentError for a batch that is too long
 */
export async function deliverBatch(contact: SupplierContact, batch: Uint8Array, signal: AbortSignal): Promise<void> {
  await deliver(contact, MessageType.ReadingDelivery, ReadingDelivery.encode({ batch }), signal)
}

/**
 * Brings a bill to the supplier, however long that is away; resolves once it was checked and is in the store, where it may
 * have been before.
 *
 * @param bill - `encodeBill` of packages/billing
 * @throws as {@link deliverBatch}; the sentence of a refusal names what failed
 */
export async function bringBill(contact: SupplierContact, bill: Uint8Array, signal: AbortSignal): Promise<void> {
  await deliver(contact, MessageType.BillDelivery, BillDelivery.encode({ bill }), signal)
}

async function deliver(contact: SupplierContact, type: MessageType, payload: Uint8Array, signal: AbortSignal): Promise<void> {
  const most = PAYLOAD_LIMIT[type]
  if (payload.byteLength > most) throw new InvalidArgumentError(type, `at most ${most} bytes`, String(payload.byteLength))
  const { node, identity, network, address, onFailure } = contact
  const supplier = idInAddress(address)
  const envelope = sealEnvelope(identity, type, networkId(network), 0 as Epoch, 0 as Slot, payload)
  const hash = sha256(envelope)
  const refused = await untilDone(
    signal,
    async () => {
      const within = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT)])
      const reply = DeliveryReply.decode(await node.requestAt(supplier, address, 'mdms', envelope, within))
      if (reply.later) throw new DeliveryPutOffError(`the supplier puts it off: ${reply.refused}`)
      if (reply.refused === '' && !equalBytes(reply.taken, hash))
        throw new NetworkError('the supplier: expected it to confirm what it was brought, got another hash')
      return reply.refused
    },
    cause => onFailure?.(cause)
  )
  if (refused !== '') throw new DeliveryRefusedError(refused)
}
