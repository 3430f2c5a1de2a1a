import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, rmSync } from 'node:fs'
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
  readonly #lost: string
  #last: Uint8Array[]
  #lossNoted: boolean

  private constructor(
    identity: IdentityKey,
    blinding: BlindingKey,
    journal: MeterJournal,
    log: RecordLog,
    last: Uint8Array[],
    lost: string
  ) {
    this.identity = identity
    this.blinding = blinding
    this.journal = journal
    this.#log = log
    this.#last = last
    this.#lost = lost
    this.#lossNoted = !journal.intact
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
    const path = join(directory, 'submissions.log')
    const lost = join(directory, 'submissions.lost')
    // A journal that is gone while the keys are there was lost: the meter must not rely on an empty one. That is noted
    // before the log is opened, which leaves an intact one, and holds until the next submission is in it.
    if (existsSync(path) ? RecordLog.read(path).damaged : !identity.created) noteLoss(lost)
    const { log, records } = RecordLog.open(path, flush)
    const last = records.slice(-KEPT)
    const journal: MeterJournal = existsSync(lost) ? { intact: false } : { intact: true, submissions: last.map(readSubmission) }
    return new MeterStore(new IdentityKey(identity.secret), new BlindingKey(blinding.secret), journal, log, last, lost)
  }

  /** Journals a Submission envelope before it is published. */
  append(bytes: Uint8Array): void {
    this.#log.append(bytes)
    this.#last = [...this.#last, bytes].slice(-KEPT)
    if (this.#log.byteLength > COMPACT_AT) this.#log.replace(this.#last)
    if (this.#lossNoted) rmSync(this.#lost, { force: true })
    this.#lossNoted = false
  }

  close(): void {
    this.#log.close()
  }
}

function noteLoss(path: string): void {
  const descriptor = openSync(path, 'a', 0o600)
  fsyncSync(descriptor)
  closeSync(descriptor)
}

function readSubmission(bytes: Uint8Array) {
  const envelope = decodeEnvelope(bytes)
  if (envelope.type !== MessageType.Submission) throw new HushgridError(`journal: expected submissions, got a ${envelope.type}`)
  return { slot: envelope.slot, bytes }
}
