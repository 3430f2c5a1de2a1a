import type { NetworkNode } from '@hushgrid/network'
import { HushgridError } from '@hushgrid/primitives'

/** Gives the multiaddr at which a lab reaches a node, with its peer id. */
export function firstAddress(node: Pick<NetworkNode, 'addresses'>): string {
  const [address] = node.addresses
  if (!address) throw new HushgridError('a node listens nowhere')
  return address
}
