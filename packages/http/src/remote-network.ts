import { isIPv6 } from 'node:net'

/** 16 bits each of the 64 that name a network (RFC 4291 section 2.5.4). */
const NETWORK_GROUPS = 4
/** IPv4-mapped addresses (RFC 4291 section 2.5.5.2), as URLs spell them. */
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/

/**
 * Who has an address: an IPv4 address itself, also where it is written as an IPv6 one, as sockets for both do; of an IPv6
 * address the 64 bits of its network, since one machine has as many addresses there as it likes.
 */
export function networkOf(address: string): string {
  const plain = address.split('%', 1)[0] ?? address
  if (!isIPv6(plain)) return address
  // Its shortest form, lower case.
  const text = new URL(`http://[${plain}]`).hostname.slice(1, -1)
  const mapped = MAPPED.exec(text)
  if (mapped) {
    const [high, low] = [mapped[1], mapped[2]].map(group => Number.parseInt(group as string, 16)) as [number, number]
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')
  }
  const [before = '', after] = text.split('::')
  const [first, last] = [before, after ?? ''].map(part => (part === '' ? [] : part.split(':'))) as [string[], string[]]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return `${[...first, ...zeros, ...last].slice(0, NETWORK_GROUPS).join(':')}::/64`
}
