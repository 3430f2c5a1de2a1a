import { isIPv6 } from 'node:net'

/** Groups of an IPv6 address that one customer of a provider has to itself (RFC 6177). */
const GROUPS = 4

/** Gives the block of addresses that counts as one: an IPv4 address, or the first 64 bits of an IPv6 address. */
export function addressBlock(host: string): string {
  const [address = ''] = host.split('%')
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail] = address.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array<string>(8 - front.length - back.length).fill('0')
  const groups = [...front, ...zeros, ...back].slice(0, GROUPS)
  return `${groups.map(group => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
