// A case as it is written, with the few things that every part of the generator needs.
import { ed25519 } from '@noble/curves/ed25519.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

export interface Member {
  meterId: string
  readonly blindingSecret: string
  blindingKey: string
  readonly placement: string
  absent: boolean
  laneMask: string
  credential: Credential
  neighbours: string[]
  reading: string[] | null
  submission: string[] | null
  /** Of double mask only, as the three after it. */
  corrections?: string[] | null
  tags?: string[] | null
  check?: string | null
  /** r by owner. */
  shareRelease?: { [owner: string]: string } | null
  release: string[] | null
}

interface Credential {
  season: number
  notBefore: number
  notAfter: number
  lanes: { readonly obis: string; consent: boolean }[]
  signature: string
}

export interface Lane {
  readonly obis: string
  maxReading: string
  support: number
}

export interface Roster {
  readonly networkName: string
  readonly epoch: number
  readonly season: number
  seasonFirstSlot: number
  seasonEndSlot: number
  readonly previous: string
  firstSlot: number
  slotSeconds: number
  lanes: Lane[]
  degree: number
  minMembers: number
  readonly recovery: number
  readonly suite: number
  readonly flags: number
  readonly ringSeed: string
  registrarKey: string
  aggregatorKey: string
  cuts: [lower: string, higher: string][]
}

export interface Case {
  readonly name: string
  refused?: string
  slot: number
  rosterHash: string
  readonly registrarSecret: string
  rosterSignature: string
  readonly roster: Roster
  ring: string[]
  members: Member[]
  missing: string[]
  silent: string[]
  lying: string[]
  /** Of double mask only. */
  conflicts?: [lower: string, higher: string][]
  total: string[]
  openLanes: string[] | null
  totalWithoutMissing: string[] | null
}

export const MODULUS = 1n << 64n
const mod = (value: bigint): bigint => ((value % MODULUS) + MODULUS) % MODULUS

export function littleEndian(value: number | bigint, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn))
}

/** Bytes that depend on their name alone. */
export function drawn(name: string, length: number): Uint8Array {
  return hkdf(sha256, utf8ToBytes('hushgrid test vectors'), undefined, utf8ToBytes(name), length)
}

export const byHex = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export function identity(name: string): string {
  return bytesToHex(ed25519.getPublicKey(drawn(name, 32)))
}

export function sum(vectors: readonly (readonly bigint[])[], lanes: number): bigint[] {
  return Array.from({ length: lanes }, (_, l) => mod(vectors.reduce((total, vector) => total + (vector[l] as bigint), 0n)))
}

export const decimals = (vector: readonly bigint[]): string[] => vector.map(String)
export const integers = (vector: readonly string[] | null): bigint[] => (vector ?? []).map(BigInt)
