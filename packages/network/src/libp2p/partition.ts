import type { MeterId } from '@hushgrid/primitives'
import type { PeerId } from '@libp2p/interface'
import { idOf } from './names.ts'

/** A lab's partition of the network, as one node sees it. */
export class Partition {
  blocked: ReadonlySet<MeterId> = new Set()

  cutsOff(peer: PeerId): boolean {
    return this.blocked.size > 0 && peer.type === 'Ed25519' && this.blocked.has(idOf(peer))
  }
}
