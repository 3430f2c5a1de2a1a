/**
 * Setup of this path, known to everybody before the first reading: the supplier's Paillier key, the PES's RSA key and the
 * limits below which nothing is aggregated. The supplier signs its own key, the PES the rest; a concentrator that hands out
 * another key would read everything, so meters go by the two signers' keys that they were given. With `direct` the dealer,
 * whom the network file names, has signed the Paillier key as well: a supplier that chooses hs reads everything.
 */
import { createPublicKey, type KeyObject } from 'node:crypto'
import {
  decodeEnvelope,
  type Envelope,
  MalformedMessageError,
  MessageType,
  PaillierKeyPayload,
  PesSetupPayload,
  PesVariant,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import { Packing, PlaintextProofs, PublicKey } from '@hushgrid/paillier'
import {
  type Epoch,
  ed25519Verifier,
  HushgridError,
  type MeterId,
  type ObisCode,
  obisCode,
  type SigningKey,
  type Slot,
  type VerifierOf
} from '@hushgrid/primitives'
import { checkDealt, type Dealt } from '../dealt.ts'
import { PesSetupError } from '../errors.ts'

/**
 * - `reencrypt`: meters encrypt for the PES, which sees each reading for a moment and encrypts it for the supplier.
 * - `direct`: meters encrypt for the supplier, whose decryption key is split between it and the PES.
 */
export type PesVariantName = 'reencrypt' | 'direct'

/** |reading| stays below 2^47, and no aggregate has more than 65,535 of them (PROTOCOL.md section 3). */
const READING_BITS = 47
const MOST_READINGS = 65_535

/** Limits that the PES keeps to. */
export interface PesLimits {
  readonly lanes: readonly ObisCode[]
  readonly slotSeconds: number
  /** Fewest readings in an aggregate over meters. */
  readonly minMembers: number
  /** Slots of a billing period. */
  readonly billingSlots: number
  /** Fewest readings of a household in its aggregate over a billing period. */
  readonly minReadings: number
}

const DAY_SECONDS = 86_400

/** Gives the limits of billing by the day, of which half is billed at least. */
export function dailyBilling(slotSeconds: number): Pick<PesLimits, 'billingSlots' | 'minReadings'> {
  const billingSlots = Math.ceil(DAY_SECONDS / slotSeconds)
  return { billingSlots, minReadings: Math.ceil(billingSlots / 2) }
}

/** Terms of a setup, checked. */
export interface PesTerms extends PesLimits {
  readonly variant: PesVariantName
  readonly networkId: Uint8Array
  /** Signers: keys in the notation of meter ids. */
  readonly pes: MeterId
  readonly supplier: MeterId
  readonly publicKey: PublicKey
  /** RSA key of the PES, which meters wrap their keys with. */
  readonly rsaKey: KeyObject
  readonly packing: Packing
  /** Proofs that meters give, and the dealer's word on the key; with `direct`. */
  readonly direct: { readonly proofs: PlaintextProofs; readonly dealt: Dealt } | undefined
}

/** Gives the packing of lanes in a plaintext: 64 bits each, so that no sum of up to 65,535 readings runs into the next. */
function packingFor(lanes: number): Packing {
  return new Packing({ lanes, valueBits: READING_BITS, terms: MOST_READINGS })
}

const NO_EPOCH = 0 as Epoch
const NO_SLOT = 0 as Slot
const NO_BYTES = new Uint8Array(0)

/**
 * Seals the supplier's PaillierKey.
 *
 * @param dealt - the dealer's word on the key, which makes it one for `direct`
 */
export function sealPaillierKey(supplier: SigningKey, networkId: Uint8Array, key: PublicKey, dealt?: Dealt): Uint8Array {
  const payload = PaillierKeyPayload.encode({
    variant: dealt ? PesVariant.Direct : PesVariant.Reencrypt,
    n: bytesOf(key.n),
    hs: key.hs === undefined ? NO_BYTES : bytesOf(key.hs),
    splitHash: dealt?.splitHash ?? NO_BYTES,
    dealerSignature: dealt?.signature ?? NO_BYTES
  })
  return sealEnvelope(supplier, MessageType.PaillierKey, networkId, NO_EPOCH, NO_SLOT, payload)
}

/**
 * Seals the PES's PesSetup.
 *
 * @param keys - the envelope of {@link sealPaillierKey}, and the PES's RSA public key
 */
export function sealPesSetup(
  pes: SigningKey,
  networkId: Uint8Array,
  { paillierKey, rsaKey }: { readonly paillierKey: Uint8Array; readonly rsaKey: KeyObject },
  limits: PesLimits
): Uint8Array {
  const { lanes, slotSeconds, minMembers, billingSlots, minReadings } = limits
  const payload = PesSetupPayload.encode({
    paillierKey,
    rsaKey: new Uint8Array(rsaKey.export({ type: 'spki', format: 'der' })),
    lanes: [...lanes],
    slotSeconds,
    minMembers,
    billingSlots,
    minReadings
  })
  return sealEnvelope(pes, MessageType.PesSetup, networkId, NO_EPOCH, NO_SLOT, payload)
}

/** Signers that a setup must be from; where a key is not given, any signer is taken. */
export interface SetupPolicy {
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  readonly pes?: MeterId | undefined
  readonly supplier?: MeterId | undefined
  /** Key of the dealer, as the network file names it; without one no setup of `direct` is taken. */
  readonly dealer?: MeterId | undefined
  /** Variant that we take part in; either where it is left out: a PES that has an earlier key of the supplier may choose. */
  readonly variant?: PesVariantName | undefined
  readonly verifier?: VerifierOf | undefined
  /** Fewest readings in an aggregate over meters that we take part in; 2 where it is left out. */
  readonly minMembers?: number | undefined
  /** True where a Paillier key below 2048 bits is taken, for tests. */
  readonly insecure?: boolean | undefined
}

/**
 * Reads and checks a PesSetup envelope.
 *
 * @throws PesSetupError naming the first thing that is not as it must be
 */
export function openPesSetup(bytes: Uint8Array, policy: SetupPolicy): PesTerms {
  try {
    return open(bytes, policy)
  } catch (cause) {
    if (cause instanceof HushgridError && !(cause instanceof PesSetupError)) throw new PesSetupError(`setup of the PES: ${cause.message}`)
    throw cause
  }
}

function open(bytes: Uint8Array, policy: SetupPolicy): PesTerms {
  const { networkId } = policy
  const setup = signedBy(bytes, MessageType.PesSetup, policy, policy.pes)
  const payload = PesSetupPayload.decode(setup.payload)
  const key = signedBy(payload.paillierKey, MessageType.PaillierKey, policy, policy.supplier)
  const { variant, n, hs, splitHash, dealerSignature } = PaillierKeyPayload.decode(key.payload)
  const { slotSeconds, minMembers, billingSlots, minReadings } = payload
  const told = variant === PesVariant.Direct ? 'direct' : 'reencrypt'
  if (policy.variant !== undefined && told !== policy.variant)
    throw new PesSetupError(`setup of the PES: expected the variant ${policy.variant}, got ${told}`)
  if (slotSeconds !== policy.slotSeconds)
    throw new PesSetupError(`setup of the PES: expected slots of ${policy.slotSeconds} s, got ${slotSeconds}`)
  if (payload.lanes.length === 0) throw new PesSetupError('setup of the PES: expected at least one lane, got none')
  if (minMembers < 2 || minReadings < 2 || billingSlots < minReadings)
    throw new PesSetupError('setup of the PES: expected limits below which nothing is aggregated, got ones that a single reading meets')
  if (minMembers < (policy.minMembers ?? 2))
    throw new PesSetupError(
      `setup of the PES: expected no aggregate of fewer than ${policy.minMembers} readings, got a limit of ${minMembers}`
    )
  const lanes = payload.lanes.map(obisCode)
  const options = { ...(policy.insecure === true && { insecure: true }), ...(hs.byteLength > 0 && { hs: integerOf(hs) }) }
  const publicKey = new PublicKey(integerOf(n), options)
  const packing = packingFor(lanes.length)
  if (packing.bits >= publicKey.bits)
    throw new PesSetupError(
      `setup of the PES: expected a key of more than ${packing.bits} bits for ${lanes.length} lanes, got ${publicKey.bits}`
    )
  const dealt = told === 'direct' ? { splitHash, signature: dealerSignature } : undefined
  if (dealt) checkDealt({ networkId, dealer: policy.dealer, verifier: policy.verifier }, publicKey, dealt)
  return {
    variant: told,
    networkId,
    pes: setup.sender,
    supplier: key.sender,
    publicKey,
    rsaKey: rsaKeyOf(payload.rsaKey),
    lanes,
    slotSeconds,
    minMembers,
    billingSlots,
    minReadings,
    packing,
    direct: dealt && { dealt, proofs: new PlaintextProofs(publicKey, packing.bits) }
  }
}

/** Least size of the PES's RSA key: the security of 3072-bit Paillier keys. */
const RSA_BITS = 3072

function rsaKeyOf(spki: Uint8Array): KeyObject {
  let key: KeyObject
  try {
    key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new PesSetupError('setup of the PES: expected an RSA public key in DER', { cause })
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (key.asymmetricKeyType !== 'rsa' || bits < RSA_BITS)
    throw new PesSetupError(`setup of the PES: expected an RSA key of at least ${RSA_BITS} bits, got ${key.asymmetricKeyType} of ${bits}`)
  return key
}

function signedBy(bytes: Uint8Array, type: MessageType, { networkId, verifier }: SetupPolicy, by: MeterId | undefined): Envelope {
  let envelope: Envelope
  try {
    envelope = decodeEnvelope(bytes)
  } catch (cause) {
    if (cause instanceof MalformedMessageError) throw new PesSetupError(`setup of the PES: ${cause.message}`)
    throw cause
  }
  if (envelope.type !== type) throw new PesSetupError(`setup of the PES: expected a ${type}, got a ${envelope.type}`)
  if (by !== undefined && envelope.sender !== by) throw new PesSetupError(`${type}: expected it by ${by}, got one by ${envelope.sender}`)
  if (!verifyEnvelope(envelope, (verifier ?? ed25519Verifier)(envelope.sender), networkId))
    throw new PesSetupError(`${type}: expected the signature of ${envelope.sender} on it`)
  return envelope
}

/** Encodes an integer big-endian, without leading zeros. */
function bytesOf(value: bigint): Uint8Array {
  const hex = value.toString(16)
  return new Uint8Array(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'))
}

function integerOf(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`)
}
