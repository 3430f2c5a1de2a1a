// Words of members on an attacking aggregator's requests (PROTOCOL.md section 7, recovery 2, step 3): a meter answers a
// ShareRequest that names somebody only while it holds the words of t neighbours on one and the same MaskRequest.
import { decodeEnvelope, type Envelope, MaskWordPayload, MessageType, sealEnvelope } from '@hushgrid/messages'
import { type MeterId, sha256, toHex } from '@hushgrid/primitives'
import { type AttackOrder, colludersOf, onEnvelopes, type SimulatedTarget } from '../../attack.ts'
import { type Asked, handOver } from '../requests.ts'

/** Words that an attack was given. Colluders vouch for whatever is asked. */
export class Words {
  readonly #target: SimulatedTarget
  readonly #colluders: ReadonlySet<MeterId>
  /** By the hash of the request's payload, then by the sender. */
  readonly #given = new Map<string, Map<MeterId, Uint8Array>>()

  constructor(target: SimulatedTarget, order: AttackOrder) {
    this.#target = target
    this.#colluders = colludersOf(target, order)
    onEnvelopes(target, order, ({ to, envelope }) => {
      if (to === 'aggregator' && envelope.type === MessageType.MaskWord) this.#keep(envelope)
      return 'pass'
    })
  }

  #keep(envelope: Envelope): void {
    const name = toHex(MaskWordPayload.decode(envelope.payload).requestHash)
    const words = this.#given.get(name) ?? new Map<MeterId, Uint8Array>()
    this.#given.set(name, words.set(envelope.sender, encoded(envelope)))
  }

  /** Tells whether a meter has given its word on a MaskRequest. */
  has(meter: number, request: Uint8Array): boolean {
    return this.#given.get(toHex(nameOf(request)))?.has(this.#target.meter(meter).id) === true
  }

  /** Shows a meter its neighbours' words on a MaskRequest. */
  show(asked: Asked, meter: number, request: Uint8Array): void {
    const { roster } = asked.held
    const position = roster.indexOf(this.#target.meter(meter).id)
    if (position === undefined) return
    const requestHash = nameOf(request)
    const given = this.#given.get(toHex(requestHash))
    for (const index of roster.neighbours(position)) {
      const id = roster.meterId(index)
      const word = this.#colluders.has(id) ? this.#forColluder(asked, id, requestHash) : given?.get(id)
      if (word) handOver(this.#target, meter, word)
    }
  }

  #forColluder({ slot, held: { roster } }: Asked, id: MeterId, requestHash: Uint8Array): Uint8Array | undefined {
    const number = this.#target.meterOf(id)
    if (number === undefined) return undefined
    const { key } = this.#target.meter(number)
    return sealEnvelope(key, MessageType.MaskWord, roster.hash, roster.epoch, slot, MaskWordPayload.encode({ requestHash }))
  }
}

/** Gives the hash by which an answer names a request. */
function nameOf(request: Uint8Array): Uint8Array {
  return sha256(decodeEnvelope(request).payload)
}

/** Encodes an envelope again; its signature stays, whatever context that was made in. */
function encoded({ sender, type, epoch, slot, payload, signature }: Envelope): Uint8Array {
  return sealEnvelope({ id: sender, sign: () => signature }, type, new Uint8Array(0), epoch, slot, payload)
}
