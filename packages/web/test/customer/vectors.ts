// What the customer's own programs and the meter's made: `Vault` of nodes/customer and `sealBatch` of packages/billing.
import { type Bytes, checkScheme, fromHex } from '../../src/customer/crypto/index.ts'

export const ACCOUNT = 'ada'
export const PASSWORD = 'lange Sätze sind gut'
export const METER = 'b2b6f013fe698da1fd048217b42039e8b64516c9ffbec7aeeb14679357cd66ec'
export const PROOF = '57dd4760c9c3d181935bd00c041f484b63643af8c8ea81d010d657d92a360c88'

const SALT = '60c271b606b4d7c2c0e9f9032c6e346a'
const WRAPPED = 'c202f19d90fb77f44deb51cf8b1c5653b15e09b2a1d994cf42323a726fa8210ff013a74b5a305b5dd2e48b429ed81ba8afb1b9b91f33d51a31df8292'

/** What the server says before one signs in. */
export const TERMS = { scheme: { scheme: 'pbkdf2-sha256', iterations: 1_000_000 }, salt: SALT } as const

export const EXPECTED = { account: ACCOUNT, scheme: checkScheme(TERMS.scheme), salt: bytes(SALT) }

export const RECORD = `{
  "format": "hushgrid customer account",
  "version": 1,
  "account": "ada",
  "password": {
    "scheme": "pbkdf2-sha256",
    "iterations": 1000000
  },
  "salt": "${SALT}",
  "check": "4d23ed99540e839c28a1313658020f27f392c1868db8884f2016519e",
  "meters": [
    {
      "meterId": "${METER}",
      "wrapped": "${WRAPPED}"
    }
  ]
}
`

/** Two lanes, eight slots of 900 s, three of them gaps; encoded as the meter encodes it. */
export const BATCH = bytes(
  `01${METER}84030000a0551e000000000008000000020a312d303a312e32392e300a312d303a322e32392e3001cd943d74a4b8941c72e2a0743125ab7538f12bbc462943f4fc5ac4b01756f1427f04d3b0f35d244c703e89596eb15b5c8fcddcc61d676456f8ffcc0469a267167a67722513295cd7eda37835b8815036465b8c5a9fedc406463a250566ab473db8c63b4825f6f9a75415d59c156d85868c7292171ae4f8f03396480005a1154355710d914f2d48207d640a4d5fd813070f`
)
export const BATCH_FIRST = 1_988_000
export const READINGS = [[120n, 0n], undefined, [0n, 35n], [2n ** 47n - 1n, 1n], undefined, undefined, [7n, 0n], [8n, 9n]]

/** Where the parts of {@link BATCH} begin. */
export const AT = { meterId: 1, slotSeconds: 33, firstSlot: 37, slots: 45, lanes: 49, presence: 72, ciphertexts: 74, signature: 154 }

function bytes(hex: string): Bytes {
  const out = fromHex(hex, hex.length / 2)
  if (!out) throw new Error(`expected hexadecimal, got ${hex.length} characters that are not`)
  return out
}

/** A copy with bits of a byte flipped. */
export function flipped(of: Bytes, at: number, bits = 1): Bytes {
  const out = of.slice()
  out[at] = (out[at] ?? 0) ^ bits
  return out
}

/** The bytes with a part replaced by another. */
export function spliced(of: Bytes, at: number, remove: number, insert: readonly number[]): Bytes {
  return Uint8Array.from([...of.slice(0, at), ...insert, ...of.slice(at + remove)])
}
