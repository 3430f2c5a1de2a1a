// Multiaddrs, and the keys at their ends: read, checked and written.
import { HushgridError, InvalidArgumentError, type MeterId, meterId } from '@hushgrid/primitives'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { idOf, peerOf } from './names.ts'

/** A libp2p node that could not be started or reached. */
export class NetworkError extends HushgridError {
  override name = 'NetworkError'
}

/** Tells whether a multiaddr reaches this machine only. */
export function isLoopback(address: string): boolean {
  return /^\/(ip4\/127\.|ip6\/(0*:)*:?0*1\/|dns[46]?\/localhost\/)/.test(address)
}

/** @throws NetworkError unless the text is a multiaddr that ends in a peer id */
export function parseAddress(text: string): Multiaddr {
  let address: Multiaddr
  try {
    address = multiaddr(text)
  } catch {
    throw new NetworkError(`${JSON.stringify(text)}: expected a multiaddr such as /ip4/127.0.0.1/tcp/4001/p2p/12D3KooW…`)
  }
  if (!address.getComponents().some(component => component.name === 'p2p')) {
    throw new NetworkError(`${text}: expected a multiaddr that ends in /p2p/ and the peer id`)
  }
  return address
}

/**
 * Gives the Ed25519 key of the node that a multiaddr ends in.
 *
 * @throws NetworkError unless the text is such a multiaddr
 */
export function idInAddress(text: string): MeterId {
  const peer = parseAddress(text)
    .getComponents()
    .findLast(component => component.name === 'p2p')?.value
  try {
    return idOf(peerIdFromString(peer ?? ''))
  } catch (cause) {
    throw new NetworkError(`${text}: expected the peer id of an Ed25519 key at its end, such as 12D3KooW…`, { cause })
  }
}

/**
 * Reads an option that names a node: its Ed25519 key in hexadecimal, or a multiaddr that ends in its peer id.
 *
 * @throws InvalidArgumentError, NetworkError
 */
export function nodeKey(option: string): (text: string) => MeterId {
  return text => {
    if (text.startsWith('/')) return idInAddress(text)
    if (!/^[0-9a-fA-F]{64}$/.test(text))
      throw new InvalidArgumentError(option, '64 hexadecimal digits or a multiaddr with a peer id', JSON.stringify(text))
    return meterId(text.toLowerCase())
  }
}

/** Reads an option that names several nodes, as {@link nodeKey} does one. */
export function nodeKeys(option: string): (text: string, before: readonly MeterId[] | undefined) => readonly MeterId[] {
  return (text, before) => [...(before ?? []), nodeKey(option)(text)]
}

/** Reads an option that says where a node is: a multiaddr that ends in its peer id. */
export function nodeAddress(text: string): string {
  idInAddress(text)
  return text
}

/** Gives a multiaddr without the peer id at its end, for where the id goes without saying. */
export function withoutPeerId(address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, '')
}

/** Gives a multiaddr that ends in a node's peer id, whether it had one or not. */
export function withPeerId(address: string, peer: MeterId): string {
  return `${withoutPeerId(address)}/p2p/${peerOf(peer).toString()}`
}

/** Gives an error of libp2p's start as one about the addresses, where it is that. */
export function listenError(cause: unknown, listen: readonly string[]): Error {
  const text =
    cause instanceof Error
      ? `${cause.message} ${String(cause.cause ?? '')} ${JSON.stringify((cause as AggregateError).errors?.map(String) ?? '')}`
      : String(cause)
  if (/EMFILE|ENFILE/.test(text))
    return new NetworkError(
      `${listen.join(', ')}: expected a file descriptor to listen with, got none; "ulimit -n" shows how many there may be`
    )
  const unlistenable =
    cause instanceof Error && /^(InvalidMultiaddr|InvalidParameters|Validation|UnsupportedListenAddress)/.test(cause.name)
  if (unlistenable || /EADDRINUSE/.test(text) || /could not listen|failed to listen|No valid addresses/i.test(text)) {
    return new NetworkError(
      `${listen.join(', ')}: expected a free TCP address of this machine to listen on, got one that is in use or not such`
    )
  }
  return cause instanceof Error ? cause : new NetworkError(String(cause))
}
