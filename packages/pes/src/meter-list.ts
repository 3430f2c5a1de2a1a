/**
 * List of a network's meters, signed by the dealer that the network file names: a text of ids of 64 hexadecimal digits, one
 * a line, with a line `signature` and 128 digits; `#` begins a comment. Concentrator and PES are each handed it by the
 * dealer, so that neither can invent meters to single one out. Order and comments are not signed.
 */
import {
  concatBytes,
  ed25519Verifier,
  fromHex,
  type MeterId,
  meterId,
  type SigningKey,
  sha256,
  textLines,
  toHex,
  utf8
} from '@hushgrid/primitives'
import type { DealerOf } from './dealt.ts'
import { MeterListError } from './errors.ts'

const METERS = utf8('hushgrid/v2/pes-meters\0')
const ID = /^[0-9a-fA-F]{64}$/
const SIGNATURE = /^signature\s+([0-9a-fA-F]{128})$/i

/** Gives "hushgrid/v2/pes-meters" ‖ 0x00 ‖ networkId ‖ SHA-256 of the ids, ascending. */
function signedBytes(networkId: Uint8Array, meters: ReadonlySet<MeterId>): Uint8Array {
  return concatBytes(METERS, networkId, sha256(...[...meters].sort().map(id => fromHex(id))))
}

/** Signs a list of meters for one network. */
export function signMeterList(dealer: SigningKey, networkId: Uint8Array, meters: ReadonlySet<MeterId>): string {
  const signature = toHex(dealer.sign(signedBytes(networkId, meters)))
  return [...[...meters].sort(), `signature ${signature}`, ''].join('\n')
}

/**
 * Reads a signed list.
 *
 * @param fileName - for errors
 * @throws MeterListError naming the first line that is wrong, or that the signature does not hold
 */
export function openMeterList(text: string, fileName: string, { networkId, dealer, verifier }: DealerOf): ReadonlySet<MeterId> {
  if (dealer === undefined)
    throw new MeterListError(`${fileName}: expected the key of who signs it in the network file (dealerKey), got a file without`)
  const meters = new Set<MeterId>()
  let signature: Uint8Array | undefined
  for (const [index, line] of textLines(text).entries()) {
    const entry = line.replace(/#.*/, '').trim()
    const signed = SIGNATURE.exec(entry)?.[1]
    if (entry === '') continue
    if (signed !== undefined && !signature) signature = fromHex(signed)
    else if (ID.test(entry)) meters.add(meterId(entry.toLowerCase()))
    else
      throw new MeterListError(
        `${fileName}:${index + 1}: expected a meter id of 64 hexadecimal digits, got ${JSON.stringify(entry.slice(0, 80))}`
      )
  }
  if (meters.size === 0) throw new MeterListError(`${fileName}: expected at least one meter id, got none`)
  if (!signature) throw new MeterListError(`${fileName}: expected a line with the dealer's signature, got none`)
  if (!(verifier ?? ed25519Verifier)(dealer).verify(signedBytes(networkId, meters), signature))
    throw new MeterListError(`${fileName}: expected the signature of the dealer ${dealer} for this network, got another`)
  return meters
}
