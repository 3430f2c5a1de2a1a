// What the customer's own programs and the meter's made: `Vault` of nodes/customer and `sealBatch` of packages/billing.
import { type Bytes, checkScheme, fromHex } from '../../src/customer/crypto/index.ts'

export const ACCOUNT = 'ada'
export const PASSWORD = 'lange Sätze sind gut'
export const METER = '86498a092eaf6233670c3d29197c04940b485211152668bd4fa982bd64da299f'
export const KEY_EPOCH = 3
export const PROOF = 'cb877804d805f86698ad5ee818266a8aecb6904d8d8511d1fc4e4d6711bd1644'

const SALT = '4db3a09aff7391decfe054cc0175bb77'
const WRAPPED = 'c2097eabf41b514362f8f28144e217622b10f7a681303a83950fdd9f826413bf56704a1baf80442f03e0eee43e63d7236f2898c8f51e07ef509fd7d6'

/** What the server says before one signs in. */
export const TERMS = { scheme: { scheme: 'pbkdf2-sha256', iterations: 1_000_000 }, salt: SALT } as const

export const EXPECTED = { account: ACCOUNT, scheme: checkScheme(TERMS.scheme), salt: bytes(SALT) }

export const RECORD = `{
  "format": "hushgrid customer account",
  "version": 2,
  "account": "ada",
  "password": {
    "scheme": "pbkdf2-sha256",
    "iterations": 1000000
  },
  "salt": "${SALT}",
  "check": "9695d954b574ca082e737ff3d3dc730ffabbea621b4c207b68b7c4e3",
  "keys": [
    {
      "meterId": "${METER}",
      "keyEpoch": ${KEY_EPOCH},
      "wrapped": "${WRAPPED}"
    }
  ]
}
`

/** Two lanes, eight slots of 900 s, three of them gaps; encoded as the meter encodes it. */
export const BATCH = bytes(
  `02${METER}0300000084030000a0551e000000000008000000020a312d303a312e32392e300a312d303a322e32392e3001cdf036f170042ba92622d930c7d67e12c2ca75498700fedc021c27d3d0a15e893c1343ec65320d44e1d64034e9fd76f14955f104ad4a4fa1b71ccf706f2e6ec049ad4b4dcfbc76135e9b1d41eff140771c3eec705a7d409fe0f5f57248c7150bcd6b9309fd8295d32485a0a85d3ab7cf4c4671711acc1c5ab3df03fa81e4efdfc02e473e31116b8222f38d86085d2bc90e`
)
export const BATCH_FIRST = 1_988_000
export const READINGS = [[120n, 0n], undefined, [0n, 35n], [2n ** 47n - 1n, 1n], undefined, undefined, [7n, 0n], [8n, 9n]]

/** Where the parts of {@link BATCH} begin. */
export const AT = {
  meterId: 1,
  keyEpoch: 33,
  slotSeconds: 37,
  firstSlot: 41,
  slots: 49,
  lanes: 53,
  presence: 76,
  ciphertexts: 78,
  signature: 158
}

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
