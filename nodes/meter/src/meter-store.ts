import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { MeterJournal } from '@hushgrid/dcnet'
import { decodeEnvelope, MessageType } from '@hushgrid/messages'
import { BlindingKey, HushgridError, IdentityKey, type Rng } from '@hushgrid/primitives'
import { RecordLog, readOrCreateSecret } from '@hushgrid/runtime'

/** Journalled submissions that are kept when the journal is written anew. */
const KEPT = 4
/** The journal is written anew when it has grown to this, in bytes. */
const COMPACT_AT = 1024 * 1024

/** What a meter keeps in its data directory: two secret keys, made once, and the journal of what it has submitted. */
export class MeterStore {
  readonly identity: IdentityKey
  readonly blinding: BlindingKey
  readonly journal: MeterJournal
  readonly #log: RecordLog
  #last: Uint8Array[]

  private constructor(identity: IdentityKey, blinding: BlindingKey, journal: MeterJournal, log: RecordLog, last: Uint8Array[]) {
    this.identity = identity
    this.blinding = blinding
    this.journal = journal
    this.#log = log
    this.#last = last
  }

  /**
   * Opens a data directory, made where there is none.
   *
   * @param flush - whether a journal record outlives a loss of power; a lab's need not
   * @throws SecretFileError, RecordLogError
   */
  static open(directory: string, rng: Rng, flush: boolean): MeterStore {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const identity = readOrCreateSecret(join(directory, 'identity.key'), 32, () => rng.bytes(32), flush)
    const blinding = readOrCreateSecret(join(directory, 'blinding.key'), 32, () => rng.bytes(32), flush)
    const { log, records, condition } = RecordLog.open(join(directory, 'submissions.log'), flush)
    const last = records.slice(-KEPT)
    // A journal that is gone while the keys are there was lost: the meter must not rely on an empty one.
    const intact = condition === 'intact' || (condition === 'new' && identity.created)
    const journal: MeterJournal = intact ? { intact, submissions: last.map(readSubmission) } : { intact: false }
    return new MeterStore(new IdentityKey(identity.secret), new BlindingKey(blinding.secret), journal, log, last)
  }

  /** Journals a Submission envelope before it is published. */
  append(bytes: Uint8Array): void {
    this.#log.append(bytes)
    this.#last = [...this.#last, bytes].slice(-KEPT)
    if (this.#log.byteLength > COMPACT_AT) this.#log.replace(this.#last)
  }

  close(): void {
    this.#log.close()
  }
}

function readSubmission(bytes: Uint8Array) {
  const envelope = decodeEnvelope(bytes)
  if (envelope.type !== MessageType.Submission) throw new HushgridError(`journal: expected submissions, got a ${envelope.type}`)
  return { slot: envelope.slot, bytes }
}
