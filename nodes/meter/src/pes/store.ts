// Data directory of a meter behind a concentrator: its keys, and the journal of its submissions.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { decodeEnvelope, MessageType } from '@hushgrid/messages'
import { METER_KEY_BYTES, type PesMeterRecord } from '@hushgrid/pes'
import { HushgridError, IdentityKey, type Rng } from '@hushgrid/primitives'
import { makeFolder, RecordLog, readOrCreateSecret } from '@hushgrid/runtime'
import { noteLoss } from '../dcnet/journal-loss.ts'

/** Bytes of a journal that is written anew. */
const COMPACT_AT = 1024 * 1024
/** Submissions that are kept then: the last one is enough, the others are for a person who looks. */
const KEPT_RECORDS = 16

/**
 * Data directory of a meter on the path by concentrator and PES: its identity, the same as in the DC-net, the secret
 * behind the key that encrypts readings for the PES, and the journal of its submissions.
 */
export class PesMeterStore {
  readonly identity: IdentityKey
  /** Secret from which the AES-256 key for a PES is derived. */
  readonly secret: Uint8Array
  /** Records of the journal; undefined where it was missing or damaged, until the next submission is in it. */
  readonly journal: readonly PesMeterRecord[] | undefined
  readonly #log: RecordLog
  readonly #lost: string
  readonly #kept: Uint8Array[]
  #lossNoted: boolean

  private constructor(identity: IdentityKey, secret: Uint8Array, log: RecordLog, records: readonly Uint8Array[], lost: string) {
    this.identity = identity
    this.secret = secret
    this.#log = log
    this.#lost = lost
    this.#lossNoted = existsSync(lost)
    this.#kept = records.slice(-KEPT_RECORDS)
    this.journal = this.#lossNoted ? undefined : this.#kept.map(submissionRecord)
  }

  /**
   * Opens a data directory, made where there is none.
   *
   * @param flush - makes journal records outlive a loss of power; a lab's need not
   * @throws SecretFileError, RecordLogError, HushgridError where the journal holds something else
   */
  static open(directory: string, rng: Rng, flush: boolean): PesMeterStore {
    makeFolder(directory)
    const identity = readOrCreateSecret(join(directory, 'identity.key'), 32, () => rng.bytes(32), flush)
    const { secret } = readOrCreateSecret(join(directory, 'aes.key'), METER_KEY_BYTES, () => rng.bytes(METER_KEY_BYTES), flush)
    const path = join(directory, 'pes-journal.log')
    const lost = join(directory, 'pes-journal.lost')
    // A journal that is gone while the identity is there was lost, or the meter was one of the DC-net before: an empty one is
    // not relied on. The note is made before the log is opened, which leaves an intact one, and holds until the next
    // submission is in it.
    if (existsSync(path) ? RecordLog.read(path).damaged : !identity.created) noteLoss(lost)
    const { log, records } = RecordLog.open(path, flush)
    try {
      return new PesMeterStore(new IdentityKey(identity.secret), secret, log, records, lost)
    } catch (cause) {
      log.close()
      throw cause
    }
  }

  /**
   * Keeps a record before anything follows from it.
   *
   * @throws RecordLogError where it cannot be written
   */
  append({ bytes }: PesMeterRecord): void {
    this.#log.append(bytes)
    this.#kept.push(bytes)
    if (this.#kept.length > KEPT_RECORDS) this.#kept.shift()
    if (this.#log.byteLength > COMPACT_AT) this.#log.replace(this.#kept)
    if (!this.#lossNoted) return
    rmSync(this.#lost, { force: true })
    this.#lossNoted = false
  }

  close(): void {
    this.#log.close()
  }
}

function submissionRecord(bytes: Uint8Array): PesMeterRecord {
  const envelope = decodeEnvelope(bytes)
  if (envelope.type !== MessageType.PesReading) throw new HushgridError(`journal: expected readings that were sent, got a ${envelope.type}`)
  return { kind: 'submission', slot: envelope.slot, bytes }
}
