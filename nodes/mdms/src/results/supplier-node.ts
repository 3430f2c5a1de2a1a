// The supplier's end of the path by concentrator and PES.
import { networkId } from '@hushgrid/dcnet'
import { decodeEnvelope, MessageType, syncReplyWith } from '@hushgrid/messages'
import { NetworkNode, type NetworkPreset, type SchedulingClock, SupplierService } from '@hushgrid/network'
import { acceptSetup, checkDealt, PesSetupError, type PesTerms, type SupplierOutput, sealPaillierKey } from '@hushgrid/pes'
import { equalBytes, HushgridError, type MeterId } from '@hushgrid/primitives'
import { DELIVERERS, DeliveryIntake } from '../bills/delivery-intake.ts'
import type { SupplierStore } from './supplier-store.ts'

export interface SupplierNodeInit {
  readonly store: SupplierStore
  /** Name of the network. */
  readonly network: string
  readonly slotSeconds: number
  readonly clock: SchedulingClock
  readonly preset: NetworkPreset
  readonly listen: readonly string[]
  /** Multiaddrs to tell others instead, as behind a router. */
  readonly announce?: readonly string[] | undefined
  /** Signer of the setup; without one, the signer of the first. */
  readonly pesKey?: MeterId | undefined
  /** Key of the dealer, as the network file names it; with `direct` there has to be one. */
  readonly dealer?: MeterId | undefined
  /** Peer that may bring aggregates; without one, anybody, for the PES has signed them. */
  readonly concentrator?: MeterId | undefined
  readonly observe?: (output: SupplierOutput, terms: PesTerms) => void
  /**
   * Resolves once all observations are kept. Only then is the concentrator told that its aggregate was taken; where this
   * rejects with an error of ours, it brings the aggregate again.
   */
  readonly settled?: () => Promise<void>
  /** Takes deliveries of meters and customers; without it, none are taken. */
  readonly deliveries?: Pick<DeliveryIntake, 'take'>
  /** Called whenever somebody is turned away. */
  readonly turnedAway?: (why: string) => void
  readonly warn?: (message: string) => void
  /** Takes the setup once it was accepted, also when it is known from before. */
  readonly onSetup?: (terms: PesTerms) => void
  readonly fail: (cause: unknown) => void
}

/** The supplier's end, as it runs. */
export interface SupplierNode {
  readonly node: NetworkNode
  /** Service of the supplier, once the PES has told its setup. */
  readonly service: SupplierService | undefined
  stop(): Promise<void>
}

/**
 * Starts the supplier's end: tells its key to a PES that asks, takes its setup, and aggregates from then on.
 *
 * @throws PesSetupError where the dealer has not signed the key that our share is of
 */
export async function startSupplier(init: SupplierNodeInit): Promise<SupplierNode> {
  const { store, network, slotSeconds, clock } = init
  const id = networkId(network)
  const { dealer } = init
  const { publicKey, decrypt, share } = store.decryption
  if (share) checkDealt({ networkId: id, dealer }, publicKey, share.dealt)
  const paillierKey = sealPaillierKey(store.identity, id, publicKey, share?.dealt)
  const node = await NetworkNode.start({
    identity: store.identity,
    network,
    listen: init.listen,
    announce: init.announce,
    preset: init.preset,
    guests: DELIVERERS,
    turnedAway: init.turnedAway
  })
  node.gate.know(
    'PES and concentrator',
    [init.pesKey, init.concentrator].filter(key => key !== undefined)
  )
  let service: SupplierService | undefined
  const take = (setup: Uint8Array): void => {
    const pes = init.pesKey ?? (store.setup && decodeEnvelope(store.setup).sender)
    const terms = acceptSetup(setup, { publicKey, share }, { networkId: id, slotSeconds, pes, supplier: store.identity.id, dealer })
    // Stores a changed setup, since the limits of one PES may change.
    if (!store.setup || !equalBytes(store.setup, setup)) store.keepSetup(setup)
    init.onSetup?.(terms)
    service?.stop()
    service = new SupplierService({
      node,
      clock,
      fail: init.fail,
      observe: output => init.observe?.(output, terms),
      ...(init.warn ? { warn: init.warn } : {}),
      config: { terms, decrypt }
    })
  }
  if (store.setup) take(store.setup)
  const receive = async (from: MeterId, bytes: Uint8Array): Promise<string | Uint8Array> => {
    if (init.concentrator !== undefined && from !== init.concentrator) return 'aggregates are taken from the concentrator only'
    if (!service) return 'no PES has told its setup yet'
    const reply = service.receive(from, bytes)
    await init.settled?.()
    return reply
  }
  await node.serve('mdms', async (from, bytes) => {
    const envelope = decodeEnvelope(bytes)
    const { type, sender } = envelope
    if (init.deliveries && DeliveryIntake.takes(envelope)) return await init.deliveries.take(from, envelope)
    if (type === MessageType.PesSetupRequest) return paillierKey
    try {
      if (type !== MessageType.PesSetup) {
        const reply = await receive(from, bytes)
        return typeof reply === 'string' ? syncReplyWith(reply) : reply
      }
      // Refuses a setup that others bring, since it may be an earlier one.
      if (from !== sender) throw new PesSetupError(`setup of the PES: expected it from ${sender} itself, got it from ${from}`)
      take(bytes)
      return syncReplyWith('')
    } catch (cause) {
      if (!(cause instanceof HushgridError)) throw cause
      if (cause instanceof PesSetupError) init.warn?.(cause.message)
      return syncReplyWith(cause.message)
    }
  })
  return {
    node,
    get service() {
      return service
    },
    stop: async () => {
      service?.stop()
      await node.stop()
      store.close()
    }
  }
}
