// Confidential messages between two parties of a group: X25519, HKDF-SHA-256, AES-256-GCM.
//
// A key is for one group, one sender and one receiver, since the salt is the group's hash; the nonce is phase, slot and round.
// So a nonce is used once where a party seals one message for each of these, which whoever runs rounds sees to, and where a
// party that has lost its journal comes back with another agreement key.
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { type BlindingKey, concatBytes, HushgridError, hkdfSha256, type MeterId, u8, u16, u64 } from '@hushgrid/primitives'
import { idBytes } from './byte-reader.ts'
import { type Place, phaseCode } from './envelope.ts'

const TAG_BYTES = 16

export interface SealerInit {
  readonly self: MeterId
  readonly agreement: BlindingKey
  readonly groupHash: Uint8Array
  /** Gives the X25519 key of a party of the group. */
  readonly keyOf: (party: MeterId) => Uint8Array | undefined
}

/** Seals and opens a party's messages in one group. */
export class Sealer {
  readonly #init: SealerInit
  readonly #keys = new Map<string, Uint8Array>()

  constructor(init: SealerInit) {
    this.#init = init
  }

  seal(to: MeterId, place: Place, body: Uint8Array): Uint8Array {
    const cipher = createCipheriv('aes-256-gcm', this.#key(this.#init.self, to), nonce(place))
    return concatBytes(cipher.update(body), cipher.final(), cipher.getAuthTag())
  }

  /** Gives the body; undefined where it was not sealed by that party for this one, or not for this place. */
  open(from: MeterId, place: Place, sealed: Uint8Array): Uint8Array | undefined {
    const length = sealed.byteLength - TAG_BYTES
    if (length < 0) return undefined
    const decipher = createDecipheriv('aes-256-gcm', this.#key(from, this.#init.self), nonce(place), { authTagLength: TAG_BYTES })
    decipher.setAuthTag(sealed.subarray(length))
    const body = decipher.update(sealed.subarray(0, length))
    try {
      return concatBytes(body, decipher.final())
    } catch {
      return undefined
    }
  }

  #key(sender: MeterId, receiver: MeterId): Uint8Array {
    const info = concatBytes(idBytes(sender), idBytes(receiver))
    const name = `${sender} ${receiver}`
    let key = this.#keys.get(name)
    if (!key) {
      const { self, agreement, groupHash, keyOf } = this.#init
      const other = keyOf(sender === self ? receiver : sender)
      if (!other) throw new HushgridError(`sealing: expected a party of the group, got ${sender === self ? receiver : sender}`)
      const shared = agreement.agree(other)
      key = hkdfSha256(shared, groupHash, info, 32)
      shared.fill(0)
      this.#keys.set(name, key)
    }
    return key
  }
}

function nonce({ phase, slot, round }: Place): Uint8Array {
  return concatBytes(phaseCode(phase), u64(slot), u8(round), u16(0))
}
