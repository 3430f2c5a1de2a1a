// Credentials (PROTOCOL.md section 2): what they say, how they are signed, and how they travel.
import { MAX_CREDENTIAL } from '@hushgrid/messages'
import {
  concatBytes,
  fromHex,
  HushgridError,
  InvalidArgumentError,
  type MeterId,
  type ObisCode,
  obisCode,
  type SigningKey,
  sha256,
  u8,
  u32,
  u64,
  utf8,
  type VerifyingKey
} from '@hushgrid/primitives'

/** Slots at the start of a season in which its members enrol their keys for the next one. */
export const ENROLMENT_SLOTS = 8

/** `networkId = SHA-256("hushgrid/v2/network" ‖ name)`, 32 bytes (PROTOCOL.md section 2). */
export function networkId(name: string): Uint8Array {
  return sha256(utf8('hushgrid/v2/network'), utf8(name))
}

/** A lane that a meter can fill. */
export interface CredentialLane {
  readonly obis: ObisCode
  /** True where its household agrees to be seen in a sum that few can fill. */
  readonly consent: boolean
}

/** The registrar's word that a meter id and a blinding key belong to one real meter (PROTOCOL.md section 2). */
export interface Credential {
  readonly meterId: MeterId
  /** X25519 public key of the season, 32 bytes. */
  readonly blindingKey: Uint8Array
  readonly season: number
  /** Start of its validity, Unix seconds. */
  readonly notBefore: number
  /** End of its validity, Unix seconds, exclusive. */
  readonly notAfter: number
  /** All lanes that the meter can fill, ascending as bytes, also those that a roster leaves out. */
  readonly lanes: readonly CredentialLane[]
  /** Ed25519 signature, 64 bytes. */
  readonly signature: Uint8Array
}

const PREFIX = utf8('hushgrid/v2/credential')
/** Bytes of a signature. */
const SIGNATURE = 64
/** Bytes of the two times. */
const TIMES = 16
/** Bytes of lanes in the largest credential that travels with a roster. */
const MOST_LANE_BYTES = MAX_CREDENTIAL - TIMES - SIGNATURE

/** Encodes what a credential says beside its keys: season, times and lanes, as they are signed. */
function encodeTerms({ season, ...rest }: Pick<Credential, 'season' | 'notBefore' | 'notAfter' | 'lanes'>): Uint8Array {
  return concatBytes(u32(season), encodeValidity(rest))
}

function encodeValidity({ notBefore, notAfter, lanes }: Pick<Credential, 'notBefore' | 'notAfter' | 'lanes'>): Uint8Array {
  return concatBytes(u64(notBefore), u64(notAfter), encodeLanes(lanes))
}

/** Encodes lanes with consents: `u8 count ‖ count × (u8 length ‖ OBIS code ‖ u8 consent)`. */
export function encodeLanes(lanes: readonly CredentialLane[]): Uint8Array {
  return concatBytes(
    u8(lanes.length),
    ...lanes.flatMap(({ obis, consent }) => [u8(utf8(obis).byteLength), utf8(obis), u8(consent ? 1 : 0)])
  )
}

/**
 * Reads lanes with consents.
 *
 * @throws InvalidArgumentError unless they ascend as bytes, each once, nothing comes after them, and a roster can carry them
 */
export function decodeLanes(bytes: Uint8Array): CredentialLane[] {
  if (bytes.byteLength > MOST_LANE_BYTES)
    throw new InvalidArgumentError('lanes', `at most ${MOST_LANE_BYTES} bytes`, String(bytes.byteLength))
  let at = 0
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.byteLength) throw new InvalidArgumentError('lanes', `${length} bytes at byte ${at}`, 'their end')
    at += length
    return bytes.subarray(at - length, at)
  }
  const byte = (): number => take(1)[0] as number
  const lanes: CredentialLane[] = []
  for (let count = byte(); count > 0; count--) {
    const obis = obisCode(Buffer.from(take(byte())).toString('utf8'))
    const consent = byte()
    if (consent > 1) throw new InvalidArgumentError('consent', '0 or 1', String(consent))
    // OBIS codes are ASCII, so that strings compare as their bytes do.
    if (lanes.length > 0 && (lanes.at(-1) as CredentialLane).obis >= obis)
      throw new InvalidArgumentError('lanes', 'ascending', 'another order')
    lanes.push({ obis, consent: consent === 1 })
  }
  if (at !== bytes.byteLength) throw new InvalidArgumentError('lanes', `${at} bytes`, String(bytes.byteLength))
  return lanes
}

/** Encodes what travels of a credential beside a roster: `u64 notBefore ‖ u64 notAfter ‖ lanes ‖ signature`. */
export function packCredential(credential: Credential): Uint8Array {
  return concatBytes(encodeValidity(credential), credential.signature)
}

/**
 * Reads a credential as it travels.
 *
 * @param of - what the roster says of the member
 * @throws InvalidArgumentError where it has another form
 */
export function unpackCredential(packed: Uint8Array, of: Pick<Credential, 'meterId' | 'blindingKey' | 'season'>): Credential {
  const end = packed.byteLength - SIGNATURE
  if (end < 17) throw new InvalidArgumentError('credential', `at least ${17 + SIGNATURE} bytes`, String(packed.byteLength))
  const view = new DataView(packed.buffer, packed.byteOffset, 16)
  return {
    ...of,
    notBefore: exact(view.getBigUint64(0, true)),
    notAfter: exact(view.getBigUint64(8, true)),
    lanes: decodeLanes(packed.subarray(16, end)),
    signature: packed.subarray(end)
  }
}

/** Gives a date as a number. A date beyond that could not be signed over as it is. */
function exact(seconds: bigint): number {
  if (seconds > Number.MAX_SAFE_INTEGER)
    throw new InvalidArgumentError('credential date', `at most ${Number.MAX_SAFE_INTEGER}`, 'a later one')
  return Number(seconds)
}

function credentialBytes(network: Uint8Array, credential: Omit<Credential, 'signature'>): Uint8Array {
  return concatBytes(PREFIX, network, fromHex(credential.meterId), credential.blindingKey, encodeTerms(credential))
}

/** Signs a credential as the registrar. */
export function issueCredential(registrar: SigningKey, network: Uint8Array, of: Omit<Credential, 'signature'>): Credential {
  const lanes = [...of.lanes].sort((a, b) => (a.obis < b.obis ? -1 : 1))
  if (lanes.some(({ obis }, i) => obis === lanes[i + 1]?.obis))
    throw new HushgridError('credential: expected each lane once, got one twice')
  return { ...of, lanes, signature: registrar.sign(credentialBytes(network, { ...of, lanes })) }
}

/**
 * Tells whether a credential is the registrar's and holds at a moment.
 *
 * @param at - Unix seconds: the start of the roster's first slot
 */
export function verifyCredential(registrar: VerifyingKey, network: Uint8Array, credential: Credential, at: number): boolean {
  return (
    credential.notBefore <= at && at < credential.notAfter && registrar.verify(credentialBytes(network, credential), credential.signature)
  )
}
