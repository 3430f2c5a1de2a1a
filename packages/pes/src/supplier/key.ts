/** The supplier's decryption key, whole or in two shares, as key files hold it. Everything here is secret. */
import { type Ciphertext, DecryptionShare, PartialDecryption, PrivateKey, PublicKey } from '@hushgrid/paillier'
import { fromHex, HushgridError, toHex } from '@hushgrid/primitives'
import { z } from 'zod'
import { type Dealt, splitHashOf } from '../dealt.ts'

/** A key file that does not hold what it must. */
export class KeyFileError extends HushgridError {
  override name = 'KeyFileError'
}

/** A share of the decryption key, with the public key it belongs to. */
export interface KeyShare {
  readonly publicKey: PublicKey
  readonly share: DecryptionShare
  /** The dealer's word on both, for one network; not checked here. */
  readonly dealt: Dealt
}

const hex = z.string().regex(/^[0-9a-f]+$/)
const wholeKey = z.strictObject({ format: z.literal('hushgrid-paillier-key/1'), p: hex, q: hex })
const keyShare = z.strictObject({
  format: z.literal('hushgrid-paillier-share/2'),
  n: hex,
  hs: hex,
  share: hex,
  dealerSignature: hex.length(128)
})

const integer = (text: string): bigint => BigInt(`0x${text}`)

export function encodeSupplierKey(key: PrivateKey): Uint8Array {
  const { p, q } = key.exportPrimes()
  return json({ format: 'hushgrid-paillier-key/1', p: p.toString(16), q: q.toString(16) })
}

/** @throws KeyFileError */
export function decodeSupplierKey(bytes: Uint8Array, options: { readonly insecure?: boolean } = {}): PrivateKey {
  const { p, q } = parsed(wholeKey, bytes, 'a Paillier key')
  try {
    // A key with a changed digit would decrypt wrongly.
    return PrivateKey.ofPrimes(integer(p), integer(q), options)
  } catch (cause) {
    if (cause instanceof HushgridError) throw new KeyFileError(`key file: ${cause.message}`)
    throw cause
  }
}

export function encodeKeyShare({ publicKey, share, dealt }: KeyShare): Uint8Array {
  const { n, hs } = publicKey.toJSON()
  return json({ format: 'hushgrid-paillier-share/2', n, hs, share: toHex(share.toBytes()), dealerSignature: toHex(dealt.signature) })
}

/** @throws KeyFileError, KeySizeError, and what a share of another key gives */
export function decodeKeyShare(bytes: Uint8Array, options: { readonly insecure?: boolean } = {}): KeyShare {
  const { n, hs, share: text, dealerSignature } = parsed(keyShare, bytes, 'a share of a Paillier key that a dealer has signed')
  const publicKey = new PublicKey(integer(n), { ...options, hs: integer(hs) })
  const share = DecryptionShare.fromBytes(publicKey, fromHex(text))
  return { publicKey, share, dealt: { splitHash: splitHashOf(share), signature: fromHex(dealerSignature) } }
}

/** Gives what the PES adds to an aggregate with `direct`: its partial decryption, with a proof that it is one. */
export function partialOf({ publicKey, share }: Pick<KeyShare, 'publicKey' | 'share'>): (aggregate: Ciphertext) => Uint8Array {
  return aggregate => share.partial(aggregate).toBytes(publicKey)
}

/**
 * Gives the supplier's decryption with `direct`: it combines its own part with that of the PES once the proof holds. The
 * verification key comes with its own share, from the dealer.
 */
export function decryptWith({
  publicKey,
  share
}: Pick<KeyShare, 'publicKey' | 'share'>): (aggregate: Ciphertext, partial: Uint8Array) => bigint {
  return (aggregate, partial) =>
    share.verificationKey.combine(aggregate, share.partial(aggregate), PartialDecryption.fromBytes(publicKey, partial))
}

function json(value: object): Uint8Array {
  return new Uint8Array(Buffer.from(`${JSON.stringify(value)}\n`))
}

function parsed<T>(schema: z.ZodType<T>, bytes: Uint8Array, what: string): T {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    // The text itself is a secret.
    throw Object.assign(new KeyFileError(`key file: expected ${what} as JSON, got something else`), { cause: (cause as Error).name })
  }
  const result = schema.safeParse(value)
  if (!result.success)
    throw new KeyFileError(`key file: expected ${what}, got other fields (${result.error.issues[0]?.path.join('.') ?? ''})`)
  return result.data
}
