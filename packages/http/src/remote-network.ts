import { isIPv6 } from 'node:net'

/** Groups of 16 bits in the 64 bits that name a network (RFC 4291 section 2.5.4). */
const NETWORK_GROUPS = 4
/** IPv4-mapped addresses (RFC 4291 section 2.5.5.2), as URLs spell them. */
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/

/**
 * Names the network of an address: the whole address for IPv4, also where a socket writes it as an IPv6 one; the first 64
 * bits for IPv6, since one machine may have as many addresses there as it likes.
 */
export function networkOf(address: string): string {
  const plain = address.split('%', 1)[0] ?? address
  if (!isIPv6(plain)) return address
  // Normalises to the shortest form, lower case.
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
