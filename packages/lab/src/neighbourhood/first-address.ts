import type { NetworkNode } from '@hushgrid/network'
import { HushgridError } from '@hushgrid/primitives'

/** The multiaddr that a lab reaches a node at, with its peer id. */
export function firstAddress(node: Pick<NetworkNode, 'addresses'>): string {
  const [address] = node.addresses
  if (!address) throw new HushgridError('a node listens nowhere')
  return address
}
