import { InvalidArgumentError, type MeterId } from '@hushgrid/primitives'
import type { KnownParty, Party } from '@hushgrid/scenarios'
import type { Directory } from '../machines/machine-node.ts'
import type { PeerNumber } from '../network/virtual-delivery.ts'

/** Peers of a network and their keys. */
export class PeerDirectory {
  readonly #peers = new Map<MeterId, PeerNumber>()
  readonly #ids: MeterId[] = []

  /** Enters a peer of the network, once. */
  enter(id: MeterId, peer: PeerNumber): void {
    this.#peers.set(id, peer)
    this.#ids[peer] = id
  }

  idOf(peer: PeerNumber): MeterId {
    const id = this.#ids[peer]
    if (id === undefined) throw new InvalidArgumentError('peer', `0 to ${this.#ids.length - 1}`, String(peer))
    return id
  }

  peerOf(id: MeterId): PeerNumber | undefined {
    return this.#peers.get(id)
  }
}

/** Directory of a neighbourhood of the DC-net: numbers of peers, their keys, and their names in a scenario. */
export class NeighbourhoodDirectory extends PeerDirectory implements Directory {
  readonly #names: KnownParty[] = []
  readonly #roles = new Map<KnownParty, PeerNumber>()

  /** Enters a peer with its name in a scenario. */
  enterAs(name: KnownParty, id: MeterId, peer: PeerNumber): void {
    this.enter(id, peer)
    this.#names[peer] = name
    if (typeof name !== 'number') this.#roles.set(name, peer)
  }

  get registrar(): PeerNumber {
    return this.#roles.get('registrar') as PeerNumber
  }

  get aggregator(): PeerNumber {
    return this.#roles.get('aggregator') as PeerNumber
  }

  /** Gives the name of a peer in a scenario. */
  nameOf(peer: PeerNumber): KnownParty {
    const name = this.#names[peer]
    if (name === undefined) throw new InvalidArgumentError('peer', `0 to ${this.#names.length - 1}`, String(peer))
    return name
  }

  /** Gives a meter's number by its id; undefined for the roles and for strangers. */
  meterOf(id: MeterId): number | undefined {
    const party = this.partyOf(id)
    return typeof party === 'number' ? party : undefined
  }

  partyOf(id: MeterId): Party {
    const peer = this.peerOf(id)
    return peer === undefined ? 'nobody known' : this.nameOf(peer)
  }
}
