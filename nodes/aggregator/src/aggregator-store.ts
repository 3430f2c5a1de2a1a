import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { decodeEnvelope, SlotTranscript } from '@hushgrid/messages'
import { IdentityKey, type Rng } from '@hushgrid/primitives'
import { RecordLog, readOrCreateSecret } from '@hushgrid/runtime'

/** The log of transcripts is begun anew when it has grown to this, in bytes. */
const RESTART_AT = 256 * 1024 * 1024

/** What an aggregator keeps in its data directory: its key, and each slot's result with its transcript. */
export class AggregatorStore {
  readonly identity: IdentityKey
  /** The last slot that has a result; −1 where none has. */
  readonly closedThrough: number
  /**
   * Whether results were lost with the end of a damaged log, or with all of it. The slots of those are not opened
   * again: a roster that is taken up after a start counts from the next slot.
   */
  readonly damaged: boolean
  readonly #log: RecordLog

  private constructor(identity: IdentityKey, closedThrough: number, damaged: boolean, log: RecordLog) {
    this.identity = identity
    this.closedThrough = closedThrough
    this.damaged = damaged
    this.#log = log
  }

  /** @throws SecretFileError, RecordLogError */
  static open(directory: string, rng: Rng, flush: boolean): AggregatorStore {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const key = readOrCreateSecret(join(directory, 'identity.key'), 32, () => rng.bytes(32), flush)
    const { log, records, condition } = RecordLog.open(join(directory, 'transcripts.log'), flush)
    const damaged = condition === 'damaged' || (condition === 'new' && !key.created)
    let closedThrough = -1
    for (const record of records) closedThrough = Math.max(closedThrough, decodeEnvelope(SlotTranscript.decode(record).result).slot)
    return new AggregatorStore(new IdentityKey(key.secret), closedThrough, damaged, log)
  }

  /** Keeps a slot's result and transcript before the result is published. */
  append(transcript: Uint8Array): void {
    if (this.#log.byteLength > RESTART_AT) this.#log.replace([transcript])
    else this.#log.append(transcript)
  }

  close(): void {
    this.#log.close()
  }
}
