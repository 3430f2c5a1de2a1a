// The journal that concentrator and PES each keep beside their identity.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type HushgridError, IdentityKey, type Rng } from '@hushgrid/primitives'
import { RecordLog, readOrCreateSecret } from '@hushgrid/runtime'

/** A journal that a node must not go on without, once it has an identity. */
export interface JournalSetting {
  /** Data directory, made where there is none. */
  readonly directory: string
  /** Name of the journal's file. */
  readonly file: string
  readonly rng: Rng
  /** Whether a record outlives a loss of power; a lab's need not. */
  readonly flush: boolean
  /** Makes the error about a journal that is damaged or gone. */
  readonly notIntact: (path: string, got: string) => HushgridError
}

/** An open journal, and the identity that goes with it. */
export interface OwnJournal {
  readonly identity: IdentityKey
  readonly log: RecordLog
  readonly records: readonly Uint8Array[]
}

/**
 * Opens a journal and the identity beside it, or makes both.
 *
 * @throws what `notIntact` makes; SecretFileError, RecordLogError
 */
export function openJournal({ directory, file, rng, flush, notIntact }: JournalSetting): OwnJournal {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, file)
  const key = join(directory, 'identity.key')
  // Looked at before it is opened, which cuts off what is damaged: the next start would find it intact. And opened before
  // the key is made: a process that is killed in between has lost nothing, and the next start can tell.
  const existed = existsSync(path)
  if (existed ? RecordLog.read(path).damaged : existsSync(key)) throw notIntact(path, existed ? 'a damaged one' : 'none')
  const { log, records } = RecordLog.open(path, flush)
  try {
    const { secret } = readOrCreateSecret(key, 32, () => rng.bytes(32), flush)
    return { identity: new IdentityKey(secret), log, records }
  } catch (cause) {
    log.close()
    throw cause
  }
}
